"""Finding one page or change for somebody: "not there" and "not yours" answer alike, with the same queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, select

from kmwiki.domain.content import Content
from kmwiki.errors import Conflict, NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, ChangePerson, OldSlug, Page, Publication, Revision
from kmwiki.permissions import may, require, visible
from kmwiki.site import UnitOfWork

#: Pages that became part of others are followed so far.
_MOST_STEPS = 20


def find_page(uow: UnitOfWork, slug: str) -> Page:
    """The page at this address, or at an old one of it, or at one of a page that became part of it. Raises NotFound."""
    found = _page_at(uow, slug)
    return _visible_page(uow, kept_pages(uow, [found])[found.id] if found else None)


def find_page_itself(uow: UnitOfWork, slug: str) -> Page:
    """The same, without going on to the page that it became part of: for its own history, files and care."""
    return _visible_page(uow, _page_at(uow, slug))


def _page_at(uow: UnitOfWork, slug: str) -> Page | None:
    page = uow.session.scalar(select(Page).where(Page.slug == slug))
    if page is None or not may(uow.actor, "page.read", page):  # one that is not the asker's takes both queries, too
        page = uow.session.scalar(select(Page).join(OldSlug).where(OldSlug.slug == slug)) or page
    return page


def kept_pages(uow: UnitOfWork, pages: Iterable[Page]) -> Mapping[UUID, Page]:
    """By the id of each of these pages the one that it became part of; itself where it stands for itself.

    A query for each step on the way, none where no page became part of another.
    """
    kept = {page.id: page for page in pages}
    for _step in range(_MOST_STEPS):
        wanted = {page.merged_into_id for page in kept.values() if page.merged_into_id is not None}
        if not wanted:
            break
        found = {page.id: page for page in uow.session.scalars(select(Page).where(Page.id.in_(wanted)))}
        onward = {page_id: found[page.merged_into_id] for page_id, page in kept.items() if page.merged_into_id in found}
        if not onward:
            break
        kept |= onward
    return kept


def rows_in_kept_page(uow: UnitOfWork, page_id: UUID) -> Mapping[str, str]:
    """The ids that rows of a page have in the page that it became part of, by their ids before."""
    rows: dict[str, str] = {}
    page = uow.session.get(Page, page_id)
    for _step in range(_MOST_STEPS):
        if page is None or page.merged_into_id is None:
            break
        there = page.merged_rows
        rows = {**there, **{before: there.get(now, now) for before, now in rows.items()}}
        page = uow.session.get(Page, page.merged_into_id)
    return rows


def find_page_by_id(uow: UnitOfWork, page_id: UUID) -> Page:
    """The page with this permanent id, or the one that it became part of. Raises NotFound."""
    found = uow.session.get(Page, page_id)
    return _visible_page(uow, kept_pages(uow, [found])[page_id] if found else None)


def family_of(page_id: UUID) -> Select[tuple[UUID]]:
    """The ids of a page and of all that became part of it, as a part of another query."""
    family = select(Page.id).where(Page.id == page_id).cte("family", recursive=True)
    became_part = select(Page.id).join(family, Page.merged_into_id == family.c.id)
    return select(family.union(became_part).c.id)


def _visible_page(uow: UnitOfWork, page: Page | None) -> Page:
    if page is None or not may(uow.actor, "page.read", page):
        raise NotFound()
    return page


def find_change(uow: UnitOfWork, change_id: UUID) -> Change:
    """The change, as it is now in the database. Raises NotFound."""
    change = uow.session.get(Change, change_id, populate_existing=True)
    if change is None:
        # as many queries as if it were there
        uow.session.scalars(select(ChangePerson).where(ChangePerson.change_id == change_id)).all()
        raise NotFound()
    require(uow.actor, "change.read", change)
    return change


def find_revision(uow: UnitOfWork, revision_id: UUID | None) -> Revision:
    """A revision by its id, without asking who may see it: for callers that have its page or change already."""
    revision = uow.session.get(Revision, revision_id) if revision_id else None
    if revision is None:
        raise NotFound()
    return revision


def find_publication(uow: UnitOfWork, page: Page, number: int) -> tuple[Publication, Revision]:
    """One published version of a page that the asker may see. Raises NotFound."""
    found = uow.session.execute(
        select(Publication, Revision)
        .join(Revision, Revision.id == Publication.revision_id)
        .where(Publication.page_id == page.id, Publication.number == number)
    ).first()
    if found is None:
        raise NotFound()
    publication, revision = found
    return publication, revision


def content_of(revision: Revision) -> Content:
    """What a revision says. Raises Conflict for one whose content was hidden."""
    if revision.content is None:
        raise Conflict(_("This version was hidden by a moderator; its text is not shown."))
    return Content.from_json(revision.content)


def open_change_of(uow: UnitOfWork, page_id: UUID) -> Change | None:
    """The asker's own open change on this page, if there is one."""
    return uow.session.scalar(
        select(Change).where(
            Change.page_id == page_id,
            Change.author_id == uow.actor.user_id,
            Change.state.in_(("draft", "submitted")),
        )
    )


def readable_pages(uow: UnitOfWork, page_ids: Collection[UUID]) -> Mapping[UUID, Page]:
    """Those of these pages that the asker may read as pages, in one query; one that became part of another as that."""
    if not page_ids:
        return {}
    wanted = Page.id.in_(page_ids) & (visible(uow.actor, "page.read") | Page.merged_into_id.is_not(None))
    kept = kept_pages(uow, uow.session.scalars(select(Page).where(wanted)).all())
    return {page_id: page for page_id, page in kept.items() if may(uow.actor, "page.read", page)}


def readable_changes_of_pages(uow: UnitOfWork, page_ids: Collection[UUID]) -> Mapping[UUID, Change]:
    """For pages that are not published yet: a change of each that the asker may read, in one query."""
    if not page_ids or not (uow.actor.is_signed_in or uow.actor.shared_change_id):
        return {}
    found = uow.session.scalars(
        select(Change)
        .where(Change.page_id.in_(page_ids), Change.state != "discarded", visible(uow.actor, "change.read"))
        .order_by(Change.created_at)
    )
    return {change.page_id: change for change in found}


def pages_by_slug(uow: UnitOfWork, slugs: Collection[str]) -> Mapping[str, Page]:
    """Readable pages by the address that was used for them, old ones and those of pages that became part included.

    At most two queries, where none became part of another.
    """
    if not slugs:
        return {}
    readable = visible(uow.actor, "page.read") | Page.merged_into_id.is_not(None)
    found = {
        str(page.slug): page
        for page in uow.session.scalars(select(Page).where(Page.slug.in_(slugs), readable))
    }
    missing = [slug for slug in slugs if slug not in found]
    if missing:
        moved = select(OldSlug.slug, Page).join(Page).where(OldSlug.slug.in_(missing), readable)
        found.update(uow.session.execute(moved).all())
    kept = kept_pages(uow, found.values())
    shown = {slug: kept[page.id] for slug, page in found.items()}
    return {slug: page for slug, page in shown.items() if may(uow.actor, "page.read", page)}


def pages_titled(uow: UnitOfWork, title: str) -> Sequence[Page]:
    """Published pages of exactly this title, some of them where there are many."""
    titled = (Page.state == "published", Page.type.in_(uow.site.types.names()), Page.title == title.strip())
    found = select(Page).where(*titled, visible(uow.actor, "page.read"))
    return uow.session.scalars(found.order_by(Page.published_at.desc(), Page.id).limit(5)).all()
