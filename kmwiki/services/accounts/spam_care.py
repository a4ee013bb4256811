"""Closing the account of somebody who floods the site, with what they sent and said, for one reason.

The account is closed first, in a unit of work of its own, so that nothing more comes; then what it sent is not
accepted and what it said is removed, a little at a time: nobody's save waits for it. Drafts stay as they are, unread.
What was broken off is finished by doing it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from kmwiki.domain.workflow import State
from kmwiki.errors import Conflict, Forbidden, NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Comment, ShareLink, User, UserState
from kmwiki.permissions import MODERATING_ROLES, Actor, may, require
from kmwiki.services.accounts.accounts import end_sessions, find_user
from kmwiki.services.changes.lifecycle import required_reason
from kmwiki.services.review.moderation import reject
from kmwiki.site import Site, UnitOfWork

_BATCH = 50


@dataclass(frozen=True)
class Stopped:
    """Whose account was closed, how many changes were not accepted and how many comments removed."""

    user: User
    rejected: int
    removed: int


def may_stop(uow: UnitOfWork, user: User) -> bool:
    """Whether the asker may close this account: never that of a moderator, an administrator, or their own."""
    is_safe = user.role in MODERATING_ROLES or user.id == uow.actor.user_id
    return may(uow.actor, "users.stop") and not is_safe


def stop(site: Site, actor: Actor, username: str, reason: str) -> Stopped:
    """Close the account, and take away what it sent and said. Raises NotFound, Forbidden, Refused."""
    why = required_reason(reason)
    with site.work(actor) as uow:
        user = _close(uow, username, why)
        waiting = select(Change.id).where(Change.author_id == user.id, Change.state == State.SUBMITTED)
        sent = uow.session.scalars(waiting.order_by(Change.id)).all()
    rejected = sum(_reject(site, actor, change_id, why) for change_id in sent)
    removed = 0
    while batch := _remove_some(site, actor, user, why):
        removed += batch
    return Stopped(user, rejected, removed)


def _close(uow: UnitOfWork, username: str, why: str) -> User:
    require(uow.actor, "users.stop")
    user = find_user(uow, username)
    if not may_stop(uow, user):
        raise Forbidden(_("The account of a moderator or administrator is closed by an administrator, in its own way."))
    user.state = UserState.DISABLED
    end_sessions(uow, user)
    theirs = select(Change.id).where(Change.author_id == user.id)
    uow.session.execute(delete(ShareLink).where(ShareLink.change_id.in_(theirs)))
    uow.audit("user.stop", user=user.username, reason=why)
    return user


def _reject(site: Site, actor: Actor, change_id: UUID, why: str) -> bool:
    try:
        with site.work(actor) as uow:
            reject(uow, change_id, why)
    except (Conflict, NotFound):  # decided meanwhile, or its page is gone
        return False
    return True


def _remove_some(site: Site, actor: Actor, user: User, why: str) -> int:
    """Some comments of theirs: empty where somebody answered, else gone; how many."""
    with site.work(actor) as uow:
        require(uow.actor, "users.stop")
        theirs = select(Comment.id).where(Comment.author_id == user.id, Comment.gone == "").limit(_BATCH)
        ids = uow.session.scalars(theirs).all()
        if ids:
            _remove(uow, ids)
            uow.audit("comment.remove", reason=why, author=user.name, number=len(ids))
    return len(ids)


def _remove(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    answer = aliased(Comment)
    answered = exists(select(answer.id).where(answer.thread_id == Comment.id))
    mine = Comment.id.in_(ids)
    quietly = {"synchronize_session": False}
    uow.session.execute(delete(Comment).where(mine, Comment.thread_id.is_not(None)), execution_options=quietly)
    uow.session.execute(delete(Comment).where(mine, ~answered), execution_options=quietly)
    empty = update(Comment).where(mine).values(text="", html="", gone="removed")
    uow.session.execute(empty, execution_options=quietly)
