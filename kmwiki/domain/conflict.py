"""What two edits of one page contradict each other in, and the ways out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat
from typing import TypeAlias

from kmwiki.domain.line_merge import Origin, Passage, text_of
from kmwiki.domain.parts import FILES, Shape, codes_in
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.row_merge import RowMerge
from kmwiki.domain.row_order import Row
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _


@dataclass(frozen=True)
class Conflict:
    """A part that both sides changed in different ways, and all that a page needs to show it.

    `base`, `mine`, `theirs` are the whole values, None where there is none. Markdown has `passages`, rows
    have `rows`; those of kind CONFLICT are to be decided, the sides agree about the others.
    """

    field: str
    shape: Shape
    base: object
    mine: object
    theirs: object
    passages: tuple[Passage, ...] = ()
    rows: tuple[RowMerge, ...] = ()

    @property
    def places(self) -> tuple[Passage | RowMerge, ...]:
        """The passages or rows to decide, in order; none where the part is decided as a whole."""
        places: list[Passage | RowMerge] = [*self.passages, *self.rows]
        return tuple(place for place in places if place.kind is Origin.CONFLICT)

    @property
    def can_keep_both(self) -> bool:
        return self.shape is not Shape.VALUE and self.field != FILES


class Keep(StrEnum):
    """Whose version to keep; `both`: mine, then theirs."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True)
class Given:
    """A new value in place of both: of the part, of one passage (a text), or of one row (None: no row)."""

    value: object


Choice: TypeAlias = Keep | Given


def decided(conflict: Conflict, choice: Choice | Sequence[Choice]) -> object:
    """The value of the part after the choice, None if nothing is left.

    One choice is for the part as a whole: mine is all of mine, without what they changed elsewhere in it. A
    sequence has one choice for each of conflict.places, and combines everything between them.
    Raises Refused where both cannot be kept, or the choices are not as many as the places.
    """
    if isinstance(choice, Given):
        return choice.value
    if choice is Keep.MINE:
        return conflict.mine
    if choice is Keep.THEIRS:
        return conflict.theirs
    if isinstance(choice, Keep):
        return _both(conflict)
    if len(choice) != len(conflict.places):
        raise _refused(
            conflict.field, _("Choose for each place where the two versions contradict each other.")
        )
    return combined(conflict, choice)


def combined(conflict: Conflict, choices: Sequence[Choice] = ()) -> object:
    """The passages or rows as one value again, conflict.places as chosen; None if nothing is left."""
    remaining = iter(choices)
    if conflict.shape is Shape.LINES:
        text = text_of(_passage_text(passage, remaining) for passage in conflict.passages)
        return text if text.strip() else None
    rows = (row for merge in conflict.rows for row in _rows_kept(conflict, merge, remaining))
    return [dict(row) for row in rows] or None


def _both(conflict: Conflict) -> object:
    if not conflict.can_keep_both:
        raise _cannot_keep_both(conflict)
    if conflict.places:
        return combined(conflict, list(repeat(Keep.BOTH, len(conflict.places))))
    if conflict.shape is Shape.CODES:
        return list(dict.fromkeys([*codes_in(conflict.mine), *codes_in(conflict.theirs)]))
    return " / ".join(str(text) for text in (conflict.mine, conflict.theirs) if text)


def _cannot_keep_both(conflict: Conflict) -> Refused:
    return _refused(
        conflict.field, _("Both versions cannot be kept here. Choose one of them, or write a new one.")
    )


def _passage_text(passage: Passage, choices: Iterator[Choice]) -> str:
    if passage.kind is not Origin.CONFLICT:
        return passage.merged
    choice = next(choices)
    if isinstance(choice, Given):
        text = str(choice.value or "")
        return text if not text or text.endswith("\n") else text + "\n"
    if choice is Keep.BOTH:
        return _below(passage.mine, passage.theirs)
    return passage.theirs if choice is Keep.THEIRS else passage.mine


#: Beginnings of lines of lists, tables, quotations: they belong to the lines above them.
_GOES_ON = re.compile(r"\s|[-*+>|]|\d+[.)]")


def _below(mine: str, theirs: str) -> str:
    """Theirs after mine, as a paragraph of its own."""
    runs_on = mine and theirs and not _GOES_ON.match(theirs) and not mine.endswith("\n\n")
    return f"{mine}\n{theirs}" if runs_on else mine + theirs


def _rows_kept(conflict: Conflict, merge: RowMerge, choices: Iterator[Choice]) -> list[Row]:
    rows = [merge.merged]
    if merge.kind is Origin.CONFLICT:
        choice = next(choices)
        if isinstance(choice, Given):
            rows = [choice.value if isinstance(choice.value, Mapping) else None]
        elif choice is Keep.BOTH:
            rows = _both_rows(conflict, merge)
        elif choice is Keep.THEIRS:
            rows = [merge.merged_for_them]
    return [row for row in rows if row is not None]


def _both_rows(conflict: Conflict, merge: RowMerge) -> list[Row | None]:
    if merge.mine is None or merge.theirs is None:
        return [merge.merged, merge.theirs]
    if not conflict.can_keep_both:
        raise _cannot_keep_both(conflict)
    # Two rows of one id would be one row: theirs becomes a new one, which gets its id when it is saved.
    return [merge.merged, {name: cell for name, cell in merge.theirs.items() if name not in ("id", "uid")}]


def _refused(field: str, message: str) -> Refused:
    return Refused(message, [Problem(field, Level.DRAFT, message)])
