"""One mail a day: everything that somebody was told and has neither read nor been mailed, in the order of its groups.

The first worker that sees the hour writes the day into the settings; what it leaves in the outbox then is one job for
each person, under an id of person and day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from kmwiki.backends.mail import Letter
from kmwiki.db import insert_missing
from kmwiki.domain.events import GROUP_OF, Event, Group
from kmwiki.i18n import gettext as _
from kmwiki.i18n import language, ngettext
from kmwiki.models import Notification, OutboxJob, Setting, User
from kmwiki.permissions import SYSTEM
from kmwiki.render.event_words import group_words
from kmwiki.services.accounts.accounts import actor_of, user_by_id
from kmwiki.services.telling.letter_words import paragraphs
from kmwiki.services.telling.letters import goes_on, letter, note_mailed
from kmwiki.services.telling.mailing import absolute, deliver_each, language_of
from kmwiki.services.telling.notifications import Told, in_words
from kmwiki.services.telling.told import DAILY_MAIL, When, when
from kmwiki.site import Site, UnitOfWork

#: The hour, in the site's time zone, from which on the daily mail goes out.
HOUR = 7
MOST_IN_A_MAIL = 50
_CHARACTERS_OF_ONE = 400
_LOOKED_AT = 500
_LATE = timedelta(hours=1)
_PEOPLE_OF_A_BATCH = 200
_DONE = "daily_mails_"
_IDS = UUID("5f1c8c1e-6b0f-4e0a-9a53-0f5d7e0c9b11")


def begin_day(site: Site) -> bool:
    """From the hour on, the first time on a day: order the daily mails. False where there is nothing to order."""
    local = site.clock().astimezone(site.config.timezone)
    if not site.config.mail_url or local.hour < HOUR:
        return False
    try:
        with site.work(SYSTEM) as uow:
            return _begin(uow, local.date())
    except IntegrityError:
        return False  # another worker did, at this moment


def _begin(uow: UnitOfWork, day: date) -> bool:
    name = f"{_DONE}{day.isoformat()}"
    if uow.session.get(Setting, name) is not None:
        return False
    uow.session.add(Setting(name=name, value=uow.now.isoformat()))
    uow.session.flush()
    uow.session.execute(delete(Setting).where(Setting.name.startswith(_DONE, autoescape=True), Setting.name != name))
    uow.enqueue("digests", day=day.isoformat(), until=uow.now.isoformat())
    return True


def order(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Job `digests`: a job for each person who has something; in units of work of its own, may run twice."""
    for payload in payloads:
        with uow.site.look(SYSTEM) as reading:
            waiting = (Notification.mailed_at.is_(None)) & (Notification.at <= datetime.fromisoformat(payload["until"]))
            people = reading.session.scalars(select(Notification.user_id).where(waiting).distinct()).all()
        for start in range(0, len(people), _PEOPLE_OF_A_BATCH):
            with uow.site.work(SYSTEM) as short:
                rows = [_job(short, user_id, payload) for user_id in people[start : start + _PEOPLE_OF_A_BATCH]]
                insert_missing(short.session, OutboxJob, rows)


def _job(uow: UnitOfWork, user_id: UUID, payload: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": uuid5(_IDS, f"{user_id} {payload['day']}"), "name": "digest-mail", "run_at": uow.now,
        "created_at": uow.now, "payload": {**payload, "user_id": str(user_id)},
    }  # fmt: skip


# ---- one person's


def mail_digests(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> Mapping[int, str]:
    """Job `digest-mail`: the daily mail of these people."""
    site = uow.site
    told: dict[int, list[UUID]] = {}

    def write(position: int) -> Letter | None:
        written = _letter(site, payloads[position])
        told[position] = written[1] if written else []
        return written[0] if written else None

    letters = [partial(write, position) for position in range(len(payloads))]
    return deliver_each(site, letters, lambda position: note_mailed(site, told[position]))


def _letter(site: Site, payload: Mapping[str, str]) -> tuple[Letter, list[UUID]] | None:
    """The mail, and the notifications that are in it; None where there is nothing to say."""
    with site.look(SYSTEM) as uow:
        user = uow.session.get(User, UUID(payload["user_id"]))
        rows = _waiting(uow, user, payload) if user else []
        looked_at = [row.id for row in rows]
        going = [row.id for row in rows if user and _is_wanted(row, user) and goes_on(uow, row, user)]
        owner = actor_of(user) if user else None
    if staying := [id for id in looked_at if id not in set(going)]:
        note_mailed(site, staying)
    if owner is None or not going:
        return None
    with site.look(owner) as uow:
        written = _written(uow, user_by_id(uow, owner.user_id), going, payload["day"])
    return (written, going) if written else None


def _is_wanted(row: Notification, user: User) -> bool:
    return when(user, GROUP_OF[Event(row.event)]) is not When.NEVER


def _waiting(uow: UnitOfWork, user: User, payload: Mapping[str, str]) -> Sequence[Notification]:
    """What comes once a day, and what was to be mailed at once and was not for an hour."""
    until = datetime.fromisoformat(payload["until"])
    at_once = [event for event in Event if when(user, GROUP_OF[event]) is When.AT_ONCE]
    return uow.session.scalars(
        select(Notification)
        .where(Notification.user_id == user.id, Notification.mailed_at.is_(None), Notification.at <= until)
        .where(Notification.event.not_in(at_once) | (Notification.at <= until - _LATE))
        .order_by(Notification.at, Notification.id)
        .limit(_LOOKED_AT)
    ).all()


def _written(uow: UnitOfWork, user: User, ids: list[UUID], day: str) -> Letter | None:
    ordered = select(Notification).where(Notification.id.in_(ids)).order_by(Notification.at, Notification.id)
    with language(language_of(user)):
        shown = [told for told in in_words(uow, uow.session.scalars(ordered).all()) if told.sentence is not None]
        return _in_one_mail(uow, user, shown, day) if shown else None


def _in_one_mail(uow: UnitOfWork, user: User, shown: Sequence[Told], day: str) -> Letter:
    body: list[str] = []
    for group in Group:
        mine = [told for told in shown[:MOST_IN_A_MAIL] if GROUP_OF[Event(told.notification.event)] is group]
        if mine:
            body += [group_words(group).upper(), *(_entry(uow, told) for told in mine)]
    rest = len(shown) - MOST_IN_A_MAIL
    if rest > 0:
        more = ngettext("And one more: {address}", "And {number} more: {address}", rest)
        body.append(more.format(number=rest, address=absolute(uow, "/account/notifications")))
    number = ngettext("{number} piece of news from {site}", "{number} pieces of news from {site}", len(shown))
    subject = number.format(number=len(shown), site=uow.site.config.site_name)
    why = [_("You get this mail at most once a day, because you chose so.")]
    return letter(uow, user, subject, body, f"daily-{user.id}-{day}", DAILY_MAIL, why)


def _entry(uow: UnitOfWork, told: Told) -> str:
    return "\n".join([f"{told.sentence}.", *paragraphs(uow, told, _CHARACTERS_OF_ONE), absolute(uow, str(told.path))])
