"""What an edition of a type has no field for is kept under `_kept`, never thrown away."""

from __future__ import annotations

from collections.abc import Mapping

from kmwiki.domain.content import Content
from kmwiki.domain.kinds.rows import ROW_MEMBERS, rows_of
from kmwiki.domain.kinds.words_of_input import has_forbidden_characters
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Faults, Level, Problem
from kmwiki.i18n import gettext as _

KEPT = "_kept"
MAX_CONTENT_CHARACTERS = 400_000
_MAX_DEPTH = 8
_MAX_VALUES = 20_000
#: Greater whole numbers have no form in JSON that every reader understands (RFC 8785, sec. 3.2.2.3).
_GREATEST_NUMBER = 2**53 - 1


def parse_kept(raw: object) -> dict[str, object]:
    """The kept values as they stand, under their name; raises Faults where they are no decent JSON."""
    if raw is None or raw == {}:
        return {}
    if not isinstance(raw, dict) or not _is_decent(raw):
        message = _("What is kept of an older edition must be an object of texts, lists and objects.")
        raise Faults([Problem(KEPT, Level.DRAFT, message)])
    return {KEPT: raw}


def size_of(value: object) -> int:
    """The characters of all texts in a parsed value."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(len(name) + size_of(member) for name, member in value.items())
    return sum(size_of(item) for item in value) if isinstance(value, list) else 0


def in_edition(page_type: PageType, content: Content) -> Content:
    """The content as this edition of its page type has it; the very same where it is of this edition."""
    if content.edition == page_type.edition:
        return content
    return content.replace(edition=page_type.edition, fields=move_to_edition(page_type, content.fields))


def move_to_edition(page_type: PageType, fields: Mapping[str, object]) -> dict[str, object]:
    """The fields of an older edition as this one has them: renamed ones moved, those it lacks kept.

    A kept column is named by field, row and column: "results.r2.unit".
    """
    moved: dict[str, object] = {}
    earlier = fields.get(KEPT)
    kept: dict[str, object] = dict(earlier) if isinstance(earlier, Mapping) else {}
    for id, value in fields.items():
        field = page_type.fields.get(page_type.renamed.get(id, id))
        if id == KEPT:
            continue
        if field is None:
            kept[id] = value
        elif field.kind == "rows" and isinstance(value, list):
            moved[field.id] = [
                _row_without_unknown(row, position, field, kept)
                for position, row in enumerate(rows_of(value))
            ]
        else:
            moved[field.id] = value
    return {**moved, KEPT: kept} if kept else moved


def _row_without_unknown(
    row: Mapping[str, object], position: int, field: Field, kept: dict[str, object]
) -> dict[str, object]:
    known = {*ROW_MEMBERS, *(column.id for column in field.columns)}
    for name in row.keys() - known:
        kept[f"{field.id}.{row.get('id', position)}.{name}"] = row[name]
    return {name: value for name, value in row.items() if name in known}


def _is_decent(raw: object) -> bool:
    """Whether it is JSON that can be stored, of a depth and size that nothing chokes on."""
    waiting: list[tuple[object, int]] = [(raw, 0)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if seen > _MAX_VALUES or depth > _MAX_DEPTH or not _is_decent_alone(value):
            return False
        if isinstance(value, dict):
            waiting += ((member, depth + 1) for pair in value.items() for member in pair)
        elif isinstance(value, list):
            waiting += ((item, depth + 1) for item in value)
    return True


def _is_decent_alone(value: object) -> bool:
    if isinstance(value, str):
        return not has_forbidden_characters(value)
    if isinstance(value, int):
        return abs(value) <= _GREATEST_NUMBER
    return value is None or isinstance(value, dict | list)
