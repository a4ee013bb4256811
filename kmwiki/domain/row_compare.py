"""What happened to each row between two lists of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kmwiki.domain.alignment import align
from kmwiki.domain.row_order import Row, rows_by_key, woven
from kmwiki.domain.word_compare import Op

Cell = TypeVar("Cell")


@dataclass(frozen=True)
class RowComparison(Generic[Cell]):
    """One row of either list; `old` or `new` is None where it is not in that list.

    `id` is what people call it: its id, else its key. `moved` can be true of a changed row too. `cells` are
    compared cells, of those that differ.
    """

    id: str
    op: Op
    cells: tuple[Cell, ...]
    old: Row | None
    new: Row | None
    moved: bool = False


def compare_rows(
    old: Sequence[Row], new: Sequence[Row], compare_cells: Callable[[Row, Row], Sequence[Cell]]
) -> tuple[RowComparison[Cell], ...]:
    """All rows, the same ones too, in the new order; a removed one follows the one before it in the old."""
    old_rows, new_rows = rows_by_key(old), rows_by_key(new)
    moved = _moved(list(old_rows), list(new_rows))
    return tuple(
        _compare_row(key, old_rows.get(key), new_rows.get(key), key in moved, compare_cells)
        for key in woven(list(new_rows), list(old_rows))
    )


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The fewest rows that must be moved to make one order of the other."""
    common = [key for key in old if key in set(new)]
    new = [key for key in new if key in set(common)]
    stayed = {key for block in align(common, new) for key in common[block.old : block.old + block.size]}
    return set(common) - stayed


def _compare_row(
    key: str,
    old: Row | None,
    new: Row | None,
    moved: bool,
    compare_cells: Callable[[Row, Row], Sequence[Cell]],
) -> RowComparison[Cell]:
    id = next((str(row["id"]) for row in (new, old) if row and "id" in row), key)
    cells = tuple(compare_cells(old or {}, new or {}))
    if old is None:
        op = Op.ADDED
    elif new is None:
        op = Op.REMOVED
    elif cells:
        op = Op.CHANGED
    else:
        op = Op.MOVED if moved else Op.SAME
    return RowComparison(id, op, cells, old, new, moved)
