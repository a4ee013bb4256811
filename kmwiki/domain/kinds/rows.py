"""`rows`: repeated rows of columns; each keeps its id, so that other pages can name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from kmwiki.domain.kinds.counted import check_count, count_schema, refuse_too_many
from kmwiki.domain.kinds.indexed import indexes_of
from kmwiki.domain.kinds.kind import EMPTY, Context, Form, Kind, Schema, lack, refuse
from kmwiki.domain.kinds.position import position_in
from kmwiki.domain.kinds.row import ROW_ID_PATTERN, is_row_id, parse_row_id
from kmwiki.domain.kinds.words_of_input import quoted
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Faults, Level, Problem
from kmwiki.i18n import gettext as _

MAX_ROWS = 200
#: Members of a row that are no columns: its id, and the hidden one that merging and import compare.
ROW_MEMBERS = ("id", "uid")


class Rows(Kind):
    """Stored as [{"id", "uid", <column>: value, …}]; a row that is new has no id until it is saved."""

    name = "rows"
    takes = frozenset({"columns", "minimum", "maximum", "prefix"})
    needs = frozenset({"columns"})

    def __init__(self, column_kinds: Mapping[str, Kind]) -> None:
        self._kinds = column_kinds

    def parse(self, raw: object, field: Field, context: Context) -> object:
        if not isinstance(raw, list):
            raise refuse(field, _("“{label}” must be a list of rows.").format(label=field.label))
        refuse_too_many(raw, field, MAX_ROWS)
        rows: list[dict[str, object]] = []
        problems: list[Problem] = []
        for position, item in enumerate(raw):
            try:
                rows.append(self._parse_row(item, field, context))
            except Faults as faults:
                problems += (_in_row(problem, field, item, position) for problem in faults.problems)
        problems += _problems_of_ids(rows, field)
        if problems:
            raise Faults(problems)
        return [row for row in rows if not _says_nothing(row)]

    def _parse_row(self, raw: object, field: Field, context: Context) -> dict[str, object]:
        if not isinstance(raw, Mapping):
            raise refuse(field, _("“{label}” must be a list of rows.").format(label=field.label))
        row: dict[str, object] = {}
        problems: list[Problem] = []
        for name in raw:
            if name not in ROW_MEMBERS and field.column(str(name)) is None:
                message = _("“{label}” has no column “{column}”.")
                problems += refuse(field, message.format(label=field.label, column=quoted(name))).problems
        if raw.get("id") not in EMPTY:
            row["id"] = parse_row_id(raw["id"], field)
        if raw.get("uid") not in EMPTY:
            row["uid"] = _parse_uid(raw["uid"], field)
        for column in field.columns:
            try:
                row |= self._parse_cell(raw.get(column.id), column, context)
            except Faults as faults:
                problems += faults.problems
        if problems:
            raise Faults(problems)
        return row

    def _parse_cell(self, raw: object, column: Field, context: Context) -> dict[str, object]:
        """The cell under its column's id, or nothing if it is empty."""
        if raw in EMPTY:
            return {}
        kind = self._kinds[column.kind]
        value = kind.parse(raw, column, context)
        return {} if kind.is_empty(value) else {column.id: value}

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        rows = rows_of(value)
        in_cells = [
            _in_row(problem, field, row, position)
            for position, row in enumerate(rows)
            for column in field.columns
            for problem in self._check_cell(row.get(column.id), column, context)
        ]
        return in_cells + check_count(rows, field)

    def _check_cell(self, value: object, column: Field, context: Context) -> list[Problem]:
        if value is not None:
            return self._kinds[column.kind].check(value, column, context)
        return (
            [lack(column, _("“{label}” is missing.").format(label=column.label))] if column.required else []
        )

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return self.text_of_columns(value, field.columns, context)

    def text_of_columns(self, value: object, columns: Sequence[Field], context: Context | None) -> str:
        """The plain text of these columns, row by row."""
        cells = (
            self._kinds[column.kind].plain_text(row[column.id], column, context)
            for row in rows_of(value)
            for column in columns
            if column.id in row
        )
        return "\n".join(filter(None, cells))

    def codes(self, value: object) -> tuple[str, ...]:
        return tuple(str(row["id"]) for row in rows_of(value) if "id" in row)

    def codes_in(self, value: object, column: Field) -> tuple[str, ...]:
        """The codes of one column, row by row."""
        cells = (row[column.id] for row in rows_of(value) if column.id in row)
        return tuple(code for cell in cells for code in self._kinds[column.kind].codes(cell))

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        members: Schema = {
            "id": {"type": ["string", "null"], "pattern": rf"{ROW_ID_PATTERN}|^$"},
            "uid": {"type": ["string", "null"], "maxLength": 36},
        }
        for column in field.columns:
            schema = self._kinds[column.kind].json_schema(column, context, level)
            members[column.id] = {"title": str(column.label), "anyOf": [schema, {"enum": list(EMPTY)}]}
        row: Schema = {"type": "object", "properties": members, "additionalProperties": False}
        if level.includes(Level.SHORT):
            row["required"] = [column.id for column in field.columns if column.required]
        return {"type": "array", "items": row, **count_schema(field, level, MAX_ROWS)}

    def from_form(self, form: Form, name: str, field: Field) -> object:
        rows = (self._row_from_form(form, f"{name}.{index}", field) for index in indexes_of(form, name))
        return [row for row in rows if not _is_untouched(row, field)] or None

    def _row_from_form(self, form: Form, name: str, field: Field) -> dict[str, object]:
        own = {member: Kind.from_form(self, form, f"{name}.{member}", field) for member in ROW_MEMBERS}
        cells = {
            column.id: self._kinds[column.kind].from_form(form, f"{name}.{column.id}", column)
            for column in field.columns
        }
        typed = {member: value for member, value in (own | cells).items() if value is not None}
        return {**typed, **_pasted_position(typed, field)}

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        for index, row in enumerate(rows_of(value)):
            for member in ROW_MEMBERS:
                if member in row:
                    yield f"{name}.{index}.{member}", str(row[member])
            for column in field.columns:
                if column.id in row:
                    cell_name = f"{name}.{index}.{column.id}"
                    yield from self._kinds[column.kind].to_form(row[column.id], cell_name, column)


