"""What fills itself from published pages: links, organisations."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from kmwiki.db import insert_missing
from kmwiki.domain.content import Content
from kmwiki.domain.ids import new_id
from kmwiki.domain.page_type import Field, PageType
from kmwiki.models import Link, Organisation, Page, Revision
from kmwiki.render.resolve import markers
from kmwiki.services.finding import pages_by_slug
from kmwiki.services.link_targets import links_of
from kmwiki.services.renderings import render_missing, rendered_fields, store_renderings
from kmwiki.site import UnitOfWork

#: The field of links that stand inside Markdown.
TEXT = "text"


def rebuild_links(uow: UnitOfWork, page: Page, page_type: PageType, content: Content) -> None:
    """Make the page's links those of this content."""
    links = [*field_links(page, page_type, content), *_text_links(uow, page, page_type, content)]
    uow.session.execute(delete(Link).where(Link.source_id == page.id))
    uow.session.add_all(links)


def field_links(page: Page, page_type: PageType, content: Content) -> Iterator[Link]:
    """The links of the page's link fields; those inside its texts take rendering."""
    for field, link in links_of(content, page_type):
        yield Link(
            id=new_id(),
            source_id=page.id,
            field=field,
            target_id=UUID(link["page"]) if "page" in link else None,
            target_row=link.get("row", ""),
            relation=link.get("relation", ""),
            note=link.get("note", ""),
            wanted=link.get("wanted", ""),
        )


def _text_links(uow: UnitOfWork, page: Page, page_type: PageType, content: Content) -> Iterator[Link]:
    html = "".join(rendered_fields(uow, page_type, content).values())
    names = sorted(markers(html).pages)
    known = pages_by_slug(uow, names)
    for name in names:
        target = known[name].id if name in known else None
        wanted = "" if target else name
        if target != page.id:
            yield Link(id=new_id(), source_id=page.id, field=TEXT, target_id=target, wanted=wanted)


def rebuild_links_of_pages(uow: UnitOfWork, page_ids: Sequence[UUID]) -> None:
    """Render these published pages and make their links those of their texts; all rendering comes before writing."""
    published = select(Page, Revision).join(Revision, Page.published_revision_id == Revision.id)
    found = uow.session.execute(published.where(Page.id.in_(page_ids))).all()
    contents = [(page, Content.from_json(revision.content)) for page, revision in found if revision.content]
    typed = [(page, uow.site.page_type(content.type, content.edition), content) for page, content in contents]
    renderings = [row for _page, page_type, content in typed for row in render_missing(uow, page_type, content)]
    store_renderings(uow, renderings)
    for page, page_type, content in typed:
        rebuild_links(uow, page, page_type, content)
        settle_wanted_links(uow, page)


def settle_wanted_links(uow: UnitOfWork, page: Page) -> None:
    """Texts that named this page's address before there was a page lead to it now."""
    uow.session.execute(
        update(Link).where(Link.wanted == page.slug, Link.field == TEXT).values(target_id=page.id, wanted="")
    )


def register_organisations(uow: UnitOfWork, page_type: PageType, content: Content) -> None:
    """Put the organisations that this content names into the register."""
    names = {folded(name): name for name in organisation_names(page_type, content)}
    rows = [
        {"id": new_id(), "name": name, "folded": key, "created_at": uow.now} for key, name in sorted(names.items())
    ]
    insert_missing(uow.session, Organisation, rows)


def register_pages(uow: UnitOfWork, page_ids: Sequence[UUID]) -> None:
    """Put the organisations that these published pages name into the register."""
    published = select(Revision).join(Page, Page.published_revision_id == Revision.id).where(Page.id.in_(page_ids))
    for revision in uow.session.scalars(published):
        content = Content.from_json(revision.content)
        register_organisations(uow, uow.site.page_type(content.type, content.edition), content)


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
    matching = Organisation.folded.contains(folded(words), autoescape=True)
    total = uow.session.scalar(select(func.count()).select_from(Organisation).where(matching)) or 0
    found = uow.session.scalars(
        select(Organisation).where(matching).order_by(Organisation.folded).offset((page - 1) * per_page).limit(per_page)
    )
    return total, list(found)
