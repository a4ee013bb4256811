"""Comparison of two contents of one page, part by part, as the form orders them.

Gives values that a page can draw and a program can read; knows nothing of HTML.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from kmwiki.domain.content import Content
from kmwiki.domain.kept import size_of
from kmwiki.domain.page_type import PageType
from kmwiki.domain.parts import Shape, names_in_order, parts_of, rows_in, shape_of, shape_of_kind
from kmwiki.domain.row_compare import RowComparison, compare_rows
from kmwiki.domain.row_order import Row
from kmwiki.domain.word_compare import LONG, Op, Piece, compare_words

#: Two contents whose texts that differ have more characters together are compared by line, no longer by word.
LONG_PAGE = 120_000


class View(StrEnum):
    """How a comparison is shown."""

    WORDS = "words"
    ROWS = "rows"
    #: the old value beside the new one
    VALUE = "value"


@dataclass(frozen=True)
class FieldComparison:
    """A part of the page, or a cell of a row, that differs; `old` or `new` is None where there is nothing.

    `field` is the name of the part (see parts.py) or of the column. `words` are there if the shape is WORDS,
    `rows` if it is ROWS.
    """

    field: str
    shape: View
    old: object
    new: object
    words: tuple[Piece, ...] = ()
    rows: tuple[RowComparison[FieldComparison], ...] = ()


def compare(page_type: PageType, old: Content | None, new: Content) -> tuple[FieldComparison, ...]:
    """Everything that differs, in the order of the form; without an old content everything is new."""
    old_parts, new_parts = parts_of(old) if old else {}, parts_of(new)
    names = names_in_order(page_type, [*old_parts, *new_parts])
    differing = {
        name: (old_parts.get(name), new_parts.get(name))
        for name in names
        if old_parts.get(name) != new_parts.get(name)
    }
    most_by_word = LONG if sum(map(size_of, chain(*differing.values()))) <= LONG_PAGE else 0
    return tuple(_compare_part(page_type, name, *sides, most_by_word) for name, sides in differing.items())


def changed_characters(comparisons: Iterable[FieldComparison]) -> int:
    """How many characters were added and removed; a replaced word counts twice, a moved row not at all."""
    return sum(_changed_in(comparison) for comparison in comparisons)


def _compare_part(
    page_type: PageType, name: str, old: object, new: object, most_by_word: int
) -> FieldComparison:
    shape = shape_of(page_type, name, old, new)
    if shape is not Shape.ROWS:
        return _compare_value(name, shape, old, new, most_by_word)
    kinds = _kinds_of_cells(page_type, name)

    def compare_cells(old_row: Row, new_row: Row) -> list[FieldComparison]:
        return list(_compare_cells(kinds, old_row, new_row, most_by_word))

    rows = compare_rows(rows_in(old), rows_in(new), compare_cells)
    return FieldComparison(name, View.ROWS, old, new, rows=rows)


#: Cells that are free text in links and in the entries of files.
_CELLS_OF_LINKS_AND_FILES = {"note": "text", "alt": "text", "credit": "text"}


def _kinds_of_cells(page_type: PageType, name: str) -> Mapping[str, str]:
    field = page_type.fields.get(name)
    if field and field.columns:
        return {column.id: column.kind for column in field.columns}
    return _CELLS_OF_LINKS_AND_FILES


def _compare_cells(
    kinds: Mapping[str, str], old: Row, new: Row, most_by_word: int
) -> Iterator[FieldComparison]:
    for column in dict.fromkeys([*kinds, *old, *new]):
        before, after = old.get(column), new.get(column)
        if before != after and column not in ("id", "uid"):
            shape = shape_of_kind(kinds.get(column, ""), before, after)
            yield _compare_value(column, shape, before, after, most_by_word)


def _compare_value(name: str, shape: Shape, old: object, new: object, most_by_word: int) -> FieldComparison:
    if shape in (Shape.LINES, Shape.TEXT):
        words = compare_words(str(old or ""), str(new or ""), most_by_word)
        return FieldComparison(name, View.WORDS, old, new, words=words)
    return FieldComparison(name, View.VALUE, old, new)


def _changed_in(comparison: FieldComparison) -> int:
    if comparison.shape is View.WORDS:
        return sum(len(piece.text) for piece in comparison.words if piece.op is not Op.SAME)
    if comparison.shape is View.ROWS:
        return sum(changed_characters(row.cells) for row in comparison.rows)
    return sum(_length(value) for value in (comparison.old, comparison.new))


def _length(value: object) -> int:
    if value is None or isinstance(value, str):
        return len(value or "")
    return len(json.dumps(value, ensure_ascii=False))
