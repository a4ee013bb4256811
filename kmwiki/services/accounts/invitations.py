"""Invitations: a link by which somebody makes an account with a role that was chosen for them, once, within 14 days.

Moderators invite people to read and to write, administrators to every role; also where registration is closed.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Invitation, Role, User
from kmwiki.permissions import MODERATING_ROLES, Actor, may, require
from kmwiki.services.accounts.account_mails import can_send_links, send_invitation
from kmwiki.services.accounts.accounts import actor_of, add_user, looks_like_email, one_line
from kmwiki.services.accounts.one_time_links import hashed
from kmwiki.services.accounts.passwords import hash_password, refuse_weak
from kmwiki.services.upkeep.limits import count_try
from kmwiki.site import UnitOfWork

LASTS = timedelta(days=14)
OPEN_AT_ONCE = 50
USES = 20
_LONGEST_NOTE = 1_000


def roles_to_invite(actor: Actor) -> Sequence[Role]:
    """The roles that somebody may invite to; none where they may not invite."""
    if not may(actor, "users.invite"):
        return ()
    return tuple(role for role in Role if role not in MODERATING_ROLES or may(actor, "users.manage"))


def invite(uow: UnitOfWork, role: str, email: str = "", note: str = "") -> tuple[Invitation, str, bool]:
    """A new invitation: the row, the token that is shown once, and whether it goes out by mail.

    Raises Refused for a role that is not the asker's to give or an address at fault, Conflict where too many wait.
    """
    require(uow.actor, "users.invite")
    email = email.strip().lower()
    if faults := _faults(uow.actor, role, email):
        raise Refused(faults[0].message, faults)
    if _own_open(uow) >= OPEN_AT_ONCE:
        message = _("{number} of your invitations wait already. Withdraw some, or wait until they are used.")
        raise Conflict(message.format(number=OPEN_AT_ONCE))
    assert uow.actor.user_id is not None
    token = secrets.token_urlsafe(32)
    row = Invitation(
        id=new_id(), token_hash=hashed(token), role=role, email=email or None, note=one_line(note, _LONGEST_NOTE),
        created_by_id=uow.actor.user_id, created_at=uow.now, expires_at=uow.now + LASTS,
    )  # fmt: skip
    uow.session.add(row)
    uow.audit("user.invite", invitation=str(row.id), role=role)
    is_sent = bool(email) and can_send_links(uow)
    if is_sent:
        send_invitation(uow, row, token)
    return row, token, is_sent


def _faults(actor: Actor, role: str, email: str) -> list[Problem]:
    faults = []
    if role not in roles_to_invite(actor):
        faults.append(Problem("role", Level.DRAFT, _("Choose what the person is to do here.")))
    if email and not looks_like_email(email):
        faults.append(Problem("email", Level.DRAFT, _("This is not a mail address.")))
    return faults


def _own_open(uow: UnitOfWork) -> int:
    mine = select(func.count()).select_from(Invitation).where(Invitation.created_by_id == uow.actor.user_id)
    return uow.session.scalar(mine.where(Invitation.used_at.is_(None), Invitation.expires_at > uow.now)) or 0


def open_invitations(uow: UnitOfWork, limit: int = 200) -> Sequence[tuple[Invitation, str]]:
    """Those that wait, newest first, with the name of who made each: one's own; all for administrators."""
    require(uow.actor, "users.invite")
    found = select(Invitation, User.name).join(User, User.id == Invitation.created_by_id)
    found = found.where(Invitation.used_at.is_(None), Invitation.expires_at > uow.now)
    if not may(uow.actor, "users.manage"):
        found = found.where(Invitation.created_by_id == uow.actor.user_id)
    rows = uow.session.execute(found.order_by(Invitation.created_at.desc(), Invitation.id).limit(limit))
    return [(row, name) for row, name in rows]


def withdraw(uow: UnitOfWork, invitation_id: UUID) -> None:
    """The link works no more. Raises NotFound for one that was used, or is not the asker's."""
    require(uow.actor, "users.invite")
    row = uow.session.get(Invitation, invitation_id)
    is_own = row is not None and (row.created_by_id == uow.actor.user_id or may(uow.actor, "users.manage"))
    if row is None or row.used_at is not None or not is_own:
        raise NotFound()
    uow.session.delete(row)
    uow.audit("user.invitation-withdrawn", invitation=str(invitation_id))


def look_at_invitation(uow: UnitOfWork, token: str) -> Invitation:
    """Raises NotFound where it is used, withdrawn or past its time, or its maker could not make it any more."""
    row = uow.session.scalar(select(Invitation).where(Invitation.token_hash == hashed(token)))
    maker = uow.session.get(User, row.created_by_id) if row else None
    if row is None or maker is None or row.used_at is not None or row.expires_at < uow.now:
        raise NotFound(_gone())
    if row.role not in roles_to_invite(actor_of(maker)):
        raise NotFound(_gone())
    return row


def count_use(uow: UnitOfWork, token: str) -> None:
    """Count a try at making an account by this invitation. Raises TooManyTries."""
    message = _("Too many tries. Please wait a quarter of an hour.")
    count_try(uow, f"invitation {hashed(token)}", USES, timedelta(minutes=15), message)


def _gone() -> str:
    return _("This invitation was used or withdrawn, or its time is over. Ask for a new one.")


def accept(
    uow: UnitOfWork, token: str, username: str, password: str, name: str = "", email: str = "", organisation: str = ""
) -> User:
    """Make the account that the invitation is for. Raises NotFound, Refused, Conflict (the name was taken)."""
    row = look_at_invitation(uow, token)
    refuse_weak(password, username, email)
    user = add_user(uow, username, hash_password(password), Role(row.role), name, email, organisation)
    used = uow.session.execute(
        update(Invitation)
        .where(Invitation.id == row.id, Invitation.used_at.is_(None))
        .values(used_at=uow.now, used_by_id=user.id)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(_gone())
    uow.audit("user.join", user=user.username, invitation=str(row.id), role=row.role)
    return user
