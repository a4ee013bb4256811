"""The index as a process reads it: one open at a time, opened anew when it has moved on.

Threads take turns, as Whoosh's files have one position each. Another process may commit, merge, rebuild or
break the index at any moment; whoever is reading then fails with a member of DAMAGE, and read() tries once
more from the start.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from whoosh.index import FileIndex
from whoosh.reading import IndexReader

from kmwiki.backends.whoosh_folder import CERTAIN_DAMAGE, DAMAGE, IndexFolder, unavailable
from kmwiki.backends.whoosh_tables import Segment, SegmentTables

log = logging.getLogger(__name__)

# After damage the same state of the index is not tried again for so long, as every try may wait for files to
# appear.
_PAUSE_SECONDS = 5.0
_T = TypeVar("_T")


@dataclass(frozen=True)
class State:
    """Which build of the index, and which commit to it."""

    build: str
    generation: int


@dataclass(frozen=True)
class OpenIndex:
    """An index as it was at one commit."""

    state: State
    reader: IndexReader
    segments: tuple[Segment, ...]

    @property
    def languages(self) -> list[str]:
        """The languages its documents are in; English where there are none."""
        return sorted(set().union(*(segment.tables.languages for segment in self.segments))) or ["en"]


class IndexReading:
    """Keeps the index of a folder open for all threads of a process."""

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder
        self._lock = Lock()
        self._process: int
        self._index: FileIndex | None
        self._build: str
        self._open: OpenIndex | None
        self._tables: dict[str, SegmentTables]
        self._damaged: State | None
        self._damaged_until: float
        self._forget()

    def read(self, answer: Callable[[OpenIndex], _T]) -> _T:
        """What `answer` makes of the index as it is now; SearchUnavailable where it cannot be read."""
        with self._lock:
            try:
                return answer(self._opened())
            except DAMAGE:
                # Most likely a merge or a rebuild took files away that were to be read.
                self._close()
            try:
                return answer(self._opened())
            except DAMAGE as error:
                self._give_up(error)
                raise unavailable() from error

    def _opened(self) -> OpenIndex:
        if self._process != os.getpid():
            self._forget()  # and not close: files opened before a fork share their position with the parent's
        state = self._state()
        if self._open and self._open.state == state:
            return self._open
        if state == self._damaged and time.monotonic() < self._damaged_until:
            raise unavailable()
        self._close_reader()
        self._open = self._open_at(state)
        return self._open

    def _state(self) -> State:
        build = self._folder.current()
        if self._index is None or build != self._build:
            self._index, self._build = self._folder.open(build), build
        generation = self._index.latest_generation()  # type: ignore[no-untyped-call]
        if generation < 0:
            raise FileNotFoundError(f"{build} holds no index")
        return State(build, generation)

    def _open_at(self, state: State) -> OpenIndex:
        assert self._index is not None
        # Never reader(reuse=…), nor a searcher's refresh(): they bring deleted documents back.
        reader: IndexReader = self._index.reader()  # type: ignore[no-untyped-call]
        segments, tables = [], {}
        for leaf, _ in reader.leaf_readers():
            if (segment := leaf.segment()) is None:
                continue
            name: str = segment.segment_id()  # type: ignore[no-untyped-call]
            deleted = frozenset(segment.deleted_docs())  # type: ignore[no-untyped-call]
            tables[name] = self._tables.get(name) or SegmentTables(leaf)
            segments.append(Segment(leaf, tables[name], deleted))
        self._tables = tables
        return OpenIndex(state, reader, tuple(segments))

    def _forget(self) -> None:
        self._process = os.getpid()
        self._index = None
        self._build = ""
        self._open = None
        self._tables = {}
        self._damaged = None
        self._damaged_until = 0.0

    def _close(self) -> None:
        self._close_reader()
        self._index, self._tables = None, {}

    def _close_reader(self) -> None:
        if self._open:
            with suppress(*DAMAGE):
                self._open.reader.close()
        self._open = None

    def _give_up(self, error: BaseException) -> None:
        log.warning("search index cannot be read: %r", error)
        self._close()
        with suppress(*DAMAGE):
            self._damaged, self._damaged_until = self._state(), time.monotonic() + _PAUSE_SECONDS
            if isinstance(error, CERTAIN_DAMAGE):
                self._folder.suspect(self._damaged.build)
