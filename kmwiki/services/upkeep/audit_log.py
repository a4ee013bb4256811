"""The audit log as administrators read it: narrowed, paged by key, and taken away whole.

Entries come newest first; a page of them begins after an entry, never at an offset, so that the hundred-thousandth
is found as fast as the first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import AuditEntry, Change, Page, User
from kmwiki.permissions import Actor, require, visible
from kmwiki.services.pages.finding import find_page, readable_pages
from kmwiki.site import Site, UnitOfWork

PER_PAGE = 100
#: The most that is taken away at once, and what is read of it in one go.
MOST_ROWS = 50_000
_BATCH = 1_000


@dataclass(frozen=True)
class WantedEntries:
    """What the log is narrowed by; empty parts do not narrow it.

    `who` is a user name, or what stands in the log for somebody without account; `page` an address, or the id of a
    page that is gone; `begin` and `end` are days where the site is, both in it; `after` is the last entry seen.
    """

    who: str = ""
    action: str = ""
    page: str = ""
    begin: date | None = None
    end: date | None = None
    after: UUID | None = None


@dataclass(frozen=True)
class LogPage:
    """Entries, whether there are more, and the pages and changes they name that the asker may open."""

    entries: Sequence[AuditEntry]
    has_more: bool
    pages: Mapping[UUID, Page]
    changes: frozenset[UUID]


def read_log(uow: UnitOfWork, wanted: WantedEntries) -> LogPage:
    """One page of the log. Raises Refused for a page that is not known."""
    require(uow.actor, "audit.read")
    found = _entries(uow, wanted, PER_PAGE + 1)
    entries = found[:PER_PAGE]
    pages = readable_pages(uow, {entry.page_id for entry in entries if entry.page_id})
    ids = {entry.change_id for entry in entries if entry.change_id}
    mine = select(Change.id).where(Change.id.in_(ids), visible(uow.actor, "change.read"))
    changes = frozenset(uow.session.scalars(mine)) if ids else frozenset[UUID]()
    return LogPage(entries, len(found) > PER_PAGE, pages, changes)


def log_in_batches(site: Site, actor: Actor, wanted: WantedEntries) -> Iterator[Sequence[AuditEntry]]:
    """All of it, at most MOST_ROWS, in batches that each are read in a unit of work of their own."""
    left = MOST_ROWS
    while left > 0:
        with site.work(actor) as uow:
            require(uow.actor, "audit.read")
            batch = _entries(uow, wanted, min(_BATCH, left))
        if not batch:
            return
        yield batch
        left -= len(batch)
        wanted = replace(wanted, after=batch[-1].id)


def _entries(uow: UnitOfWork, wanted: WantedEntries, limit: int) -> Sequence[AuditEntry]:
    newest_first = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return uow.session.scalars(newest_first.where(_matching(uow, wanted)).limit(limit)).all()


def _matching(uow: UnitOfWork, wanted: WantedEntries) -> ColumnElement[bool]:
    matching: ColumnElement[bool] = true()
    if wanted.who:
        user_id = uow.session.scalar(select(User.id).where(User.username == wanted.who.lower()))
        matching &= AuditEntry.actor_id == user_id if user_id else AuditEntry.actor_name == wanted.who
    if wanted.action:
        matching &= AuditEntry.action == wanted.action
    if wanted.page:
        matching &= AuditEntry.page_id == _page_id(uow, wanted.page)
    if wanted.begin:
        matching &= AuditEntry.at >= _midnight(uow, wanted.begin)
    if wanted.end:
        matching &= AuditEntry.at < _midnight(uow, wanted.end + timedelta(days=1))
    if last := uow.session.get(AuditEntry, wanted.after) if wanted.after else None:
        matching &= tuple_(AuditEntry.at, AuditEntry.id) < (last.at, last.id)
    return matching


def _page_id(uow: UnitOfWork, page: str) -> UUID:
    try:
        return UUID(page)
    except ValueError:
        pass
    try:
        return find_page(uow, page).id
    except NotFound as error:
        message = _("There is no page at this address. Of one that is gone, give its number.")
        raise Refused(message, [Problem("page", Level.DRAFT, message)]) from error


def _midnight(uow: UnitOfWork, day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), uow.site.config.timezone)
