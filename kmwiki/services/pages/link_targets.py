"""Links between pages: slugs and changes at the door, page ids inside, and out again only what the asker may see."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kmwiki.domain.content import Content
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page
from kmwiki.services.pages.finding import (
    find_change,
    pages_by_slug,
    readable_changes_of_pages,
    readable_pages,
    rows_in_kept_page,
)
from kmwiki.site import UnitOfWork

LinkValue = dict[str, Any]


def link_fields(page_type: PageType) -> list[str]:
    """The ids of the fields that hold links."""
    return [field.id for field in page_type.fields.values() if field.kind == "links"]


def links_of(content: Content, page_type: PageType) -> Iterable[tuple[str, LinkValue]]:
    """(field id, stored link) for every link in link fields."""
    for field in link_fields(page_type):
        value = content.fields.get(field)
        if isinstance(value, list):
            for link in value:
                yield field, link


# ---- in


def store_links(
    uow: UnitOfWork, page_type: PageType, fields: dict[str, Any], seen: Content | None
) -> list[Problem]:
    """Replace slugs and changes in the given fields by page ids, in place; the problems of those not found.

    Links of the seen version that the asker could not see stay: nobody removes what they were not shown.
    """
    problems: list[Problem] = []
    given = {field: fields[field] for field in link_fields(page_type) if isinstance(fields.get(field), list)}
    slugs = {link["page"] for links in given.values() for link in links if "page" in link}
    pages = pages_by_slug(uow, slugs)
    for name, links in given.items():
        stored, as_seen = [], _links_as_seen(uow, name, seen)
        for position, link in enumerate(links):
            try:
                found = _stored(uow, link, pages)
                stored.append(found | as_seen.get((found.get("page"), found.get("row")), {}))
            except NotFound:
                problems.append(_not_found(name, position, link))
        fields[name] = stored + _unseen_links(uow, name, seen)
    return problems


def _stored(uow: UnitOfWork, link: LinkValue, pages: Mapping[str, Page]) -> LinkValue:
    rest = {name: value for name, value in link.items() if name not in ("page", "change")}
    if "page" in link:
        if link["page"] not in pages:
            raise NotFound()
        return {"page": str(pages[link["page"]].id), **rest}
    if "change" in link:
        return {"page": str(find_change(uow, _uuid(link["change"])).page_id), **rest}
    return rest


def _links_as_seen(uow: UnitOfWork, name: str, seen: Content | None) -> Mapping[tuple[Any, Any], LinkValue]:
    """How links to pages that became part of others were stored, by what they are shown as: nobody changed those."""
    links = _page_links(name, seen)
    targets = Targets.of(uow, [UUID(link["page"]) for link in links])
    stored = {}
    for link in links:
        target = UUID(link["page"])
        if target in targets.rows:
            shown = (str(targets.pages[target].id), targets.row(target, link["row"]) if "row" in link else None)
            stored[shown] = {part: link[part] for part in ("page", "row") if part in link}
    return stored


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound() from error


def _not_found(field: str, position: int, link: LinkValue) -> Problem:
    name = link.get("page") or link.get("change")
    message = _("There is no page “{name}” here. Choose another, or say that it is not there yet.")
    return Problem(field=field, level=Level.DRAFT, row=str(position), message=message.format(name=name))


def _unseen_links(uow: UnitOfWork, name: str, seen: Content | None) -> list[LinkValue]:
    links = _page_links(name, seen)
    targets = Targets.of(uow, [UUID(link["page"]) for link in links])
    return [link for link in links if not targets.sees(UUID(link["page"]))]


def _page_links(name: str, seen: Content | None) -> list[LinkValue]:
    value = seen.fields.get(name) if seen else None
    return [link for link in value if "page" in link] if isinstance(value, list) else []


# ---- out


@dataclass(frozen=True)
class Targets:
    """Pages that links lead to, as far as the asker may see them.

    One that became part of another is that one; `rows` are then the ids that its rows have there.
    """

    pages: Mapping[UUID, Page]
    changes: Mapping[UUID, Change]
    rows: Mapping[UUID, Mapping[str, str]] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, uow: UnitOfWork, page_ids: Iterable[UUID]) -> "Targets":
        """Look up targets in at most two queries."""
        wanted = set(page_ids)
        pages = readable_pages(uow, wanted)
        moved = {page_id for page_id, page in pages.items() if page.id != page_id}
        rows = {page_id: rows_in_kept_page(uow, page_id) for page_id in moved}
        return cls(pages, readable_changes_of_pages(uow, wanted - set(pages)), rows)

    @classmethod
    def of_content(cls, uow: UnitOfWork, page_type: PageType, *contents: Content) -> "Targets":
        """The targets of all links in these contents, and of what they translate or replace."""
        links = (link for content in contents for _field, link in links_of(content, page_type))
        ids = {UUID(link["page"]) for link in links if "page" in link}
        for content in contents:
            ids.update(UUID(page) for page in (content.translation_of, content.replaces) if page)
        return cls.of(uow, ids)

    def sees(self, page_id: UUID) -> bool:
        return page_id in self.pages or page_id in self.changes

    def row(self, page_id: UUID, row: str) -> str:
        """The id of a row where links to it lead now."""
        return self.rows.get(page_id, {}).get(row, row)

    def slug(self, page_id: str | None) -> str | None:
        """The address of a published page, None for any other."""
        page = self.pages.get(UUID(page_id)) if page_id else None
        return page.slug if page else None

    def shown(self, link: LinkValue) -> LinkValue | None:
        """A stored link as the asker may see it: with slug or change, None where its target is not theirs to see."""
        if "page" not in link:
            return link
        target = UUID(link["page"])
        rest = {name: value for name, value in link.items() if name != "page"}
        if "row" in rest:
            rest["row"] = self.row(target, rest["row"])
        if target in self.pages:
            return {"page": self.pages[target].slug, **rest}
        if target in self.changes:
            return {"change": str(self.changes[target].id), **rest}
        return None


def shown_fields(page_type: PageType, content: Content, targets: Targets) -> dict[str, Any]:
    """The fields as faces give them out: slugs for ids, no hidden row uids."""
    links = set(link_fields(page_type))
    shown: dict[str, Any] = {}
    for name, value in content.fields.items():
        if name in links and isinstance(value, list):
            shown[name] = [link for stored in value if (link := targets.shown(stored)) is not None]
        elif isinstance(value, list):
            shown[name] = [_without_uid(item) for item in value]
        else:
            shown[name] = value
    return shown


def _without_uid(item: Any) -> Any:
    return {key: value for key, value in item.items() if key != "uid"} if isinstance(item, dict) else item
