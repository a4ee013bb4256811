"""`row`: a row of another field of the same page, by its id."""

from __future__ import annotations

import re
from typing import TypeGuard

from kmwiki.domain.kinds.kind import Context, Kind, Schema, lack, refuse
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level, Problem
from kmwiki.i18n import gettext as _

ROW_ID_PATTERN = r"^[a-z]{1,8}[0-9]{1,12}$"
_ROW_ID = re.compile(ROW_ID_PATTERN)


class Row(Kind):
    name = "row"
    takes = frozenset({"rows_of"})
    needs = frozenset({"rows_of"})

    def parse(self, raw: object, field: Field, context: Context) -> object:
        return parse_row_id(raw, field)

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        if value in row_ids(context.fields.get(field.rows_of or "")):
            return []
        message = _("“{label}” names {row}, which is no longer there. Please choose again.")
        return [lack(field, message.format(label=field.label, row=value))]

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        return {"type": "string", "pattern": ROW_ID_PATTERN}


def is_row_id(raw: object) -> TypeGuard[str]:
    return isinstance(raw, str) and _ROW_ID.fullmatch(raw) is not None


def parse_row_id(raw: object, field: Field) -> str:
    if is_row_id(raw):
        return raw
    message = _("“{label}” must name a row by its id, such as n1.")
    raise refuse(field, message.format(label=field.label))


def row_ids(rows: object) -> frozenset[object]:
    """The ids of stored rows."""
    listed = rows if isinstance(rows, list) else []
    return frozenset(row["id"] for row in listed if isinstance(row, dict) and "id" in row)
