"""Posting lists of Whoosh, written and read a block at a time: the only place that knows private names of Whoosh.

Whoosh gives one posting a call, which is ten times slower than taking the lists of a block as they were unpacked. And
it keeps the places of each posting as an object of their own; BlockCodec joins those of a block to one string, which
makes a block a third as large and reads it in a fifth of the time.

A reader whose matchers look otherwise (another codec, another version) is read posting by posting, with the same
result. Documents that are deleted may be in either; the caller takes them out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, count, pairwise
from typing import Any, NamedTuple, TypeVar

from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher, W3PostingsWriter
from whoosh.reading import IndexReader, TermNotFound

_T = TypeVar("_T")
_PRIVATE = ("_read_data", "_next_block", "_data", "_blocklength")
_PLACE_BYTES = array("I").itemsize
# Four times Whoosh's own: whole lists are read here, and nothing is skipped.
_BLOCK_POSTINGS = 512


class Places:
    """Where a term stands in the documents of a segment: the numbers of the words, by document."""

    def __init__(self, documents: Sequence[int], times: Sequence[float], numbers: bytes) -> None:
        self._order = dict(zip(documents, count()))
        self._bounds = [0, *accumulate(map(int, times))]
        self._numbers = array("I", numbers)

    @property
    def documents(self) -> set[int]:
        """The documents that have the term."""
        return set(self._order)

    def __getitem__(self, document: int) -> array[int]:
        order = self._order[document]
        return self._numbers[self._bounds[order] : self._bounds[order + 1]]


def frequencies(reader: IndexReader, field: str, term: str) -> tuple[Sequence[int], Sequence[float]]:
    """The documents of one segment that have the term in the field, and how often each has it."""
    blocks = list(_blocks(reader, field, term))
    return _flat([block.documents for block in blocks]), _flat([block.times for block in blocks])


def positions(reader: IndexReader, field: str, term: str) -> Places:
    """Where the term stands in the field, in the documents of one segment."""
    blocks = list(_blocks(reader, field, term))
    documents, times = _flat([block.documents for block in blocks]), _flat([block.times for block in blocks])
    return Places(documents, times, b"".join(block.places for block in blocks))


def can_be_read(reader: IndexReader, field: str, term: str) -> bool:
    """Whether the term has postings, having read the first of them."""
    return any(True for _ in _blocks(reader, field, term))


def packed(places: Sequence[int]) -> bytes:
    """The places of one posting as an index holds them; a posting's weight must be their number."""
    return array("I", places).tobytes()


class BlockCodec(W3Codec):
    """Whoosh's codec but for the places of a block, which are one string. For fields whose places are packed()."""

    def __init__(self) -> None:
        super().__init__(blocklimit=_BLOCK_POSTINGS)  # type: ignore[no-untyped-call]

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> _BlockWriter:
        return _BlockWriter(dbfile, self._blocklimit, byteids, self._compression, self._inlinelimit)  # type: ignore[no-untyped-call]

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> _BlockMatcher:
        make: type[Any] = _BlockMatcher
        matcher: _BlockMatcher = make(dbfile, *terminfo.extent(), format_, term=term, scorer=scorer)
        return matcher


class _BlockWriter(W3PostingsWriter):
    _format: Any
    _values: Any

    def _mini_values(self) -> bytes | None:
        return None if self._format.fixed_value_size() == 0 else b"".join(self._values)


class _BlockMatcher(W3LeafMatcher):
    _data: Any
    _values: Any
    _weights: Any

    def _read_values(self) -> None:
        """Cut the string of the block into the places of each posting, for Whoosh's own use in merging."""
        if self._fixedsize == 0:
            super()._read_values()  # type: ignore[no-untyped-call]
            return
        self._read_weights()  # type: ignore[no-untyped-call]
        joined = self._data[2]
        bounds = accumulate((int(weight) * _PLACE_BYTES for weight in self._weights), initial=0)
        self._values = [joined[start:end] for start, end in pairwise(bounds)]


class _Block(NamedTuple):
    documents: Sequence[int]
    times: Sequence[float]
    places: bytes


def _blocks(reader: IndexReader, field: str, term: str) -> Iterator[_Block]:
    try:
        matcher: Any = reader.postings(field, term)
    except TermNotFound:
        return
    # Around it lies one that steps over deleted documents. When it was made it may have moved on, but only past
    # blocks in which every document is deleted.
    while hasattr(matcher, "child"):
        matcher = matcher.child
    if not all(hasattr(matcher, name) for name in _PRIVATE):
        yield _one_by_one(matcher)
        return
    while matcher.is_active():
        yield _block(matcher)
        matcher._next_block()


def _block(matcher: Any) -> _Block:
    """The block that the matcher stands on, unpacked as Whoosh does it, but without a loop in Python."""
    matcher._read_data()
    steps, weights, places = matcher._data
    if weights is None:
        weights = 1.0
    times = (weights,) * matcher._blocklength if isinstance(weights, float) else weights
    return _Block(tuple(accumulate(steps)), times, places or b"")


def _one_by_one(matcher: Any) -> _Block:
    """All postings of any matcher, read by Whoosh's public means."""
    documents: list[int] = []
    times: list[float] = []
    places: list[bytes] = []
    while matcher.is_active():
        documents.append(matcher.id())
        times.append(matcher.weight())
        places.append(matcher.value() or b"")
        matcher.next()
    return _Block(documents, times, b"".join(places))


def _flat(blocks: list[Sequence[_T]]) -> Sequence[_T]:
    return blocks[0] if len(blocks) == 1 else list(chain.from_iterable(blocks))
