"""`number`: a decimal string, such as "12" or "-13.5", so that nothing is lost on the way."""

from __future__ import annotations

import re
from decimal import Decimal

from kmwiki.domain.kinds.kind import Context, Kind, Schema, refuse
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level
from kmwiki.i18n import gettext as _

_TYPED = re.compile(r"[-−]?[0-9]{1,15}([.,][0-9]{1,15})?")
_GROUPS = re.compile(r"(?<=[0-9])[ \u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_AMBIGUOUS = re.compile(r",[0-9]{3}$")
_GREATEST_INTEGER = 10**15


class Number(Kind):
    """Typed as people do, "1 200" or "13,5"; a comma before three digits can be read in two ways: refused."""

    name = "number"
    takes = frozenset({"minimum", "maximum"})

    def parse(self, raw: object, field: Field, context: Context) -> object:
        number = decimal_string(as_typed(raw))
        if number is None:
            message = _("“{label}” must be a number, such as 1200 or 13.5.")
            raise refuse(field, message.format(label=field.label))
        self._refuse_out_of_bounds(Decimal(number), field)
        return number

    def _refuse_out_of_bounds(self, number: Decimal, field: Field) -> None:
        if field.minimum is not None and number < field.minimum:
            message = _("“{label}” must be at least {least}.")
            raise refuse(field, message.format(label=field.label, least=field.minimum))
        if field.maximum is not None and number > field.maximum:
            message = _("“{label}” must be at most {most}.")
            raise refuse(field, message.format(label=field.label, most=field.maximum))

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return str(value)

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        return {"type": ["string", "number"], "maxLength": 40, "examples": ["1200", "13.5"]}


def decimal_string(typed: str) -> str | None:
    """The number in its shortest form with a decimal point, or None where it is not clearly one number."""
    joined = _GROUPS.sub("", typed.strip())
    if not _TYPED.fullmatch(joined) or _AMBIGUOUS.search(joined):
        return None
    number = f"{Decimal(joined.replace(',', '.').replace('−', '-')):f}"
    shortest = number.rstrip("0").rstrip(".") if "." in number else number
    return "0" if shortest == "-0" else shortest


def as_typed(raw: object) -> str:
    """The number as somebody would have typed it; "" for what is none (a truth value, NaN, a list)."""
    if isinstance(raw, str):
        return raw[:100]
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) < _GREATEST_INTEGER:
        return ""
    return str(raw) if isinstance(raw, int) else f"{Decimal(repr(raw)):f}"
