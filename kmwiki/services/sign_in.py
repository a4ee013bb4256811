"""Signing in and out: sessions on the server, limits, one-time links, API tokens.

Tokens are random; the database keeps their SHA-256 only.
"""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound, Refused, Unauthenticated
from kmwiki.i18n import gettext as _
from kmwiki.models import ApiToken, LoginSession, OneTimeLink, Role, User, UserState
from kmwiki.permissions import require
from kmwiki.services.accounts import add_user, find_user, set_password, user_by_id
from kmwiki.services.limits import count_try, forget_old_tries, forget_tries
from kmwiki.services.passwords import hash_password, is_right, refuse_weak
from kmwiki.site import UnitOfWork

log = logging.getLogger(__name__)

IDLE_LIMIT = timedelta(days=14)
ABSOLUTE_LIMIT = timedelta(days=90)
#: `seen_at` is written at most this often: reading must not write.
SEEN_EVERY = timedelta(hours=6)
ATTEMPT_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 60
REGISTRATIONS_PER_ADDRESS = 10
LINK_DAYS = 7


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# ---- passwords and sessions


def sign_in(uow: UnitOfWork, username: str, password: str) -> tuple[User, str]:
    """Check name and password: the account and the token of a new session. Raises Unauthenticated.

    The answer is the same for unknown names and wrong passwords. Call count_attempt() before, in its own
    unit of work, so that a failed try is counted.
    """
    user = uow.session.scalar(select(User).where(User.username == username.strip().lower()))
    if not is_right(password, user.password_hash if user else None) or user is None:
        raise Unauthenticated(_("Name or password is not right."))
    if user.state == UserState.DISABLED:
        raise Unauthenticated(_("Name or password is not right."))
    return user, start_session(uow, user)


def start_session(uow: UnitOfWork, user: User) -> str:
    """A new session of this account; its token is handed out once."""
    token = secrets.token_urlsafe(32)
    uow.session.add(
        LoginSession(token_hash=hashed(token), user_id=user.id, created_at=uow.now, seen_at=uow.now)
    )
    log.info("signed in user=%s", user.id)
    return token


def user_of_session(uow: UnitOfWork, token: str) -> User | None:
    """Whose session this token is, if it is still open: one query."""
    found = uow.session.get(LoginSession, hashed(token))
    if found is None or not _is_open(found, uow.now) or found.user.state == UserState.DISABLED:
        return None
    if uow.now - found.seen_at > SEEN_EVERY:
        found.seen_at = uow.now
    return found.user


def _is_open(session: LoginSession, now: datetime) -> bool:
    return now - session.seen_at < IDLE_LIMIT and now - session.created_at < ABSOLUTE_LIMIT


def sign_out(uow: UnitOfWork, token: str) -> None:
    """End a session on the server."""
    uow.session.execute(delete(LoginSession).where(LoginSession.token_hash == hashed(token)))


# ---- limits


def count_attempt(uow: UnitOfWork, address: str, username: str = "") -> None:
    """Count a try to sign in or register. Raises TooManyTries beyond the limits of account and address."""
    if username:
        _count(uow, f"account {username.strip().lower()}", TRIES_PER_ACCOUNT)
        _count(uow, f"address {address}", TRIES_PER_ADDRESS)
    else:
        _count(uow, f"register {address}", REGISTRATIONS_PER_ADDRESS)


def forget_attempts(uow: UnitOfWork, username: str) -> None:
    """After a right password the account's count begins anew."""
    forget_tries(uow, f"account {username.strip().lower()}")


def _count(uow: UnitOfWork, words: str, limit: int) -> None:
    count_try(uow, words, limit, ATTEMPT_WINDOW, _("Too many tries. Please wait a quarter of an hour."))


def forget_old_attempts_and_sessions(uow: UnitOfWork) -> None:
    """Remove what is past its time. For the worker."""
    forget_old_tries(uow)
    uow.session.execute(delete(LoginSession).where(LoginSession.seen_at < uow.now - IDLE_LIMIT))
    uow.session.execute(delete(LoginSession).where(LoginSession.created_at < uow.now - ABSOLUTE_LIMIT))
    uow.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < uow.now))


# ---- one-time links


def make_setup_link(uow: UnitOfWork) -> str:
    """The token of a new set-up link for the first administrator; earlier ones end.

    Raises Refused once there is an administrator.
    """
    if uow.session.scalar(select(func.count()).select_from(User).where(User.role == Role.ADMIN)):
        raise Refused(_("This site has an administrator already; the set-up link is closed for good."))
    uow.session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == "setup"))
    return _one_time_link(uow, "setup", None)


