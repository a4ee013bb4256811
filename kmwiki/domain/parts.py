"""A content taken apart for merging and comparing: its own attributes, fields, kept values, files.

A part is named as people and programs name it: "language", "topics", "files", a field's id, "_kept.<id>".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from kmwiki.domain.content import Content
from kmwiki.domain.kept import KEPT
from kmwiki.domain.page_type import PageType

FILES = "files"
TOPICS = "topics"
_TEXT_ATTRIBUTES = ("language", "licence", "translation_of", "replaces")


class Shape(StrEnum):
    """How a value is built, which decides how it is merged and compared."""

    #: Markdown, line by line
    LINES = "lines"
    #: one text
    TEXT = "text"
    #: a list of objects, each with a name of its own: rows, links, files
    ROWS = "rows"
    #: a list of codes
    CODES = "codes"
    #: anything else
    VALUE = "value"


_SHAPES = {
    "md": Shape.LINES,
    "text": Shape.TEXT,
    "rows": Shape.ROWS,
    "links": Shape.ROWS,
    "choices": Shape.CODES,
}


def parts_of(content: Content) -> dict[str, object]:
    """Every part that is not empty, by name; files as the objects of Content.to_json()."""
    parts: dict[str, object] = {name: getattr(content, name) for name in _TEXT_ATTRIBUTES}
    parts[TOPICS] = list(content.topics)
    parts |= {name: value for name, value in content.fields.items() if name != KEPT}
    parts |= {f"{KEPT}.{name}": value for name, value in _mapping(content.fields.get(KEPT)).items()}
    parts[FILES] = [file.to_json() for file in content.files]
    return {name: value for name, value in parts.items() if not _is_empty(value)}


def content_of(like: Content, parts: Mapping[str, object]) -> Content:
    """The content with these parts, empty ones left out; type and edition are those of `like`."""
    parts = {name: value for name, value in parts.items() if not _is_empty(value)}
    kept = {name.removeprefix(f"{KEPT}."): value for name, value in parts.items() if _is_kept(name)}
    own = {*_TEXT_ATTRIBUTES, TOPICS, FILES}
    fields = {name: value for name, value in parts.items() if name not in own and not _is_kept(name)}
    return Content.from_json(
        {
            "type": like.type,
            "edition": like.edition,
            "language": parts.get("language", ""),
            "licence": parts.get("licence", ""),
            "translation_of": parts.get("translation_of"),
            "replaces": parts.get("replaces"),
            "topics": parts.get(TOPICS, []),
            "fields": fields | ({KEPT: kept} if kept else {}),
            "files": parts.get(FILES, []),
        }
    )


def names_in_order(page_type: PageType, names: Iterable[str]) -> list[str]:
    """The names of parts in the order of the form: attributes first, kept values and files last."""
    order = [*_TEXT_ATTRIBUTES, TOPICS, *page_type.fields]
    places = {name: place for place, name in enumerate(order)}
    return sorted(
        set(names), key=lambda name: (name == FILES, _is_kept(name), places.get(name, len(order)), name)
    )


def shape_of(page_type: PageType, name: str, *values: object) -> Shape:
    """The shape of a part; VALUE where one of the values is built otherwise, as "does not apply" is."""
    if name == FILES:
        return Shape.ROWS
    if name == TOPICS:
        return Shape.CODES
    field = page_type.fields.get(name)
    return shape_of_kind(field.kind if field else "", *values)


def shape_of_kind(kind: str, *values: object) -> Shape:
    shape = _SHAPES.get(kind, Shape.VALUE)
    fits = _FITS.get(shape)
    return shape if fits is None or all(value is None or fits(value) for value in values) else Shape.VALUE


def rows_in(value: object) -> list[Mapping[str, object]]:
    """The rows of a value of shape ROWS, none for an absent one."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def codes_in(value: object) -> list[str]:
    """The codes of a value of shape CODES, none for an absent one."""
    return [str(code) for code in value] if isinstance(value, list) else []


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value == []


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _is_codes(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(code, str) for code in value)


_FITS: Mapping[Shape, Callable[[object], bool]] = {
    Shape.LINES: _is_text,
    Shape.TEXT: _is_text,
    Shape.ROWS: _is_rows,
    Shape.CODES: _is_codes,
}


def _is_kept(name: str) -> bool:
    return name.startswith(f"{KEPT}.")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
