"""Working on a change together: co-authors, share links, handing over."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import State
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, ChangePerson, Opinion, Part, ShareLink, User, UserState
from kmwiki.permissions import may, require
from kmwiki.services.changes.lifecycle import note_step
from kmwiki.services.pages.finding import find_change
from kmwiki.site import UnitOfWork

SHARE_DAYS = 30
#: Whose account is closed, or who has not been here for so long, has left what they write.
AWAY_DAYS = 90
_OPEN = (State.DRAFT, State.SUBMITTED)
_IS_ASKING = exists().where(Opinion.share_link_id == ShareLink.id)


def invite_coauthor(uow: UnitOfWork, change_id: UUID, username: str) -> Change:
    """Invite somebody to write a change with its author; they count as co-author once they accept."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.coauthors", change)
    _require_open(change)
    user = named_user(uow, username)
    involved = {person.user_id for person in change.people if person.part != Part.ASKED}
    if user.id != change.author_id and user.id not in involved:
        change.people.append(ChangePerson(change_id=change.id, user_id=user.id, part=Part.INVITED, at=uow.now))
        note_step(uow, change, "coauthor-invited")
        uow.tell(Event.COAUTHOR_INVITED, page_id=change.page_id, change_id=change.id, user_id=str(user.id))
    return change


def accept_invitation(uow: UnitOfWork, change_id: UUID) -> Change:
    """Become co-author of a change that one was invited to."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.accept-invitation", change)
    _require_open(change)
    for person in list(change.people):
        if person.user_id == uow.actor.user_id and person.part == Part.INVITED:
            change.people.remove(person)
            uow.session.flush()
    assert uow.actor.user_id is not None
    change.people.append(
        ChangePerson(change_id=change.id, user_id=uow.actor.user_id, part=Part.COAUTHOR, at=uow.now)
    )
    note_step(uow, change, "coauthor-accepted")
    uow.tell(Event.COAUTHOR_ACCEPTED, page_id=change.page_id, change_id=change.id)
    return change


def hand_over(uow: UnitOfWork, change_id: UUID, username: str) -> Change:
    """Give a change to another author; the one before becomes a co-author.

    For its author; for an administrator where the author has left. Raises NotFound, Forbidden, Conflict, Refused.
    """
    change = find_change(uow, change_id)
    require_hand_over(uow, change)
    _require_open(change)
    give_to(uow, change, named_user(uow, username))
    return change


def require_hand_over(uow: UnitOfWork, change: Change) -> None:
    """Go on only if the asker may give this change away. Raises NotFound, Unauthenticated, Forbidden."""
    require(uow.actor, "change.handover", change)
    if not may_hand_over(uow, change):
        message = _("Its author can do this; you can, once the author's account is closed or silent for {days} days.")
        raise Forbidden(message.format(days=AWAY_DAYS))


def may_hand_over(uow: UnitOfWork, change: Change) -> bool:
    """Whether the asker may: its author, or an administrator where the author has left."""
    is_own = change.author_id == uow.actor.user_id
    return may(uow.actor, "change.handover", change) and (is_own or has_left(uow, change.author))


def has_left(uow: UnitOfWork, user: User) -> bool:
    return user.state == UserState.DISABLED or (user.seen_at or user.created_at) < uow.now - timedelta(days=AWAY_DAYS)


def who_have_left(uow: UnitOfWork) -> ColumnElement[bool]:
    """The same as a condition on User, for lists."""
    long_ago = uow.now - timedelta(days=AWAY_DAYS)
    return (User.state == UserState.DISABLED) | (func.coalesce(User.seen_at, User.created_at) < long_ago)


def give_to(uow: UnitOfWork, change: Change, user: User) -> None:
    """Make somebody the author of an open change; the caller has asked who may. Raises Conflict."""
    if user.id == change.author_id:
        return
    _refuse_two_open(uow, change, user)
    before = change.author_id
    change.people = [p for p in change.people if not (p.user_id == user.id and p.part != Part.DRAFT_SAVER)]
    if all((p.user_id, p.part) != (before, Part.COAUTHOR) for p in change.people):
        change.people.append(ChangePerson(change_id=change.id, user_id=before, part=Part.COAUTHOR, at=uow.now))
    change.author_id = user.id
    note_step(uow, change, "handed-over")
    uow.tell(Event.CHANGE_HANDED_OVER, page_id=change.page_id, change_id=change.id, user_id=str(before))
    uow.session.flush()
    uow.session.refresh(change)


def share(uow: UnitOfWork, change_id: UUID) -> tuple[Change, str]:
    """A new share link: the token that opens this one change for 30 days to whoever holds it."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.shares", change)
    _require_open(change)
    _link, token = make_link(uow, change)
    note_step(uow, change, "shared")
    return change, token


def make_link(uow: UnitOfWork, change: Change) -> tuple[ShareLink, str]:
    """A link to this change and its token; the caller has asked who may."""
    assert uow.actor.user_id is not None
    token = secrets.token_urlsafe(24)
    link = ShareLink(
        id=new_id(), change_id=change.id, token_hash=_hash(token), created_by_id=uow.actor.user_id,
        created_at=uow.now, expires_at=uow.now + timedelta(days=SHARE_DAYS),
    )  # fmt: skip
    uow.session.add(link)
    return link, token


def share_links(uow: UnitOfWork, change: Change) -> Sequence[ShareLink]:
    """The open share links of one's own change, newest first; the addresses themselves are not kept.

    Links that moderators made to ask for an opinion are theirs, and not among them.
    """
    if not may(uow.actor, "change.shares", change):
        return []
    mine = select(ShareLink).where(ShareLink.change_id == change.id, ShareLink.expires_at > uow.now, ~_IS_ASKING)
    return uow.session.scalars(mine.order_by(ShareLink.created_at.desc())).all()


def end_share(uow: UnitOfWork, change_id: UUID, link_id: UUID) -> Change:
    """End a share link. Raises NotFound for one of another change."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.shares", change)
    link = uow.session.scalar(
        select(ShareLink).where(ShareLink.id == link_id, ShareLink.change_id == change.id, ~_IS_ASKING)
    )
    if link is None:
        raise NotFound()
    uow.session.delete(link)
    note_step(uow, change, "share-ended")
    return change


def shared_change(uow: UnitOfWork, token: str) -> UUID:
    """The change that a share link's token opens. Raises NotFound for an unknown or ended one."""
    return link_of(uow, token).change_id


def link_of(uow: UnitOfWork, token: str) -> ShareLink:
    """The share link with this token. Raises NotFound for an unknown or ended one."""
    link = uow.session.scalar(select(ShareLink).where(ShareLink.token_hash == _hash(token)))
    if link is None or link.expires_at < uow.now:
        raise NotFound()
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _require_open(change: Change) -> None:
    if change.state not in _OPEN:
        raise Conflict(_("This change is closed."))


def named_user(uow: UnitOfWork, username: object) -> User:
    """The account of this name, unless it is closed. Raises Refused."""
    name = username.strip().lower() if isinstance(username, str) else ""
    user = uow.session.scalar(select(User).where(User.username == name))
    if user is None or user.state == UserState.DISABLED:
        message = _("There is no account with this name.")
        raise Refused(message, [Problem(field="username", level=Level.DRAFT, message=message)])
    return user


def _refuse_two_open(uow: UnitOfWork, change: Change, user: User) -> None:
    other = select(Change.id).where(
        Change.page_id == change.page_id, Change.author_id == user.id, Change.state.in_(_OPEN)
    )
    if uow.session.scalar(other):
        raise Conflict(_("This person already has an open change on the page."))