def set_up(uow: UnitOfWork, token: str, username: str, password: str, name: str = "") -> User:
    """Make the first administrator by a set-up link, which then is closed for good."""
    link = _take_link(uow, "setup", token)
    refuse_weak(password, username)
    user = add_user(uow, username, hash_password(password), Role.ADMIN, name)
    uow.session.delete(link)
    uow.audit("site.set-up", user=user.username)
    return user


def make_sign_in_link(uow: UnitOfWork, username: str) -> str:
    """The token of a link by which this account signs in once and sets a new password."""
    require(uow.actor, "users.manage")
    user = find_user(uow, username)
    uow.audit("user.link", user=user.username)
    return _one_time_link(uow, "sign-in", user.id)


def use_sign_in_link(uow: UnitOfWork, token: str, password: str) -> tuple[User, str]:
    """Set a new password by a one-time link and sign in."""
    link = _take_link(uow, "sign-in", token)
    user = user_by_id(uow, link.user_id)
    if user.state == UserState.DISABLED:
        raise NotFound()
    set_password(uow, user, password)
    uow.session.delete(link)
    return user, start_session(uow, user)


def look_at_link(uow: UnitOfWork, purpose: str, token: str) -> None:
    """Raises NotFound where the link is unknown, used or past its time."""
    _take_link(uow, purpose, token)


def _one_time_link(uow: UnitOfWork, purpose: str, user_id: UUID | None) -> str:
    token = secrets.token_urlsafe(32)
    uow.session.add(
        OneTimeLink(
            token_hash=hashed(token), purpose=purpose, user_id=user_id, created_at=uow.now,
            expires_at=uow.now + timedelta(days=LINK_DAYS),
        )
    )  # fmt: skip
    return token


def _take_link(uow: UnitOfWork, purpose: str, token: str) -> OneTimeLink:
    link = uow.session.get(OneTimeLink, hashed(token))
    if link is None or link.purpose != purpose or link.expires_at < uow.now:
        raise NotFound(_("This link was used already, or its time is over. Ask for a new one."))
    return link


# ---- API tokens


def add_token(
    uow: UnitOfWork, name: str, *, days: int | None = None, is_read_only: bool = False, owner: User | None = None
) -> tuple[ApiToken, str]:
    """A new API token of one's own (or, for commands, of an account): the row, and the token shown once."""
    if owner is None:
        require(uow.actor, "token.manage")
        owner = user_by_id(uow, uow.actor.user_id)
    if not name.strip() or len(name) > 100 or not name.isprintable():
        message = _("Give the token a name of at most 100 characters.")
        raise Refused(message, [Problem(field="name", level=Level.DRAFT, message=message)])
    token = secrets.token_urlsafe(32)
    row = ApiToken(
        id=new_id(), user_id=owner.id, name=name.strip(), token_hash=hashed(token), is_read_only=is_read_only,
        created_at=uow.now, expires_at=uow.now + timedelta(days=days) if days else None,
    )  # fmt: skip
    uow.session.add(row)
    uow.audit("token.add", user=owner.username, token=str(row.id))
    return row, token


def own_tokens(uow: UnitOfWork) -> Sequence[ApiToken]:
    """One's own tokens, newest first."""
    require(uow.actor, "token.manage")
    return uow.session.scalars(
        select(ApiToken).where(ApiToken.user_id == uow.actor.user_id).order_by(ApiToken.created_at.desc())
    ).all()


def remove_token(uow: UnitOfWork, token_id: UUID) -> None:
    """Revoke one of one's own tokens. Raises NotFound for any other."""
    require(uow.actor, "token.manage")
    row = uow.session.get(ApiToken, token_id)
    if row is None or row.user_id != uow.actor.user_id:
        raise NotFound()
    uow.session.delete(row)
    uow.audit("token.remove", token=str(token_id))


def user_of_token(uow: UnitOfWork, token: str) -> ApiToken:
    """The token's row with its owner, as they are now. Raises Unauthenticated."""
    row = uow.session.scalar(select(ApiToken).where(ApiToken.token_hash == hashed(token)))
    if row is None or row.user.state == UserState.DISABLED or (row.expires_at and row.expires_at < uow.now):
        raise Unauthenticated(_("This token is not known, or its time is over."))
    return row
