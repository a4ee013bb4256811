"""`place`: a country, the name of a place, and where it lies as far as that may be said."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kmwiki.domain.kinds.choice import code_schema, parse_code
from kmwiki.domain.kinds.kind import Context, Form, Kind, Schema, lack, needed_at, refuse
from kmwiki.domain.kinds.number import as_typed, decimal_string
from kmwiki.domain.kinds.position import position_in
from kmwiki.domain.kinds.shape import members_of
from kmwiki.domain.kinds.words_of_input import clean_line
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level, Problem
from kmwiki.i18n import gettext as _

MAX_NAME_CHARACTERS = 300
_MEMBERS = ("country", "name", "lat", "lon")
_BOUNDS = {"lat": 90, "lon": 180}


class Place(Kind):
    """Stored as {"country"?, "name"?, "lat"?, "lon"?}; a `position`, "lat, lon" or a map link, is read."""

    name = "place"
    takes = frozenset({"vocabulary"})
    needs = frozenset({"vocabulary"})

    def parse(self, raw: object, field: Field, context: Context) -> object:
        members = members_of(raw, field, (*_MEMBERS, "position"))
        place: dict[str, object] = {}
        if "country" in members:
            place["country"] = parse_code(members["country"], field, context.vocabulary_of(field))
        if "name" in members:
            place["name"] = clean_line(members["name"], field, MAX_NAME_CHARACTERS)
        return place | _coordinates(members, field)

    def is_empty(self, value: object) -> bool:
        return not value

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        if isinstance(value, dict) and "country" in value:
            return []
        return [lack(field, _("“{label}”: choose the country.").format(label=field.label), needed_at(field))]

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return str(value.get("name", "")) if isinstance(value, dict) else ""

    def codes(self, value: object) -> tuple[str, ...]:
        return (str(value["country"]),) if isinstance(value, dict) and "country" in value else ()

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        text = {"type": ["string", "null"], "maxLength": 1000}
        country = {"anyOf": [code_schema(context.vocabulary_of(field)), {"enum": ["", None]}]}
        number = {"type": ["string", "number", "null"]}
        members = {"country": country, "name": text, "lat": number, "lon": number, "position": text}
        return {"type": "object", "properties": members, "additionalProperties": False}

    def from_form(self, form: Form, name: str, field: Field) -> object:
        parts = {
            part: Kind.from_form(self, form, f"{name}.{part}", field) for part in (*_MEMBERS, "position")
        }
        return {part: typed for part, typed in parts.items() if typed} or None

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        members = value if isinstance(value, dict) else {}
        return ((f"{name}.{part}", str(members[part])) for part in _MEMBERS if part in members)


def _coordinates(members: dict[str, object], field: Field) -> dict[str, object]:
    """Latitude and longitude as decimal strings: both, or none."""
    typed = _position(members["position"], field) if "position" in members else members
    given = {part: decimal_string(as_typed(typed[part])) for part in _BOUNDS if part in typed}
    if len(given) == 1:
        raise refuse(field, _("“{label}” needs both latitude and longitude.").format(label=field.label))
    for part, number in given.items():
        if number is None or abs(Decimal(number)) > _BOUNDS[part]:
            message = _("“{label}”: this is not a latitude and a longitude, such as 13.51, 2.11.")
            raise refuse(field, message.format(label=field.label))
    return dict(given)


def _position(raw: object, field: Field) -> dict[str, object]:
    text = clean_line(raw, field, 1_000)
    found = position_in(text)
    if found is None:
        message = _("“{label}”: no position can be read here. Write it as 13.51, 2.11 or paste a map link.")
        raise refuse(field, message.format(label=field.label))
    return dict(found)
