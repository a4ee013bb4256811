"""What one page says taken into another of the same type: what is empty there is filled, what stands apart is added.

Nothing that the page says already is changed. Knows nothing of pages, people or who may decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kmwiki.domain.content import Content
from kmwiki.domain.kept import KEPT
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.parts import TOPICS

#: What a field holds at most, whatever its type says (kinds refuse more).
_MOST_ROWS, _MOST_LINKS, _MOST_CHARACTERS = 200, 100, 100_000
_LICENCE = "licence"

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class TakenOver:
    """The page with what the other says in it; `left` names what stays behind, in the order of the form.

    New rows have no id yet, but their `uid`; where one names another row it names it by its uid (see with_row_ids).
    """

    content: Content
    left: tuple[str, ...]


def take_over(
    page_type: PageType, own: Content, other: Content, heading: str, most_topics: int, before: Content | None = None
) -> TakenOver:
    """Take what `other` says into `own`; both are of this type and its edition.

    Longer texts of both stand one after the other, the second under the `heading`. `before`: an earlier version of the
    other page that was taken over already; what it said is not taken again. Names of files must not clash.
    """
    theirs = {name: value for name, value in other.fields.items() if name != KEPT}
    if before is not None:
        theirs = {name: value for name, value in theirs.items() if before.fields.get(name) != value}
    uids = _uids(page_type, own, other)
    fields, left = dict(deepcopy(dict(own.fields))), []
    for field in page_type.fields.values():
        if field.id not in theirs or theirs[field.id] == fields.get(field.id):
            continue
        if field.id in fields and _says_nothing(theirs[field.id]):
            continue
        value = _named_by_uid(field, deepcopy(theirs[field.id]), uids)
        added = _added(field, fields.get(field.id), value, heading)
        if added is None:
            left.append(field.id)
        else:
            fields[field.id] = added
    topics = tuple(dict.fromkeys([*own.topics, *other.topics]))
    files = {file.name: file for file in (*other.files, *own.files)}
    if len(topics) > max(most_topics, len(own.topics)):
        topics, left = own.topics, [*left, TOPICS]
    if other.licence != own.licence:
        left.insert(0, _LICENCE)
    in_order = tuple(files[name] for name in sorted(files))
    return TakenOver(own.replace(fields=fields, topics=topics, files=in_order), tuple(left))


def with_row_ids(page_type: PageType, fields: dict[str, Any]) -> dict[str, Any]:
    """The same after the new rows got their ids: what names a row by its uid names it by its id."""
    ids = {row["uid"]: row["id"] for field in page_type.fields.values() for row in _rows(field, fields.get(field.id))}
    for field in page_type.fields.values():
        if field.id in fields:
            fields[field.id] = _names_replaced(field, fields[field.id], lambda name: ids.get(name, name))
    return fields


def rows_here(page_type: PageType, own: Content, other: Content) -> dict[str, str]:
    """The ids that rows of the other page have in this one, once it was taken over, by their ids there."""
    uids = _uids(page_type, own, other)
    ids: dict[str, str] = {
        row["uid"]: row["id"]
        for field in page_type.fields.values()
        for row in _rows(field, own.fields.get(field.id))
    }
    return {name: ids[uid] for name, uid in uids.items() if uid in ids}


def _uids(page_type: PageType, own: Content, other: Content) -> dict[str, str]:
    """The uid of each row of the other page by its id; that of an equal row of this page where there is one."""
    found: dict[str, str] = {}
    for field in page_type.fields.values():
        mine = {_words(row): row["uid"] for row in _rows(field, own.fields.get(field.id))}
        for row in _rows(field, other.fields.get(field.id)):
            found[row["id"]] = str(mine.get(_words(row)) or row["uid"])
    return found


def _named_by_uid(field: Field, value: Any, uids: Mapping[str, str]) -> Any:
    for row in _rows(field, value):
        row.pop("id", None)
    return _names_replaced(field, value, lambda name: uids.get(name, name))


def _names_replaced(field: Field, value: Any, named: Callable[[str], str]) -> Any:
    """The value with each name of a row of the same page replaced."""
    if field.kind == "row" and isinstance(value, str):
        return named(value)
    columns = [column.id for column in field.columns if column.kind == "row"]
    for row in _rows(field, value):
        row.update({name: named(row[name]) for name in columns if isinstance(row.get(name), str)})
    return value


def _added(field: Field, mine: Any, theirs: Any, heading: str) -> Any | None:
    """Mine with theirs added; None where that cannot be, and theirs stays behind."""
    if _says_nothing(mine):
        return theirs
    if field.kind == "md" and isinstance(mine, str) and isinstance(theirs, str):
        if theirs.strip() in mine:
            return mine
        text = f"{mine.rstrip()}\n\n### {heading}\n\n{theirs.lstrip()}"
        return text if len(text) <= _MOST_CHARACTERS else None
    if not (isinstance(mine, list) and isinstance(theirs, list)):
        return None
    most = {"rows": _MOST_ROWS, "links": _MOST_LINKS}.get(field.kind, len(mine) + len(theirs))
    known = {_words(item) for item in mine} | {_uid(item) for item in mine}
    added = [*mine, *(item for item in theirs if not {_words(item), _uid(item)} & known)]
    return added if len(added) <= min(field.maximum or most, most) else None


def _says_nothing(value: Any) -> bool:
    return value is None or value in ("", []) or (isinstance(value, dict) and "not_applicable" in value)


def _rows(field: Field, value: Any) -> Rows:
    return value if field.kind == "rows" and isinstance(value, list) else []


def _words(item: Any) -> str:
    """What an item of a list says, whatever it is called; what is said of a link beside its target does not count."""
    if not isinstance(item, dict):
        return str(item)
    unsaid = {"id", "uid", "note"} if "page" in item or "wanted" in item else {"id", "uid"}
    return repr(sorted((name, repr(value)) for name, value in item.items() if name not in unsaid))


def _uid(item: Any) -> str:
    return str(item["uid"]) if isinstance(item, dict) and "uid" in item else _words(item)