def _pasted_position(row: Mapping[str, object], field: Field) -> Mapping[str, str]:
    """Columns `lat` and `lon` out of one of them into which somebody pasted both, or a map link."""
    if {"lat", "lon"} <= {column.id for column in field.columns}:
        for name in ("lat", "lon"):
            if isinstance(typed := row.get(name), str) and (found := position_in(typed)):
                return found
    return {}


def rows_of(value: object) -> list[dict[str, object]]:
    """The rows of a stored value; none where the answer is that it does not apply."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _parse_uid(raw: object, field: Field) -> str:
    try:
        if isinstance(raw, str) and str(UUID(raw)) == raw:
            return raw
    except ValueError:
        pass
    raise refuse(field, _("“{label}”: a row has a uid that is none.").format(label=field.label))


def _problems_of_ids(rows: list[dict[str, object]], field: Field) -> list[Problem]:
    ids = [str(row["id"]) for row in rows if "id" in row]
    message = _("“{label}” has two rows with the id {id}.")
    twice = sorted({id for id in ids if ids.count(id) > 1})
    return [
        replace(problem, row=id)
        for id in twice
        for problem in refuse(field, message.format(label=field.label, id=id)).problems
    ]


def _in_row(problem: Problem, field: Field, row: object, position: int) -> Problem:
    """A problem of a column, told as one of the field."""
    id = row.get("id") if isinstance(row, Mapping) else None
    column = None if problem.field == field.id else problem.field
    return replace(problem, field=field.id, row=id if is_row_id(id) else str(position), column=column)


def _says_nothing(row: Mapping[str, object]) -> bool:
    return all(member in ROW_MEMBERS for member in row)


def _is_untouched(row: Mapping[str, object], field: Field) -> bool:
    """Whether a row of the form holds nothing but what the form itself had put there."""
    return all(row.get(column.id) in (None, column.preset) for column in field.columns)
