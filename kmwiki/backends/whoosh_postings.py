"""Reading Whoosh's posting lists a block at a time: the only place that knows private names of Whoosh.

Whoosh gives one posting a call, which is ten times slower than taking the lists of a block as they were
unpacked. A reader whose matchers look otherwise (another codec, another version) is read posting by posting,
with the same result. Documents that are deleted may be in either result; the caller takes them out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from whoosh.reading import IndexReader, TermNotFound

_T = TypeVar("_T")
_PRIVATE = ("_read_ids", "_read_weights", "_read_values", "_next_block", "_ids", "_weights", "_values")


def frequencies(reader: IndexReader, field: str, term: str) -> tuple[Sequence[int], Sequence[float]]:
    """The documents of one segment that have the term in the field, and how often each has it."""
    documents: list[Sequence[int]] = []
    times: list[Sequence[float]] = []
    for matcher in _blocks(reader, field, term):
        matcher._read_ids()
        matcher._read_weights()
        documents.append(matcher._ids)
        times.append(matcher._weights)
    return _flat(documents), _flat(times)


def positions(reader: IndexReader, field: str, term: str) -> tuple[Sequence[int], Sequence[bytes]]:
    """The documents of one segment that have the term in the field, and where; see unpacked()."""
    documents: list[Sequence[int]] = []
    places: list[Sequence[bytes]] = []
    for matcher in _blocks(reader, field, term):
        matcher._read_ids()
        matcher._read_values()
        documents.append(matcher._ids)
        places.append(matcher._values)
    return _flat(documents), _flat(places)


def packed(places: Sequence[int]) -> bytes:
    """The numbers of the words where a term stands, as an index holds them."""
    return array("I", places).tobytes()


def unpacked(places: bytes) -> memoryview:
    """What packed() took, as a sequence."""
    return memoryview(places).cast("I")


def _blocks(reader: IndexReader, field: str, term: str) -> Iterator[Any]:
    """A matcher that stands on each block of the term's postings in turn."""
    try:
        matcher: Any = reader.postings(field, term)
    except TermNotFound:
        return
    # Around it lies one that steps over deleted documents. When it was made it may have moved on, but only
    # past blocks in which every document is deleted.
    while hasattr(matcher, "child"):
        matcher = matcher.child
    if not all(hasattr(matcher, name) for name in _PRIVATE):
        yield _OneBlock(matcher)
        return
    while matcher.is_active():
        yield matcher
        matcher._next_block()


class _OneBlock:
    """All postings of any matcher, read by Whoosh's public means, in the shape of a block."""

    def __init__(self, matcher: Any) -> None:
        self._ids: list[int] = []
        self._weights: list[float] = []
        self._values: list[bytes] = []
        while matcher.is_active():
            self._ids.append(matcher.id())
            self._weights.append(matcher.weight())
            self._values.append(matcher.value())
            matcher.next()

    def _read_ids(self) -> None: ...

    def _read_weights(self) -> None: ...

    def _read_values(self) -> None: ...


def _flat(blocks: list[Sequence[_T]]) -> Sequence[_T]:
    return blocks[0] if len(blocks) == 1 else list(chain.from_iterable(blocks))
