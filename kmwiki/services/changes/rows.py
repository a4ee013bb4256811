"""Row ids: given once by a counter of the page, never used again, with a hidden uid behind each."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update

from kmwiki.domain.content import Content
from kmwiki.domain.ids import new_id, row_id
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.site import UnitOfWork

Rows = list[dict[str, Any]]


def row_fields(page_type: PageType, fields: Mapping[str, Any]) -> Iterable[tuple[Field, Rows]]:
    """(field, rows) for each field that holds rows now, in form order."""
    for field in page_type.fields.values():
        value = fields.get(field.id)
        if field.kind == "rows" and isinstance(value, list):
            yield field, value


def attach_uids(page_type: PageType, fields: Mapping[str, Any], *known: Content | None) -> list[Problem]:
    """Put back the uid of each row that names its id, in place; the problems of ids that nobody gave out."""
    uids = {
        (field.id, row["id"]): row["uid"]
        for content in known
        if content is not None
        for field, rows in row_fields(page_type, content.fields)
        for row in rows
    }
    problems = []
    for field, rows in row_fields(page_type, fields):
        for row in rows:
            row.pop("uid", None)
            if "id" in row and (field.id, row["id"]) not in uids:
                message = _("There is no row {id} on this page. Leave the id out to add a row.")
                problems.append(
                    Problem(field=field.id, row=str(row["id"]), level=Level.DRAFT, message=message.format(id=row["id"]))
                )
            elif "id" in row:
                row["uid"] = uids[field.id, row["id"]]
        problems.extend(_named_twice(field, rows))
    return problems


def _named_twice(field: Field, rows: Rows) -> Iterable[Problem]:
    ids = [row["id"] for row in rows if "id" in row]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        message = _("Row {id} stands here twice.").format(id=name)
        yield Problem(field=field.id, row=str(name), level=Level.DRAFT, message=message)


def mark_new_rows(page_type: PageType, fields: Mapping[str, Any]) -> None:
    """Give each new row its uid, so that merging can tell it from others before it has a number."""
    for _field, rows in row_fields(page_type, fields):
        for row in rows:
            row.setdefault("uid", str(new_id()))


def number_new_rows(uow: UnitOfWork, page_id: UUID, page_type: PageType, fields: Mapping[str, Any]) -> None:
    """Give each row without id the next number of the page, in place. Writes: takes the write lock."""
    unnumbered = _unnumbered(page_type, fields)
    if not unnumbered:
        return
    last = uow.session.scalar(
        update(Page)
        .where(Page.id == page_id)
        .values(row_counter=Page.row_counter + len(unnumbered))
        .returning(Page.row_counter)
    )
    assert last is not None
    _give_numbers(unnumbered, last - len(unnumbered))


def number_rows_from(counter: int, page_type: PageType, fields: Mapping[str, Any]) -> int:
    """The same for a page that is not stored yet; the counter after it."""
    unnumbered = _unnumbered(page_type, fields)
    _give_numbers(unnumbered, counter)
    return counter + len(unnumbered)


def _unnumbered(page_type: PageType, fields: Mapping[str, Any]) -> list[tuple[Field, dict[str, Any]]]:
    return [(field, row) for field, rows in row_fields(page_type, fields) for row in rows if "id" not in row]


def _give_numbers(unnumbered: list[tuple[Field, dict[str, Any]]], after: int) -> None:
    for k, (field, row) in enumerate(unnumbered, start=after + 1):
        row["id"] = row_id(field.prefix, k)


def highest_row(page_type: PageType, fields: Mapping[str, Any]) -> int:
    """The highest number among the row ids of these fields, 0 without rows."""
    ids = (row.get("id", "") for _field, rows in row_fields(page_type, fields) for row in rows)
    return max((int(digits) for name in ids if (digits := name.lstrip("abcdefghijklmnopqrstuvwxyz"))), default=0)
