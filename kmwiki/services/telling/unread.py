"""How many notifications somebody has not read, and marking them as read; light, as every signed-in page asks it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, literal, select, update

from kmwiki.domain.events import Event
from kmwiki.domain.workflow import State
from kmwiki.errors import NotFound
from kmwiki.models import Change, Notification
from kmwiki.permissions import may, require
from kmwiki.site import UnitOfWork

#: Nobody counts further: the frame says "99+".
MOST_COUNTED = 100
KEPT_READ = timedelta(days=90)
#: Rows of one short transaction.
_BATCH = 200
_FOR_WHO_REVIEWS = (Event.CHANGE_SENT, Event.CHANGE_WAITS)


@dataclass(frozen=True)
class Numbers:
    """What the frame of every page says to somebody who is signed in; `waiting` is counted for moderators alone."""

    unread: int
    waiting: int


def numbers(uow: UnitOfWork) -> Numbers:
    """Both in one query."""
    found = uow.session.execute(select(unread_count(uow), waiting_count(uow))).one()
    return Numbers(found[0], found[1])


def unread_count(uow: UnitOfWork) -> ScalarSelect[int]:
    """The asker's unread notifications, as a part of another query; bounded."""
    mine = select(Notification.id).where(Notification.user_id == uow.actor.user_id, Notification.read_at.is_(None))
    return select(func.count()).select_from(mine.limit(MOST_COUNTED).subquery()).scalar_subquery()


def waiting_count(uow: UnitOfWork) -> ScalarSelect[int]:
    """Changes that wait, as a part of another query; 0 for those who do not review."""
    if not may(uow.actor, "desk.read"):
        return select(literal(0)).scalar_subquery()
    return select(func.count()).select_from(Change).where(Change.state == State.SUBMITTED).scalar_subquery()


def mark_read(uow: UnitOfWork, notification_id: UUID) -> None:
    """Mark one of one's own. Raises NotFound for anybody else's."""
    require(uow.actor, "watch.manage")
    found = uow.session.get(Notification, notification_id)
    if found is None or found.user_id != uow.actor.user_id:
        raise NotFound()
    found.read_at = found.read_at or uow.now


def mark_all_read(uow: UnitOfWork) -> None:
    """Mark all of one's own."""
    require(uow.actor, "watch.manage")
    _read(uow, Notification.user_id == uow.actor.user_id)


def settle(uow: UnitOfWork, change_id: UUID, is_decided: bool) -> None:
    """Somebody did something about a change: they know of it, and what is decided waits for nobody any more."""
    about = Notification.change_id == change_id
    mine = Notification.user_id == uow.actor.user_id
    _read(uow, about & (mine | Notification.event.in_(_FOR_WHO_REVIEWS)) if is_decided else about & mine)


def _read(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    uow.session.execute(
        update(Notification)
        .where(which, Notification.read_at.is_(None))
        .values(read_at=uow.now)
        .execution_options(synchronize_session=False)
    )


def forget_old(uow: UnitOfWork) -> bool:
    """Remove some that were read long ago; False where there is none. For the worker."""
    old = select(Notification.id).where(Notification.read_at < uow.now - KEPT_READ).limit(_BATCH)
    ids = uow.session.scalars(old).all()
    uow.session.execute(delete(Notification).where(Notification.id.in_(ids)))
    return bool(ids)
