"""Reminding moderators of what waits, after days that the site chooses: each change once for each of those days."""

from datetime import timedelta

from sqlalchemy import select, update

from kmwiki.domain.events import Event
from kmwiki.domain.workflow import State
from kmwiki.models import Change
from kmwiki.permissions import SYSTEM
from kmwiki.site import Site, UnitOfWork

#: So many in one short transaction.
_BATCH = 10


def remind_all(site: Site) -> None:
    """Remind of everything that is due, some in each transaction."""
    while True:
        with site.work(SYSTEM) as uow:
            if not remind_some(uow):
                return


def remind_some(uow: UnitOfWork) -> int:
    """Remind of some changes that are due; how many. Of one that is long overdue once, not for each day passed."""
    for days in sorted(uow.site.config.reminder_days, reverse=True):
        if found := _remind_after(uow, days):
            return found
    return 0


def _remind_after(uow: UnitOfWork, days: int) -> int:
    is_due = (
        (Change.state == State.SUBMITTED)
        & (Change.submitted_at <= uow.now - timedelta(days=days))
        & (Change.reminded_days < days)
    )
    due = uow.session.scalars(select(Change.id).where(is_due).order_by(Change.submitted_at).limit(_BATCH)).all()
    if not due:
        return 0
    mine = uow.session.execute(
        update(Change)
        .where(Change.id.in_(due), is_due)
        .values(reminded_days=days)
        .returning(Change.id, Change.page_id)
        .execution_options(synchronize_session=False)
    ).all()
    for change_id, page_id in mine:
        uow.tell(Event.CHANGE_WAITS, page_id=page_id, change_id=change_id, days=days)
    return len(mine)
