"""`yes_no`: true or false; no answer is a third thing, and absent."""

from __future__ import annotations

from collections.abc import Iterator

from kmwiki.domain.kinds.kind import Context, Kind, Schema, refuse
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level
from kmwiki.i18n import gettext as _

_TYPED = {"yes": True, "true": True, "no": False, "false": False}


class YesNo(Kind):
    name = "yes_no"

    def parse(self, raw: object, field: Field, context: Context) -> object:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw in _TYPED:
            return _TYPED[raw]
        raise refuse(field, _("“{label}” must be answered with yes or no.").format(label=field.label))

    def is_empty(self, value: object) -> bool:
        return not isinstance(value, bool)

    def codes(self, value: object) -> tuple[str, ...]:
        return ("true" if value is True else "false",)

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        return {"enum": [True, False, *_TYPED]}

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        yield name, "yes" if value is True else "no"
