"""Three-way merge of texts by line. Knows nothing of pages, and nothing of why a text was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kmwiki.domain.alignment import Hunk, hunks


class Origin(StrEnum):
    """Who changed a passage."""

    SAME = "same"
    MINE = "mine"
    THEIRS = "theirs"
    #: both, to the same text
    BOTH = "both"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Passage:
    """Some whole lines as each side has them, every line with its line end; "" where a side has none."""

    kind: Origin
    base: str
    mine: str
    theirs: str

    @property
    def merged(self) -> str:
        """The text to keep; mine in a conflict."""
        return self.theirs if self.kind is Origin.THEIRS else self.mine


def merge_lines(base: str, mine: str, theirs: str) -> list[Passage]:
    """Merge two edits of one text; edits with no unchanged line between them are one conflict.

    The passages follow each other without gaps: the mine of all of them, joined, is the text mine with a
    final line end more, and so with base and theirs. text_of() takes that line end away again.
    Source: Khanna, Kunal & Pierce, "A Formal Investigation of Diff3" (2007), sec. 2.
    """
    base_lines, my_lines, their_lines = _lines(base), _lines(mine), _lines(theirs)
    passages = []
    done = my_done = their_done = 0
    for region in _regions(hunks(base_lines, my_lines), hunks(base_lines, their_lines)):
        same = "".join(base_lines[done : region.start])
        my_start, their_start = my_done + region.start - done, their_done + region.start - done
        done, my_done, their_done = region.end, my_start + region.my_length, their_start + region.their_length
        passages += [Passage(Origin.SAME, same, same, same)] if same else []
        passages.append(
            _passage(
                "".join(base_lines[region.start : done]),
                "".join(my_lines[my_start:my_done]),
                "".join(their_lines[their_start:their_done]),
            )
        )
    same = "".join(base_lines[done:])
    return [*passages, Passage(Origin.SAME, same, same, same)] if same else passages


def text_of(parts: Iterable[str]) -> str:
    """The text that passages stand for, without the line end that merging added."""
    return "".join(parts).removesuffix("\n")


@dataclass
class _Region:
    """Lines start to end of the base, which hunks that touch each other replace."""

    start: int
    end: int
    my_growth: int = 0
    their_growth: int = 0

    @property
    def my_length(self) -> int:
        return self.end - self.start + self.my_growth

    @property
    def their_length(self) -> int:
        return self.end - self.start + self.their_growth


def _lines(text: str) -> list[str]:
    # Also the last line gets its end: else a line added after it would count as a change of it.
    return [line + "\n" for line in text.split("\n")]


def _regions(mine: list[Hunk], theirs: list[Hunk]) -> Iterator[_Region]:
    sided = sorted([(hunk, True) for hunk in mine] + [(hunk, False) for hunk in theirs])
    region: _Region | None = None
    for hunk, is_mine in sided:
        if region is None or hunk.old_start > region.end:
            if region:
                yield region
            region = _Region(hunk.old_start, hunk.old_end)
        region.end = max(region.end, hunk.old_end)
        growth = (hunk.new_end - hunk.new_start) - (hunk.old_end - hunk.old_start)
        if is_mine:
            region.my_growth += growth
        else:
            region.their_growth += growth
    if region:
        yield region


def _passage(base: str, mine: str, theirs: str) -> Passage:
    if mine == theirs:
        return Passage(Origin.SAME if mine == base else Origin.BOTH, base, mine, theirs)
    if theirs == base:
        return Passage(Origin.MINE, base, mine, theirs)
    return Passage(Origin.THEIRS if mine == base else Origin.CONFLICT, base, mine, theirs)
