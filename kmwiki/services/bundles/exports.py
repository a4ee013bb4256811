"""Bundles out: published pages, with or without their history, as a bag that any kmwiki takes in again."""

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlalchemy import func, select

from kmwiki.backends.search import LARGEST_PAGE, SearchQuery
from kmwiki.domain.bundle.bag import write_bag, write_bag_folder
from kmwiki.domain.bundle.records import Bundle, BundledPage, BundledRevision, Origin, PublicationRecord
from kmwiki.domain.content import Content
from kmwiki.errors import NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import OldSlug, Page, Publication, Revision
from kmwiki.permissions import ANONYMOUS, require
from kmwiki.services.pages.finding import find_page
from kmwiki.site import Site, UnitOfWork, site_identity

_BATCH = 100


@dataclass(frozen=True)
class Choice:
    """Which pages: all, or those that a search finds, of a type, or named; all conditions that are given hold."""

    query: str | None = None
    type: str | None = None
    slugs: Sequence[str] = ()
    with_history: bool = False


def export_bag(site: Site, choice: Choice, path: Path) -> int:
    """Write a bag (a zip; a folder where the path ends with /) of what anybody may read; how many pages.

    The file is whole or absent. Raises NotFound where a named page is not there, SearchUnavailable.
    """
    with site.look(ANONYMOUS) as uow:
        require(uow.actor, "export")
        ids = _chosen(uow, choice)
        bundle = Bundle(_pages(uow, ids, choice.with_history))
        part = path.with_name(path.name + ".part")
        try:
            with part.open("wb") as file:
                write_bag(bundle, site.types, lambda sha256: _open_blob(site, sha256), file)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    return len(ids)


def export_folder(site: Site, choice: Choice, folder: Path) -> int:
    """The same, unzipped, into a folder that is empty or not there yet."""
    with site.look(ANONYMOUS) as uow:
        ids = _chosen(uow, choice)
        bundle = Bundle(_pages(uow, ids, choice.with_history))
        write_bag_folder(bundle, site.types, lambda sha256: _open_blob(site, sha256), folder)
    return len(ids)


def _open_blob(site: Site, sha256: str) -> IO[bytes]:
    return io.BytesIO(site.files.get(sha256))


def _chosen(uow: UnitOfWork, choice: Choice) -> list[UUID]:
    """Ids in the order of type and slug."""
    wanted = select(Page.id).where(Page.state == "published").order_by(Page.type, Page.slug)
    if choice.type:
        uow.site.page_type(choice.type)
        wanted = wanted.where(Page.type == choice.type)
    if choice.slugs:
        wanted = wanted.where(Page.id.in_([_published_page(uow, slug).id for slug in choice.slugs]))
    if choice.query is None:
        return list(uow.session.scalars(wanted))
    found = set(_found(uow, choice.query))
    return [page_id for page_id in uow.session.scalars(wanted) if page_id in found]


def _published_page(uow: UnitOfWork, slug: str) -> Page:
    page = find_page(uow, slug)
    if page.state != "published":
        raise NotFound(_("The page “{slug}” is archived and is not exported.").format(slug=slug))
    return page


def _found(uow: UnitOfWork, words: str) -> Iterator[UUID]:
    page = 1
    while True:
        answer = uow.site.search.search(SearchQuery(words, page=page, per_page=LARGEST_PAGE))
        yield from (UUID(page_id) for page_id in answer.ids)
        if not answer.ids:
            return
        page += 1


def _pages(uow: UnitOfWork, ids: Sequence[UUID], with_history: bool) -> Iterator[BundledPage]:
    for start in range(0, len(ids), _BATCH):
        yield from bundled_pages(uow, ids[start : start + _BATCH], with_history)
        uow.session.expunge_all()


def bundled_pages(uow: UnitOfWork, ids: Sequence[UUID], with_history: bool) -> list[BundledPage]:
    """Published pages as a bundle holds them, in the order of the ids; a fixed number of queries."""
    here = Origin(site_identity(uow.session), uow.site.config.site_name)
    pages = {page.id: page for page in uow.session.scalars(select(Page).where(Page.id.in_(ids)))}
    history = _publications(uow, ids, with_history)
    old_slugs: dict[UUID, list[str]] = {}
    for slug, page_id in uow.session.execute(
        select(OldSlug.slug, OldSlug.page_id).where(OldSlug.page_id.in_(ids)).order_by(OldSlug.slug)
    ):
        old_slugs.setdefault(page_id, []).append(slug)
    return [_page(pages[page_id], history[page_id], old_slugs.get(page_id, []), here) for page_id in ids]


_History = list[tuple[Publication, Revision | None]]


def _publications(uow: UnitOfWork, ids: Sequence[UUID], with_history: bool) -> dict[UUID, _History]:
    """For each page its publications, newest first; without history only the newest comes with its revision."""
    newest = (
        select(Publication.page_id, func.max(Publication.number).label("number"))
        .where(Publication.page_id.in_(ids))
        .group_by(Publication.page_id)
        .subquery()
    )
    revisions = select(Revision).join(Publication, Publication.revision_id == Revision.id)
    if with_history:
        revisions = revisions.where(Publication.page_id.in_(ids))
    else:
        revisions = revisions.join(
            newest, (newest.c.page_id == Publication.page_id) & (newest.c.number == Publication.number)
        )
    texts = {revision.id: revision for revision in uow.session.scalars(revisions)}
    found: dict[UUID, _History] = {}
    ordered = select(Publication).where(Publication.page_id.in_(ids)).order_by(Publication.number.desc())
    for publication in uow.session.scalars(ordered):
        found.setdefault(publication.page_id, []).append((publication, texts.get(publication.revision_id)))
    return found


def _page(page: Page, history: _History, old_slugs: list[str], here: Origin) -> BundledPage:
    bundled = [_revision(publication, revision, here) for publication, revision in history if revision]
    content = bundled[0].content
    assert content is not None and page.slug is not None
    return BundledPage(
        id=str(page.id),
        slug=page.slug,
        type=page.type,
        edition=content.edition,
        depth=page.depth,
        current=bundled[0],
        history=tuple(bundled[1:]),
        ancestors=(*(str(older.revision_id) for older, _text in history[1:]), *history[-1][0].earlier),
        row_counter=page.published_row_counter,
        row_aliases=page.row_aliases,
        old_slugs=tuple(old_slugs),
    )


def _revision(publication: Publication, revision: Revision, here: Origin) -> BundledRevision:
    credits = publication.credits
    origin = Origin(**credits["origin"]) if credits["origin"] else here
    return BundledRevision(
        id=str(revision.id),
        digest=revision.digest,
        content=Content.from_json(revision.content) if revision.content else None,
        publication=PublicationRecord(
            origin=origin,
            number=publication.number,
            published_at=publication.published_at,
            approved_by=tuple(credits["approved_by"]),
            authors=tuple(credits["authors"]),
        ),
        hidden=revision.is_hidden,
    )
