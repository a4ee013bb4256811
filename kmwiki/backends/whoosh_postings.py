"""Reading Whoosh's posting lists a block at a time: the only place that knows private names of Whoosh.

Whoosh gives one posting a call, which is ten times slower than taking the lists of a block as they were
unpacked. A reader whose matchers look otherwise (another codec, another version) is read posting by posting,
with the same result. Documents that are deleted may be in either result; the caller takes them out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, NamedTuple, TypeVar

from whoosh.reading import IndexReader, TermNotFound

_T = TypeVar("_T")
_PRIVATE = ("_read_data", "_next_block", "_data", "_blocklength", "_byteids", "_fixedsize")


class _Block(NamedTuple):
    documents: Sequence[int]
    times: Sequence[float]
    places: Sequence[bytes]


def frequencies(reader: IndexReader, field: str, term: str) -> tuple[Sequence[int], Sequence[float]]:
    """The documents of one segment that have the term in the field, and how often each has it."""
    blocks = list(_blocks(reader, field, term))
    return _flat([block.documents for block in blocks]), _flat([block.times for block in blocks])


def positions(reader: IndexReader, field: str, term: str) -> tuple[Sequence[int], Sequence[bytes]]:
    """The documents of one segment that have the term in the field, and where; see unpacked()."""
    blocks = list(_blocks(reader, field, term))
    return _flat([block.documents for block in blocks]), _flat([block.places for block in blocks])


def can_be_read(reader: IndexReader, field: str, term: str) -> bool:
    """Whether the term has postings, having read the first of them."""
    return any(True for _ in _blocks(reader, field, term))


def packed(places: Sequence[int]) -> bytes:
    """The numbers of the words where a term stands, as an index holds them."""
    return array("I", places).tobytes()


def unpacked(places: bytes) -> memoryview:
    """What packed() took, as a sequence."""
    return memoryview(places).cast("I")


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
    size: int = matcher._blocklength
    if weights is None:
        weights = 1.0
    times = (weights,) * size if isinstance(weights, float) else weights
    return _Block(tuple(accumulate(steps)), times, places or (b"",) * size)


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
    return _Block(documents, times, places)


def _flat(blocks: list[Sequence[_T]]) -> Sequence[_T]:
    return blocks[0] if len(blocks) == 1 else list(chain.from_iterable(blocks))
