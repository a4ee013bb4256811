"""Accounts as moderators and administrators look after them: finding them, and what one did here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, func, or_, select, true

from kmwiki.models import ApiToken, Change, Comment, LoginSession, SecondFactor, User
from kmwiki.permissions import may, require, visible
from kmwiki.services.accounts.accounts import end_sessions, find_user
from kmwiki.site import UnitOfWork

#: Changes of one account that its page leads to.
LATEST = 20


@dataclass(frozen=True)
class WantedUsers:
    """What a list of accounts is narrowed by; empty parts do not narrow it.

    `words` stand in name, user name or, where the asker may see it, mail address. `silent_since`: not seen after it.
    """

    words: str = ""
    role: str = ""
    state: str = ""
    organisation: str = ""
    silent_since: date | None = None


def find_users(uow: UnitOfWork, wanted: WantedUsers, page: int = 1, per_page: int = 50) -> tuple[int, Sequence[User]]:
    """Accounts by user name: (how many, one page of them)."""
    require(uow.actor, "users.read")
    matching = _matching(wanted, may_see_mail=may(uow.actor, "users.manage"))
    total = uow.session.scalar(select(func.count()).select_from(User).where(matching)) or 0
    ordered = select(User).where(matching).order_by(User.username)
    return total, uow.session.scalars(ordered.offset((page - 1) * per_page).limit(per_page)).all()


def _matching(wanted: WantedUsers, may_see_mail: bool) -> ColumnElement[bool]:
    matching: ColumnElement[bool] = true()
    if words := wanted.words.strip():
        columns = [User.name, User.username, *([User.email] if may_see_mail else [])]
        matching &= or_(*(column.icontains(words, autoescape=True) for column in columns))
    if wanted.role:
        matching &= User.role == wanted.role
    if wanted.state:
        matching &= User.state == wanted.state
    if organisation := wanted.organisation.strip():
        matching &= User.organisation.icontains(organisation, autoescape=True)
    if wanted.silent_since:
        day = datetime.combine(wanted.silent_since, datetime.min.time(), UTC)
        matching &= func.coalesce(User.seen_at, User.created_at) < day
    return matching


@dataclass(frozen=True)
class Account:
    """One account, and what it did here: only changes that the asker may see are counted and named."""

    user: User
    changes_by_state: Mapping[str, int]
    latest: Sequence[Change]
    comments: int
    sessions: int
    tokens: int
    has_second_factor: bool


def look_at_account(uow: UnitOfWork, username: str) -> Account:
    """The account with this name, in a fixed number of queries. Raises NotFound."""
    require(uow.actor, "users.read")
    user = find_user(uow, username)
    theirs = (Change.author_id == user.id) & visible(uow.actor, "change.read")
    by_state = uow.session.execute(select(Change.state, func.count()).where(theirs).group_by(Change.state))
    latest = uow.session.scalars(select(Change).where(theirs).order_by(Change.updated_at.desc()).limit(LATEST))
    factor = uow.session.get(SecondFactor, user.id)
    return Account(
        user, {state: number for state, number in by_state}, latest.all(),
        comments=_count(uow, Comment, Comment.author_id == user.id),
        sessions=_count(uow, LoginSession, LoginSession.user_id == user.id),
        tokens=_count(uow, ApiToken, ApiToken.user_id == user.id),
        has_second_factor=factor is not None and factor.confirmed_at is not None,
    )  # fmt: skip


def _count(uow: UnitOfWork, table: type, where: ColumnElement[bool]) -> int:
    return uow.session.scalar(select(func.count()).select_from(table).where(where)) or 0


def sign_out_everywhere(uow: UnitOfWork, username: str) -> User:
    """End every session of an account, as when a device is lost."""
    require(uow.actor, "users.manage")
    user = find_user(uow, username)
    end_sessions(uow, user)
    uow.audit("user.sign-out", user=user.username)
    return user
