"""The one order in which the members of a page's values are written: that of the page type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kmwiki.domain.page_type import PageType

#: Members that no column names, in reading order; all others follow by name.
_FIRST = [
    *("id", "uid", "page", "change", "wanted", "row", "relation", "note"),
    *("name", "text", "number", "from", "to", "country", "place_name", "lat", "lon", "not_applicable"),
    *("sha256", "media_type", "alt", "credit", "licence", "consent"),
]
_RANK = {name: rank for rank, name in enumerate(_FIRST)}


def ordered(fields: Mapping[str, object], page_type: PageType) -> dict[str, object]:
    """The fields in the order of the form, what the type does not know last and by name."""
    known = {
        id: _value(fields[id], [column.id for column in field.columns])
        for id, field in page_type.fields.items()
        if id in fields
    }
    return known | {id: _value(fields[id], ()) for id in sorted(fields.keys() - known.keys())}


def _value(value: object, columns: Sequence[str]) -> object:
    if isinstance(value, Mapping):
        return {name: _value(value[name], ()) for name in _in_order(value, columns)}
    if isinstance(value, list | tuple):
        return [_value(item, columns) for item in value]
    return value


def _in_order(value: Mapping[str, object], columns: Sequence[str]) -> list[str]:
    identity = ("id", "uid") if columns else ()
    first = [name for name in (*identity, *columns) if name in value]
    rest = sorted(value.keys() - set(first), key=lambda name: (_RANK.get(name, len(_RANK)), name))
    return first + rest
