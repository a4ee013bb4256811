"""`date`: a year, a month or a day of the calendar; `period`: from one to another, either end open."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Iterator

from kmwiki.domain.kinds.kind import Context, Form, Kind, Schema, lack, needed_at, refuse
from kmwiki.domain.kinds.shape import members_of
from kmwiki.domain.kinds.words_of_input import quoted
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level, Problem
from kmwiki.i18n import gettext as _

_PATTERN = r"^[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?$"
_DATE = re.compile(r"([12][0-9]{3})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_ENDS = ("from", "to")


class Date(Kind):
    """Stored as "2026", "2026-03" or "2026-03-14": no more than is known."""

    name = "date"

    def parse(self, raw: object, field: Field, context: Context) -> object:
        return parse_date(raw, field)

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return str(value)

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        return date_schema()


class Period(Kind):
    """Stored as {"from", "to"}; what is not known, or not over yet, is absent."""

    name = "period"

    def parse(self, raw: object, field: Field, context: Context) -> object:
        members = members_of(raw, field, _ENDS)
        return {end: parse_date(members[end], field) for end in _ENDS if end in members}

    def is_empty(self, value: object) -> bool:
        return not value

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        begin, end = _ends(value)
        if not begin:
            return [
                lack(field, _("“{label}”: say when it began.").format(label=field.label), needed_at(field))
            ]
        if end and first_day(begin) > last_day(end):
            return [lack(field, _("“{label}” ends before it begins.").format(label=field.label))]
        return []

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return " ".join(filter(None, _ends(value)))

    def codes(self, value: object) -> tuple[str, ...]:
        return tuple(filter(None, _ends(value)))

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        end = {"anyOf": [date_schema(), {"enum": ["", None]}]}
        return {"type": "object", "properties": {"from": end, "to": end}, "additionalProperties": False}

    def from_form(self, form: Form, name: str, field: Field) -> object:
        ends = {end: Kind.from_form(self, form, f"{name}.{end}", field) for end in _ENDS}
        return {end: date for end, date in ends.items() if date} or None

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        return ((f"{name}.{end}", date) for end, date in zip(_ENDS, _ends(value), strict=True) if date)


def parse_date(raw: object, field: Field) -> str:
    if isinstance(raw, str) and _is_date(raw):
        return raw
    message = _("“{label}”: “{date}” is not a date. Write 2026, 2026-03 or 2026-03-14.")
    raise refuse(field, message.format(label=field.label, date=quoted(raw)))


def date_schema() -> Schema:
    return {"type": "string", "pattern": _PATTERN, "examples": ["2026", "2026-03", "2026-03-14"]}


def first_day(date: str) -> datetime.date:
    """The first day of a stored date."""
    year, month, day = _parts(date)
    return datetime.date(year, month or 1, day or 1)


def last_day(date: str) -> datetime.date:
    """The last day of a stored date."""
    year, month, day = _parts(date)
    return datetime.date(year, month or 12, day or monthrange(year, month or 12)[1])


def _parts(date: str) -> tuple[int, int | None, int | None]:
    year, month, day = (int(part) if part else None for part in _DATE.fullmatch(date).groups())  # type: ignore[union-attr]
    return year or 0, month, day


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        first_day(text)
    except ValueError:
        return False
    return True


def _ends(value: object) -> tuple[str, str]:
    """Beginning and end, "" where they are open."""
    return (value.get("from", ""), value.get("to", "")) if isinstance(value, dict) else ("", "")
