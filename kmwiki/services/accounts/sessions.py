"""Sessions on the server: each is a row, known by the SHA-256 of the token that a browser keeps."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from kmwiki.errors import NotFound
from kmwiki.models import LoginSession, User, UserState
from kmwiki.permissions import require
from kmwiki.services.accounts.one_time_links import hashed
from kmwiki.site import UnitOfWork

log = logging.getLogger(__name__)

IDLE_LIMIT = timedelta(days=14)
ABSOLUTE_LIMIT = timedelta(days=90)
#: `seen_at` is written at most this often: reading must not write.
SEEN_EVERY = timedelta(hours=6)
_LONGEST_DEVICE = 200
_LISTED = 100


def start_session(uow: UnitOfWork, user: User, device: str = "") -> str:
    """A new session of this account; its token is handed out once. `device`: what the browser calls itself."""
    token = secrets.token_urlsafe(32)
    uow.session.add(
        LoginSession(
            token_hash=hashed(token), user_id=user.id, created_at=uow.now, seen_at=uow.now,
            device="".join(c for c in device if c.isprintable())[:_LONGEST_DEVICE],
        )
    )  # fmt: skip
    user.seen_at = uow.now
    log.info("signed in user=%s", user.id)
    return token


def user_of_session(uow: UnitOfWork, token: str) -> User | None:
    """Whose session this token is, if it is still open: one query."""
    found = uow.session.get(LoginSession, hashed(token))
    if found is None or not _is_open(found, uow.now) or found.user.state == UserState.DISABLED:
        return None
    if uow.now - found.seen_at > SEEN_EVERY:
        found.seen_at = found.user.seen_at = uow.now
    return found.user


def _is_open(session: LoginSession, now: datetime) -> bool:
    return now - session.seen_at < IDLE_LIMIT and now - session.created_at < ABSOLUTE_LIMIT


def sign_out(uow: UnitOfWork, token: str) -> None:
    """End a session on the server."""
    uow.session.execute(delete(LoginSession).where(LoginSession.token_hash == hashed(token)))


def own_sessions(uow: UnitOfWork) -> Sequence[LoginSession]:
    """One's own open sessions, the last seen first."""
    require(uow.actor, "profile.manage")
    mine = select(LoginSession).where(
        LoginSession.user_id == uow.actor.user_id,
        LoginSession.seen_at > uow.now - IDLE_LIMIT,
        LoginSession.created_at > uow.now - ABSOLUTE_LIMIT,
    )
    newest = mine.order_by(LoginSession.seen_at.desc(), LoginSession.created_at.desc())
    return uow.session.scalars(newest.limit(_LISTED)).all()


def end_own_session(uow: UnitOfWork, token_hash: str) -> None:
    """End one of one's own. Raises NotFound for any other."""
    require(uow.actor, "profile.manage")
    row = uow.session.get(LoginSession, token_hash)
    if row is None or row.user_id != uow.actor.user_id:
        raise NotFound()
    uow.session.delete(row)


def end_other_sessions(uow: UnitOfWork, token: str) -> None:
    """End all one's sessions but the one of this token ("": all)."""
    require(uow.actor, "profile.manage")
    uow.session.execute(
        delete(LoginSession).where(LoginSession.user_id == uow.actor.user_id, LoginSession.token_hash != hashed(token))
    )


def forget_old_sessions(uow: UnitOfWork) -> None:
    """Remove what is past its time. For the worker."""
    uow.session.execute(delete(LoginSession).where(LoginSession.seen_at < uow.now - IDLE_LIMIT))
    uow.session.execute(delete(LoginSession).where(LoginSession.created_at < uow.now - ABSOLUTE_LIMIT))
