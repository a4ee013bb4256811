"""Which segments a commit merges. Merging costs about 40 ms a document, and whoever waits for the commit waits
for it.

So a publication merges a handful of documents at most, and the worker tidies up the rest when it has nothing
to do. Whoosh's own policy would merge thirty documents, then fifty, then more in the middle of a publication.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whoosh.reading import SegmentReader

#: Documents that a publication merges at most, and the segments it takes to begin.
_FEW_DOCUMENTS, _FEW_SEGMENTS = 8, 5
#: Every search looks into every segment: with so many it gets slow, and a long commit is the lesser evil.
_TOO_MANY_SEGMENTS = 40

Policy = Callable[[Any, list[Any]], list[Any]]


def few(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge the smallest segments if that is quick; the policy of publications."""
    if len(segments) > _TOO_MANY_SEGMENTS:
        return _merge(writer, segments, smallest(segments, sum(map(_size, segments)) // 2))
    chosen = smallest(segments, _FEW_DOCUMENTS)
    return _merge(writer, segments, chosen if len(chosen) >= _FEW_SEGMENTS else [])


def up_to(documents: int) -> Policy:
    """A policy that merges the smallest segments, so many documents at most."""

    def policy(writer: Any, segments: list[Any]) -> list[Any]:
        return _merge(writer, segments, smallest(segments, documents))

    return policy


def smallest(segments: list[Any], documents: int) -> list[Any]:
    """The smallest segments that have no more documents together; none where there are not two."""
    chosen: list[Any] = []
    for segment in sorted(segments, key=_size):
        documents -= _size(segment)
        if documents < 0:
            break
        chosen.append(segment)
    return chosen if len(chosen) > 1 else []


def _size(segment: Any) -> int:
    size: int = segment.doc_count_all()
    return size


def _merge(writer: Any, segments: list[Any], chosen: list[Any]) -> list[Any]:
    """Add the chosen segments to what the writer writes; returns those that stay."""
    for segment in chosen:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in segments if segment not in chosen]
