"""Three-way merge of lists of rows: row by row, and cell by cell within a row that both sides changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kmwiki.domain.line_merge import Origin
from kmwiki.domain.row_order import Row, rows_by_key, woven


@dataclass(frozen=True)
class RowMerge:
    """One row as each side has it, None where a side has it not.

    `id` is what people call it: its id, else its key. `kind` BOTH: both changed it without contradiction.
    `merged` is the row to keep, None if it goes; in a conflict it has mine in `columns`, in the other cells
    what either side changed. A conflict without `columns` is one of the whole row, as where it was removed.
    """

    id: str
    kind: Origin
    base: Row | None
    mine: Row | None
    theirs: Row | None
    merged: Row | None
    columns: tuple[str, ...] = ()

    @property
    def merged_for_them(self) -> Row | None:
        """The row to keep, if a conflict is decided for theirs."""
        if self.merged is None or self.theirs is None or not self.columns:
            return self.theirs
        theirs = {column: self.theirs[column] for column in self.columns if column in self.theirs}
        return {column: cell for column, cell in self.merged.items() if column not in self.columns} | theirs


def merge_rows(
    base: Sequence[Row], mine: Sequence[Row], theirs: Sequence[Row], by_cell: bool = True
) -> list[RowMerge]:
    """Merge two edits of a list; a row that one side removed and the other left alone is not in the result.

    Rows are in my order, or in theirs if only they moved any; what the other side added follows the row that
    is before it there. Without `by_cell` a row that both changed is a conflict as a whole.
    """
    base_rows, my_rows, their_rows = rows_by_key(base), rows_by_key(mine), rows_by_key(theirs)
    first, second = list(my_rows), list(their_rows)
    if _in_order_of(base_rows, first) and not _in_order_of(base_rows, second):
        first, second = second, first
    merges = (
        _merge_row(key, base_rows.get(key), my_rows.get(key), their_rows.get(key), by_cell)
        for key in woven(first, second)
    )
    return [merge for merge in merges if merge.merged is not None or merge.kind is Origin.CONFLICT]


def _in_order_of(base: dict[str, Row], keys: list[str]) -> bool:
    known = [key for key in keys if key in base]
    return known == [key for key in base if key in set(known)]


def _merge_row(key: str, base: Row | None, mine: Row | None, theirs: Row | None, by_cell: bool) -> RowMerge:
    id = next((str(row["id"]) for row in (mine, theirs, base) if row and "id" in row), key)
    if mine == theirs:
        return RowMerge(id, Origin.SAME if mine == base else Origin.BOTH, base, mine, theirs, mine)
    if theirs == base:
        return RowMerge(id, Origin.MINE, base, mine, theirs, mine)
    if mine == base:
        return RowMerge(id, Origin.THEIRS, base, mine, theirs, theirs)
    if mine is None or theirs is None or not by_cell:
        return RowMerge(id, Origin.CONFLICT, base, mine, theirs, mine)
    merged, columns = _merge_cells(base or {}, mine, theirs)
    return RowMerge(id, Origin.CONFLICT if columns else Origin.BOTH, base, mine, theirs, merged, columns)


def _merge_cells(base: Row, mine: Row, theirs: Row) -> tuple[Row, tuple[str, ...]]:
    merged: dict[str, object] = {}
    conflicts = []
    for column in dict.fromkeys([*mine, *theirs]):
        before, my_cell, their_cell = base.get(column), mine.get(column), theirs.get(column)
        cell = their_cell if my_cell == before else my_cell
        if cell is not None:
            merged[column] = cell
        if my_cell != their_cell and before not in (my_cell, their_cell):
            conflicts.append(column)
    return merged, tuple(conflicts)
