"""What fills itself from published pages: links, organisations."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from kmwiki.db import insert_missing
from kmwiki.domain.content import Content
from kmwiki.domain.ids import new_id
from kmwiki.domain.page_type import Field, PageType
from kmwiki.models import Link, Organisation, Page, Revision
from kmwiki.permissions import SYSTEM, visible
from kmwiki.render.resolve import markers
from kmwiki.services.pages.finding import pages_by_slug
from kmwiki.services.pages.link_targets import links_of
from kmwiki.services.pages.renderings import render_missing, rendered_fields, store_renderings
from kmwiki.site import Site, UnitOfWork

LinkRow = dict[str, Any]
#: The field of links that stand inside Markdown.
TEXT = "text"
_AT_ONCE = 500


def rebuild_links(uow: UnitOfWork, page: Page, page_type: PageType, content: Content) -> None:
    """Make the page's links those of this content."""
    _replace_links(uow, page.id, _links(uow, page.id, page_type, content))


def _links(uow: UnitOfWork, page_id: UUID, page_type: PageType, content: Content) -> list[LinkRow]:
    return [*field_links(page_id, page_type, content), *_text_links(uow, page_id, page_type, content)]


def _replace_links(uow: UnitOfWork, page_id: UUID, links: list[LinkRow]) -> None:
    uow.session.execute(delete(Link).where(Link.source_id == page_id))
    if links:
        uow.session.execute(insert(Link), links)


def field_links(page_id: UUID, page_type: PageType, content: Content) -> Iterator[LinkRow]:
    """The links of the page's link fields, as rows of Link; those inside its texts take rendering."""
    for field, link in links_of(content, page_type):
        yield {
            "id": new_id(),
            "source_id": page_id,
            "field": field,
            "target_id": UUID(link["page"]) if "page" in link else None,
            "target_row": link.get("row", ""),
            "relation": link.get("relation", ""),
            "note": link.get("note", ""),
            "wanted": link.get("wanted", ""),
        }


def _text_links(uow: UnitOfWork, page_id: UUID, page_type: PageType, content: Content) -> Iterator[LinkRow]:
    html = "".join(rendered_fields(uow, page_type, content).values())
    names = sorted(markers(html).pages)
    known = pages_by_slug(uow, names)
    for name in names:
        target = known[name].id if name in known else None
        if target != page_id:
            yield {
                "id": new_id(),
                "source_id": page_id,
                "field": TEXT,
                "target_id": target,
                "target_row": "",
                "relation": "",
                "note": "",
                "wanted": "" if target else name,
            }


def render_pages(uow: UnitOfWork, page_ids: Sequence[UUID]) -> None:
    """Render these published pages; all rendering comes before writing."""
    found = _published(uow, page_ids)
    store_renderings(uow, [row for _page, *typed in found for row in render_missing(uow, *typed)])


def rebuild_links_of_pages(uow: UnitOfWork, page_ids: Sequence[UUID]) -> None:
    """Make the links of these published pages those of their texts; all reading comes before writing."""
    links = [(page, _links(uow, page.id, *typed)) for page, *typed in _published(uow, page_ids)]
    for page, of_page in links:
        _replace_links(uow, page.id, of_page)
        settle_wanted_links(uow, page)


def _published(uow: UnitOfWork, page_ids: Sequence[UUID]) -> list[tuple[Page, PageType, Content]]:
    joined = select(Page, Revision).join(Revision, Page.published_revision_id == Revision.id)
    found = uow.session.execute(joined.where(Page.id.in_(page_ids))).all()
    contents = [(page, Content.from_json(revision.content)) for page, revision in found if revision.content]
    return [(page, uow.site.page_type(content.type, content.edition), content) for page, content in contents]


def settle_wanted_links(uow: UnitOfWork, page: Page) -> None:
    """Texts that named this page's address before there was a page lead to it now."""
    uow.session.execute(
        update(Link).where(Link.wanted == page.slug, Link.field == TEXT).values(target_id=page.id, wanted="")
    )


def register_organisations(uow: UnitOfWork, page_type: PageType, content: Content) -> None:
    """Put the organisations that this content names into the register."""
    _insert_organisations(uow, {folded(name): name for name in organisation_names(page_type, content)})


def _insert_organisations(uow: UnitOfWork, names: Mapping[str, str]) -> None:
    rows = [{"id": new_id(), "name": name, "folded": key, "created_at": uow.now} for key, name in sorted(names.items())]
    insert_missing(uow.session, Organisation, rows)


def register_pages(uow: UnitOfWork, page_ids: Sequence[UUID]) -> None:
    """Put the organisations that these published pages name into the register."""
    for _page, page_type, content in _published(uow, page_ids):
        register_organisations(uow, page_type, content)


def rebuild_organisations(site: Site) -> None:
    """Make the register name what pages that can be read name now, and nothing that a page took with it.

    For the worker, after a page went into the bin or away, or came back. Names that were written meanwhile stay.
    """
    began = site.clock()
    with site.look(SYSTEM) as uow:
        named = _named(uow, Page.state.in_(("published", "archived")))
    with site.work(SYSTEM) as uow:
        named |= _named(uow, Page.published_at >= began)
        kept = {row.folded: row.id for row in uow.session.scalars(select(Organisation))}
        _insert_organisations(uow, {key: name for key, name in named.items() if key not in kept})
        gone = [organisation_id for key, organisation_id in kept.items() if key not in named]
        for start in range(0, len(gone), _AT_ONCE):
            uow.session.execute(delete(Organisation).where(Organisation.id.in_(gone[start : start + _AT_ONCE])))


def _named(uow: UnitOfWork, of_these: ColumnElement[bool]) -> dict[str, str]:
    """Names of organisations in the published versions of these pages, by what they are looked up with."""
    found = select(Revision.content).join(Page, Page.published_revision_id == Revision.id).where(of_these)
    given = uow.session.scalars(found.where(Revision.content.is_not(None)).execution_options(yield_per=100))
    return {
        folded(name): name
        for content in map(Content.from_json, given)
        for name in organisation_names(uow.site.page_type(content.type, content.edition), content)
    }


def organisation_names(page_type: PageType, content: Content) -> Iterator[str]:
    """Names of organisations in fields and rows, as they were written."""
    for field in page_type.fields.values():
        value = content.fields.get(field.id)
        if field.kind == "organisation":
            yield from _name(value)
        elif field.kind == "rows" and isinstance(value, list):
            for row in value:
                yield from _names_in_row(field, row)


def _names_in_row(field: Field, row: dict[str, Any]) -> Iterator[str]:
    for column in field.columns:
        if column.kind == "organisation":
            yield from _name(row.get(column.id))


def _name(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value.get("name"):
        yield value["name"]


def folded(name: str) -> str:
    """A name for looking up: case and spaces do not count."""
    return " ".join(name.casefold().split())


def organisations(uow: UnitOfWork, words: str, page: int, per_page: int) -> tuple[int, list[Organisation]]:
    """Organisations of the register whose name contains the words: (how many, one page of them by name)."""
    matching = visible(uow.actor, "site.read") & Organisation.folded.contains(folded(words), autoescape=True)
    total = uow.session.scalar(select(func.count()).select_from(Organisation).where(matching)) or 0
    found = uow.session.scalars(
        select(Organisation).where(matching).order_by(Organisation.folded).offset((page - 1) * per_page).limit(per_page)
    )
    return total, list(found)
