"""What is wrong with a page, in words that its author can act on, and how much it matters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How far a page has come; for a field, from which level on it is needed.

    A problem of level `draft` refuses saving, one of `short` or `full` refuses that publication, and one of
    `warning` can be acknowledged with a reason.
    """

    DRAFT = "draft"
    SHORT = "short"
    FULL = "full"
    OPTIONAL = "optional"
    WARNING = "warning"

    def includes(self, other: Level) -> bool:
        """Whether a page of this level needs what belongs to the other."""
        return other in _NEEDED[self]


_NEEDED = {
    Level.DRAFT: frozenset({Level.DRAFT}),
    Level.SHORT: frozenset({Level.DRAFT, Level.SHORT}),
    Level.FULL: frozenset({Level.DRAFT, Level.SHORT, Level.FULL}),
    Level.OPTIONAL: frozenset({Level.DRAFT, Level.SHORT, Level.FULL, Level.OPTIONAL}),
    Level.WARNING: frozenset({Level.WARNING}),
}


@dataclass(frozen=True)
class Problem:
    """One fault at one place.

    `field` is "" for the page as a whole. `row` is the id of a row, or its position from 0 while it has none.
    `code` names the rule behind a warning, so that it can be acknowledged. `line` counts from 1.
    """

    field: str
    level: Level
    message: str
    row: str | None = None
    column: str | None = None
    code: str | None = None
    line: int | None = None

    def to_json(self) -> dict[str, str | int]:
        members = {
            "field": self.field,
            "row": self.row,
            "column": self.column,
            "level": self.level.value,
            "message": self.message,
            "code": self.code,
            "line": self.line,
        }
        return {name: value for name, value in members.items() if value is not None}


class Faults(Exception):
    """A value that cannot be stored, with every reason at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))
