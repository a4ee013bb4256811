"""Archiving, renaming and binning as such: one place for the rules of each, whoever led to it.

A moderator does it at once (page_care.py), or carries out what an author asked for (requests.py); those ask who may.
"""

from uuid import UUID

from sqlalchemy import select, update

from kmwiki.domain.events import Event
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import PageState, PageVerb, next_page_state
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import OldSlug, Page
from kmwiki.services.changes.slug_wishes import is_taken, refuse_bad_slug
from kmwiki.services.pages.finding import find_page
from kmwiki.site import UnitOfWork


def announce(uow: UnitOfWork, page: Page) -> None:
    """Readers would see something else now: every process and the index are to know."""
    uow.raise_generation()
    uow.enqueue("index", page_id=str(page.id))


def find_successor(uow: UnitOfWork, page: Page, slug: str) -> Page:
    """The page that is to stand in another's place. Raises Refused for one that is not there, or the page itself."""
    try:
        found = find_page(uow, slug)
    except NotFound as error:
        raise _bad_successor(_("There is no page “{name}” here.").format(name=slug[:80])) from error
    if found.id == page.id:
        raise _bad_successor(_("A page cannot be its own successor."))
    return found


def _bad_successor(message: str) -> Refused:
    return Refused(message, [Problem(field="successor", level=Level.DRAFT, message=message)])


def archive_page(
    uow: UnitOfWork, page: Page, reason: str, successor: Page | None, change_id: UUID | None = None
) -> None:
    """Raises Conflict where the page is not published. `change_id`: the change that asked for it."""
    state = next_page_state(PageState(page.state), PageVerb.ARCHIVE)
    move_page(uow, page, state, archived_reason=reason, successor_id=successor.id if successor else None)
    uow.audit("page.archive", page_id=page.id, change_id=change_id, reason=reason)
    uow.tell(Event.PAGE_ARCHIVED, page_id=page.id)


def put_into_bin(uow: UnitOfWork, page: Page, reason: str, change_id: UUID | None = None) -> None:
    """Raises Conflict where the page is in the bin already, or was never published."""
    state = next_page_state(PageState(page.state), PageVerb.BIN)
    move_page(uow, page, state, binned_at=uow.now, binned_from=page.state)
    uow.audit("page.bin", page_id=page.id, change_id=change_id, reason=reason)
    uow.enqueue("organisations")


def give_address(uow: UnitOfWork, page: Page, slug: str, reason: str = "", change_id: UUID | None = None) -> None:
    """Rename a page; its address before redirects for ever. Raises Refused (form), Conflict (taken)."""
    refuse_bad_slug(slug)
    before = page.slug
    if before is None or before == slug:
        return
    if own := own_old_address(uow, page, slug):
        uow.session.delete(own)
        uow.session.flush()
    elif is_taken(uow, slug):
        raise Conflict(_("The address “{slug}” is taken. Choose another one.").format(slug=slug))
    page.slug = slug
    uow.session.flush()
    uow.session.add(OldSlug(slug=before, page_id=page.id))
    uow.audit("page.rename", page_id=page.id, change_id=change_id, reason=reason, before=before, after=slug)
    announce(uow, page)
    uow.tell(Event.PAGE_RENAMED, page_id=page.id)


def own_old_address(uow: UnitOfWork, page: Page, slug: str) -> OldSlug | None:
    """This address as one that the page itself had before and may have again."""
    return uow.session.scalar(select(OldSlug).where(OldSlug.slug == slug, OldSlug.page_id == page.id))


def move_page(uow: UnitOfWork, page: Page, state: PageState | None, **values: object) -> None:
    """Compare-and-set of a page's state, told to every process and to the index."""
    moved = uow.session.execute(
        update(Page)
        .where(Page.id == page.id, Page.state == page.state)
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("Somebody else changed this at the same moment. Please look at it again."))
    uow.session.refresh(page)
    announce(uow, page)
