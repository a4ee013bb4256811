"""How people want to be told: by mail of each group of events, at once, once a day or never; in the site always.

`User.told` is `{group: when, "watch_own": bool}`; what is not in it is as DEFAULTS has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import update

from kmwiki.domain.events import Group
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Notification, User
from kmwiki.permissions import require
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.site import UnitOfWork


class When(StrEnum):
    """When a mail goes out."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    NEVER = "never"


DEFAULTS: Mapping[Group, When] = {
    Group.MINE: When.AT_ONCE,
    Group.REVIEW: When.DAILY,
    Group.QUESTIONS: When.AT_ONCE,
    Group.WATCHED: When.DAILY,
}
#: Stops what comes once a day, whatever groups that is.
DAILY_MAIL = "daily"
_WATCH_OWN = "watch_own"


def when(user: User, group: Group) -> When:
    """When this person gets mails of a group."""
    chosen = user.told.get(group)
    return When(chosen) if chosen in list(When) else DEFAULTS[group]


def watches_own(user: User) -> bool:
    """Whether what this person writes is watched for them once it is published."""
    return bool(user.told.get(_WATCH_OWN, True))


def choose(uow: UnitOfWork, choices: Mapping[str, str], watch_own: bool) -> User:
    """Keep one's own choices, by group. Raises Refused for what is none, Unauthenticated."""
    require(uow.actor, "watch.manage")
    problems = [
        Problem(group, Level.DRAFT, _("Choose one of the three."))
        for group in Group
        if choices.get(group) not in list(When)
    ]
    if problems:
        raise Refused(problems[0].message, problems)
    user = user_by_id(uow, uow.actor.user_id)
    user.told = {**{group.value: choices[group] for group in Group}, _WATCH_OWN: watch_own}
    return user


# ---- stopping from a mail, without signing in


@dataclass(frozen=True)
class Stop:
    """What the link in a mail stops: the mails of a group, or the daily one. `user` is whose."""

    user: User
    what: str


def stop_token(uow: UnitOfWork, user: User, what: str) -> str:
    """What stands in the stop link of a mail: works for ever, for this person and these mails alone."""
    return str(_signer(uow).dumps([user.id.hex, what]))


def find_stop(uow: UnitOfWork, token: str) -> Stop:
    """What a stop link is for. Raises NotFound for one that this site did not make."""
    try:
        user_id, what = _signer(uow).loads(token[:500])
        user = uow.session.get(User, UUID(user_id))
    except (BadData, ValueError, TypeError) as error:
        raise NotFound() from error
    if user is None or what not in (*Group, DAILY_MAIL):
        raise NotFound()
    return Stop(user, what)


def stop(uow: UnitOfWork, token: str) -> Stop:
    """Send no more mails of that kind; in the site the person is told as before. Raises NotFound."""
    found = find_stop(uow, token)
    ended = [g for g in Group if g == found.what or (found.what == DAILY_MAIL and when(found.user, g) is When.DAILY)]
    found.user.told = {**found.user.told, **{group.value: When.NEVER.value for group in ended}}
    return found


def _signer(uow: UnitOfWork) -> URLSafeSerializer:
    return URLSafeSerializer(uow.site.config.secret_key, salt="stop mails")


# ---- notes of it


def not_to_be_mailed(uow: UnitOfWork, ids: list[UUID]) -> None:
    """Note of these notifications that no mail is to go any more, or that it went."""
    unmailed = Notification.id.in_(ids) & Notification.mailed_at.is_(None)
    uow.session.execute(update(Notification).where(unmailed).values(mailed_at=uow.now))
