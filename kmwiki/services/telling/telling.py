"""Telling people what happened: a notification for each whom it concerns and who may know, mails for those who want.

Rights are asked of the one table, as they are when the job runs, and again when a mail is written or a list is shown.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from kmwiki.db import insert_missing
from kmwiki.domain.events import ABOUT, GROUP_OF, About, Event, Group
from kmwiki.domain.ids import new_id
from kmwiki.domain.workflow import State
from kmwiki.models import Change, ChangePerson, Notification, OutboxJob, Page, Part, User, UserState
from kmwiki.permissions import SYSTEM, Actor, may
from kmwiki.services.accounts.accounts import actor_of
from kmwiki.services.telling import mailing, webhooks
from kmwiki.services.telling.audiences import Happening, audience
from kmwiki.services.telling.told import When, watches_own, when
from kmwiki.services.telling.watching import watch_for
from kmwiki.site import Site, UnitOfWork

#: The job that mails one notification (services/telling/letters.py).
NOTIFY_MAIL = "notify-mail"
#: People of one short transaction: nobody's save waits while thousands are told.
_BATCH = 100


def tell(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Job `tell`: in units of work of its own; may run twice, and tells nobody twice."""
    for payload in payloads:
        _tell(uow.site, Happening.of(payload))
    webhooks.order(uow, payloads)  # in the unit of work that ends the job: ordered once, however often it ran


def _tell(site: Site, happening: Happening) -> None:
    if happening.event is Event.CHANGE_PUBLISHED:
        with site.work(SYSTEM) as uow:
            _watch_own(uow, happening)
    with site.look(SYSTEM) as uow:
        people = audience(uow, happening)
    for start in range(0, len(people), _BATCH):
        with site.work(SYSTEM) as uow:
            _tell_some(uow, happening, people[start : start + _BATCH])


def _tell_some(uow: UnitOfWork, happening: Happening, user_ids: Sequence[UUID]) -> None:
    found = uow.session.scalars(select(User).where(User.id.in_(user_ids), User.state != UserState.DISABLED))
    told = list(_who_may_know(uow, happening, found.all()))
    rows = [_row(uow, happening, user) for user in told]
    insert_missing(uow.session, Notification, rows)
    _mail_at_once(uow, happening, [row["user_id"] for row in rows if row["mailed_at"] is None], told)


def _who_may_know(uow: UnitOfWork, happening: Happening, users: Sequence[User]) -> Iterator[User]:
    page = uow.session.get(Page, happening.page_id) if happening.page_id else None
    change = uow.session.get(Change, happening.change_id) if happening.change_id else None
    return (user for user in users if concerns(uow.site, happening.event, user, page, change))


def concerns(site: Site, event: Event, user: User, page: Page | None, change: Change | None) -> bool:
    """Whether somebody may know of an event now, and whether it still waits for them where it asked for something."""
    actor = site.with_rules(actor_of(user))
    if not _is_in_order(user, change):
        return False
    if GROUP_OF[event] is Group.REVIEW and not may(actor, "desk.read"):
        return False
    return _sees(actor, ABOUT[event], page, change)


def _is_in_order(user: User, change: Change | None) -> bool:
    """Accounts that wait for approval are told of their own change alone."""
    if user.state == UserState.WAITING:
        return change is not None and change.author_id == user.id
    return user.state == UserState.ACTIVE


def _sees(actor: Actor, about: About, page: Page | None, change: Change | None) -> bool:
    if about is About.NOTHING:
        return True
    if about is About.PAGE:
        return page is not None and may(actor, "page.read", page)
    if change is None or not may(actor, "change.read", change):
        return False
    return about is About.CHANGE or change.state == State.SUBMITTED


def _row(uow: UnitOfWork, happening: Happening, user: User) -> dict[str, Any]:
    gets_mail = mailing.is_on(uow) and user.email and when(user, GROUP_OF[happening.event]) is not When.NEVER
    return {
        "id": new_id(), "user_id": user.id, "event": happening.event, "key": happening.key,
        "page_id": happening.page_id, "change_id": happening.change_id, "actor_name": happening.actor_name,
        "details": dict(happening.details), "at": happening.at, "mailed_at": None if gets_mail else uow.now,
    }  # fmt: skip


def _mail_at_once(uow: UnitOfWork, happening: Happening, user_ids: list[UUID], told: Sequence[User]) -> None:
    """One job for each notification, under its id: a second run of this one leaves no second job."""
    group = GROUP_OF[happening.event]
    at_once = [user.id for user in told if user.id in set(user_ids) and when(user, group) is When.AT_ONCE]
    if not at_once:
        return
    unmailed = select(Notification.id).where(
        Notification.key == happening.key, Notification.user_id.in_(at_once), Notification.mailed_at.is_(None)
    )
    jobs = [
        {"id": id, "name": NOTIFY_MAIL, "payload": {"notification_id": str(id)}, "run_at": uow.now,
         "created_at": uow.now}
        for id in uow.session.scalars(unmailed)
    ]  # fmt: skip
    insert_missing(uow.session, OutboxJob, jobs)


def _watch_own(uow: UnitOfWork, happening: Happening) -> None:
    """Those who wrote a page watch it from its first publication by them on, unless they do not want that."""
    change = uow.session.get(Change, happening.change_id)
    if change is None or change.request:
        return
    writers = [change.author_id, *(person.user_id for person in change.people if person.part == Part.COAUTHOR)]
    new = [user_id for user_id in writers if not _wrote_before(uow, change, user_id)]
    users = uow.session.scalars(select(User).where(User.id.in_(new))).all()
    watch_for(uow, change.page_id, [user.id for user in users if watches_own(user)])


def _wrote_before(uow: UnitOfWork, change: Change, user_id: UUID) -> bool:
    coauthored = exists().where(
        ChangePerson.change_id == Change.id, ChangePerson.user_id == user_id, ChangePerson.part == Part.COAUTHOR
    )
    before = select(Change.id).where(
        Change.page_id == change.page_id, Change.state == State.PUBLISHED, Change.id != change.id,
        (Change.author_id == user_id) | coauthored,
    )  # fmt: skip
    return uow.session.scalar(before.limit(1)) is not None
