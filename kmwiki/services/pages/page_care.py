"""What moderators do to whole pages: archive, bin, rename, protect, revert, hide a version, purge."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, null, select, update

from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.workflow import PageState, PageVerb, State, next_page_state
from kmwiki.errors import Conflict
from kmwiki.i18n import gettext as _
from kmwiki.models import AuditEntry, Blob, Change, Comment, Link, OldSlug, Page, Publication, Review, Revision
from kmwiki.permissions import require
from kmwiki.services.changes.lifecycle import required_reason
from kmwiki.services.changes.revisions import add_revision
from kmwiki.services.changes.starting import OpenChangeExists
from kmwiki.services.pages.finding import content_of, find_page_itself, find_publication, open_change_of
from kmwiki.services.pages.page_deeds import (
    announce,
    archive_page,
    find_successor,
    give_address,
    move_page,
    put_into_bin,
)
from kmwiki.services.pages.renderings import forget_all_renderings
from kmwiki.services.review.publishing import Outcome, publish_head
from kmwiki.services.telling.watching import forget_page
from kmwiki.site import UnitOfWork

log = logging.getLogger(__name__)

#: How long a page lies in the bin before it may be purged by hand or by the worker.
BIN_DAYS = 30


def archive(uow: UnitOfWork, slug: str, reason: str, successor: str | None = None) -> Page:
    """Take a page out of lists and search; it stays readable, with the reason and a successor where there is one."""
    page = _page_for(uow, slug, "page.archive")
    next_page_state(PageState(page.state), PageVerb.ARCHIVE)
    why = required_reason(reason)
    archive_page(uow, page, why, find_successor(uow, page, successor) if successor else None)
    return page


def restore(uow: UnitOfWork, slug: str) -> Page:
    """Put an archived page back among the published ones; one that became part of another stands for itself again."""
    page = _page_for(uow, slug, "page.restore")
    state = next_page_state(PageState(page.state), PageVerb.RESTORE)
    before = {"was_part_of": str(page.merged_into_id)} if page.merged_into_id else {}
    move_page(uow, page, state, archived_reason="", successor_id=None, merged_into_id=None, merged_rows={})
    uow.audit("page.restore", page_id=page.id, **before)
    uow.tell(Event.PAGE_RESTORED, page_id=page.id)
    return page


def bin_page(uow: UnitOfWork, slug: str, reason: str) -> Page:
    """Put a page into the bin: nobody but moderators sees it; its open changes go and come back with it."""
    page = _page_for(uow, slug, "page.bin")
    next_page_state(PageState(page.state), PageVerb.BIN)
    put_into_bin(uow, page, required_reason(reason))
    return page


def unbin(uow: UnitOfWork, slug: str) -> Page:
    """Take a page out of the bin, back to where it was."""
    page = _page_for(uow, slug, "page.unbin")
    next_page_state(PageState(page.state), PageVerb.UNBIN)
    move_page(uow, page, PageState(page.binned_from or PageState.PUBLISHED), binned_at=None, binned_from="")
    uow.audit("page.unbin", page_id=page.id)
    uow.enqueue("organisations")
    return page


def rename(uow: UnitOfWork, slug: str, new_slug: str) -> Page:
    """Give a page another address; the old one redirects for ever. Raises Refused, Conflict (taken)."""
    page = _page_for(uow, slug, "page.rename")
    give_address(uow, page, new_slug)
    return page


def protect(uow: UnitOfWork, slug: str, is_protected: bool = True) -> Page:
    """Let only moderators change a page (or everybody again)."""
    page = _page_for(uow, slug, "page.protect")
    page.is_protected = is_protected
    uow.audit("page.protect" if is_protected else "page.unprotect", page_id=page.id)
    uow.raise_generation()
    return page


def revert(uow: UnitOfWork, slug: str, number: int) -> Outcome:
    """Publish an earlier version again at once: one that was published under four eyes and is not hidden.

    Any other revert is a change like any other. Raises Conflict, Refused.
    """
    page = _page_for(uow, slug, "page.revert")
    publication, revision = find_publication(uow, page, number)
    if not publication.under_four_eyes and uow.actor.four_eyes:
        raise Conflict(_("That version was not published under four eyes. Start a change with its text instead."))
    if revision.id == page.published_revision_id:
        raise Conflict(_("That version is the one that readers see now."))
    content = content_of(revision)
    if mine := open_change_of(uow, page.id):
        raise OpenChangeExists(mine)
    assert uow.actor.user_id is not None
    change = Change(
        id=new_id(), page_id=page.id, author_id=uow.actor.user_id, base_id=page.published_revision_id,
        head_id=new_id(), state="submitted", depth=publication.depth, created_at=uow.now, updated_at=uow.now,
        submitted_at=uow.now, summary=_("Version {number} again").format(number=number), acknowledged={},
    )  # fmt: skip
    uow.session.add(change)
    uow.session.flush()
    add_revision(
        uow, change, content, parent_id=page.published_revision_id, kind="revert", merged_from_id=revision.id,
        revision_id=change.head_id,
    )  # fmt: skip
    uow.session.flush()
    uow.session.refresh(change)
    uow.audit("page.revert", page_id=page.id, revision_id=revision.id, number=number)
    return publish_head(uow, change)


def hide_version(uow: UnitOfWork, slug: str, number: int, reason: str) -> None:
    """Remove the content of an earlier version from every face; its row, number and digest stay."""
    page = _page_for(uow, slug, "page.hide")
    _publication, revision = find_publication(uow, page, number)
    why = required_reason(reason)
    if revision.id == page.published_revision_id:
        raise Conflict(_("Readers see this version now. Publish another one first."))
    hidden = uow.session.scalars(select(Revision).where(Revision.content.is_not(None), _goes_with(revision))).all()
    ids, files = [one.id for one in hidden], _files_of(hidden)
    uow.session.execute(update(Revision).where(Revision.id.in_(ids)).values(content=null(), is_hidden=True))
    uow.audit("page.hide", page_id=page.id, revision_id=revision.id, reason=why, number=number)
    uow.enqueue("purge", page_id=str(page.id), files=files)
    uow.raise_generation()
    uow.enqueue("organisations")


def _goes_with(revision: Revision) -> ColumnElement[bool]:
    """A version, and what was saved on the way to it, or from it to a later one: nobody reads that any more.

    So do the copies of it in requests that came to an end. Other published versions stay, and so does what is in the
    hands of its author (open changes, those not accepted or put away): somebody decides about each.
    """
    of_page = select(Change.id).where(Change.page_id == revision.page_id, Change.state == State.PUBLISHED)
    on_the_way = of_page.where((Change.id == revision.change_id) | (Change.base_id == revision.id))
    is_published = Revision.id.in_(select(Publication.revision_id).where(Publication.page_id == revision.page_id))
    copies = Revision.change_id.in_(of_page) & (Revision.digest == revision.digest)
    return (Revision.id == revision.id) | ((Revision.change_id.in_(on_the_way) | copies) & ~is_published)


def _files_of(revisions: Iterable[Revision]) -> list[str]:
    """The digests of the files that these revisions name."""
    return sorted({file["sha256"] for revision in revisions if revision.content for file in revision.content["files"]})


def purge(uow: UnitOfWork, slug: str, reason: str) -> None:
    """Remove a page that must go, from everywhere; kept are who did it, when, why, and the digests.

    Renderings of its text and files that no other page uses go too, as do comments, opinions, questions, reports,
    what somebody was told of it, and drafts that were kept and not saved (by the foreign keys of their tables). Of
    what was decided about it before, the log keeps who and when, without reasons and addresses: they may quote it.
    """
    page = _page_for(uow, slug, "page.purge")
    why = required_reason(reason)
    revisions = uow.session.scalars(select(Revision).where(Revision.page_id == page.id)).all()
    digests = sorted({revision.digest for revision in revisions})
    files = _files_of(revisions)
    changes = select(Change.id).where(Change.page_id == page.id)
    uow.session.execute(delete(Review).where(Review.change_id.in_(changes)))
    uow.session.execute(delete(Comment).where((Comment.page_id == page.id) | Comment.change_id.in_(changes)))
    uow.session.execute(update(Page).where(Page.successor_id == page.id).values(successor_id=None))
    uow.session.execute(update(Page).where(Page.merged_into_id == page.id).values(merged_into_id=None, merged_rows={}))
    uow.session.execute(delete(Link).where(Link.source_id == page.id))
    uow.session.execute(delete(OldSlug).where(OldSlug.page_id == page.id))
    uow.session.execute(delete(Publication).where(Publication.page_id == page.id))
    uow.session.execute(delete(Revision).where(Revision.page_id == page.id))
    for change in uow.session.scalars(select(Change).where(Change.page_id == page.id)):
        uow.session.delete(change)
    uow.session.flush()
    uow.session.delete(page)
    forget_page(uow, page.id)
    uow.session.execute(update(AuditEntry).where(AuditEntry.page_id == page.id).values(reason="", details={}))
    uow.audit("page.purge", page_id=page.id, reason=why, digests=digests)
    uow.enqueue("purge", page_id=str(page.id), files=files)
    uow.enqueue("organisations")
    announce(uow, page)
    log.info("purged page=%s actor=%s", page.id, uow.actor.user_id)


def purge_one_of_bin(uow: UnitOfWork) -> bool:
    """Purge a page that has been in the bin for 30 days; False where there is none. For the worker."""
    is_due = (Page.state == PageState.BINNED) & (Page.binned_at < uow.now - timedelta(days=BIN_DAYS))
    slug = uow.session.scalar(select(Page.slug).where(is_due).limit(1))
    if slug is None:
        return False
    purge(uow, slug, _("{days} days in the bin").format(days=BIN_DAYS))
    return True


def _page_for(uow: UnitOfWork, slug: str, action: str) -> Page:
    page = find_page_itself(uow, slug)
    require(uow.actor, action, page)
    return page


def purge_leftovers(uow: UnitOfWork, files: list[str]) -> None:
    """After a purge or hiding: forget renderings, and the bytes of files that no revision names any more.

    For the worker. All reading comes before writing.
    """
    unused = set(files) - _used(uow, set(files))
    forget_all_renderings(uow)  # a cache that names no page: the text that is gone may be anywhere in it
    uow.session.execute(delete(Blob).where(Blob.sha256.in_(unused)))
    for sha256 in sorted(unused):
        uow.site.files.remove(sha256)


def _used(uow: UnitOfWork, files: set[str]) -> set[str]:
    """Those of these files that some revision names."""
    if not files:
        return set()
    contents = uow.session.scalars(
        select(Revision.content).where(Revision.content.is_not(None)).execution_options(yield_per=200)
    )
    return files & {file["sha256"] for content in contents if content for file in content["files"]}
