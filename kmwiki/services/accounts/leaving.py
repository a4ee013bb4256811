"""Leaving the site: the account is emptied and closed; what its owner wrote stays, under their name or without it.

The row of the account stays, so that versions and decisions keep whose they are, under a name that tells nothing and
that nobody can sign in with. The name it had is never given out again, or somebody could pass as whoever left: its
SHA-256 is noted in the audit log, where accounts.add_user() looks.
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update

from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import State
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import (
    ApiToken,
    Change,
    ChangePerson,
    Invitation,
    LoginSession,
    Notification,
    OneTimeLink,
    Part,
    RecoveryCode,
    Role,
    SecondFactor,
    User,
    UserState,
    Watch,
    WorkingCopy,
)
from kmwiki.permissions import Actor, require, visible
from kmwiki.services.accounts import second_factor
from kmwiki.services.accounts.accounts import GONE_BY, keep_one_admin, user_by_id
from kmwiki.services.accounts.one_time_links import hashed
from kmwiki.services.accounts.passwords import require_password
from kmwiki.services.changes import lifecycle
from kmwiki.services.changes.cooperation import hand_over
from kmwiki.site import Site, UnitOfWork

log = logging.getLogger(__name__)

_OPEN = (State.DRAFT, State.SUBMITTED)
#: What goes with the account.
_THEIRS = (LoginSession, ApiToken, SecondFactor, RecoveryCode, OneTimeLink, Watch, Notification, WorkingCopy)


@dataclass(frozen=True)
class Wishes:
    """`receiver` is the name of the account that open changes go to; "": drafts are put away, sent ones stay sent."""

    keeps_name: bool
    receiver: str = ""


def leave(site: Site, actor: Actor, wishes: Wishes, password: str, code: str = "") -> None:
    """Close one's own account for good. Raises Refused, Conflict (the last administrator), with nothing done.

    Many drafts are given away one by one, each in a unit of work of its own: others save meanwhile.
    """
    with site.work(actor) as uow:
        drafts = _ready(uow, wishes, password, code)
    for change_id in drafts:
        with site.work(actor) as uow:
            _settle(uow, change_id, wishes.receiver)
    with site.work(actor) as uow:
        _close(uow, wishes)


def open_changes(uow: UnitOfWork) -> Sequence[Change]:
    """One's own that are not decided; those that went into the bin with their page are not there."""
    require(uow.actor, "profile.manage")
    mine = visible(uow.actor, "change.read") & (Change.author_id == uow.actor.user_id)
    own = select(Change).where(mine, Change.state.in_(_OPEN))
    return uow.session.scalars(own.order_by(Change.created_at)).unique().all()


def _ready(uow: UnitOfWork, wishes: Wishes, password: str, code: str) -> list[UUID]:
    """The open changes, after a look at everything that could stand in the way."""
    drafts = open_changes(uow)
    user = user_by_id(uow, uow.actor.user_id)
    require_password(password, user.password_hash)
    keep_one_admin(uow, user)
    if wishes.receiver and drafts:
        _require_receiver(uow, wishes.receiver, drafts)
    if second_factor.is_on(uow, user.id):
        second_factor.take(uow, user.id, code)
    return [change.id for change in drafts]


def _require_receiver(uow: UnitOfWork, username: str, drafts: Sequence[Change]) -> None:
    user = uow.session.scalar(select(User).where(User.username == username.strip().lower()))
    if user is None or user.state == UserState.DISABLED or user.id == uow.actor.user_id:
        raise _not_to(_("There is no account with this name."))
    pages = [change.page_id for change in drafts]
    theirs = select(Change).where(
        Change.author_id == user.id, Change.state.in_(_OPEN), Change.page_id.in_(pages)
    )  # fmt: skip
    if uow.session.scalars(theirs.limit(1)).first() is not None:
        raise _not_to(_("This person already has an open change on one of these pages. Name somebody else."))


def not_chosen(field: str) -> Problem:
    """What has to be said before somebody leaves, and was not."""
    message = _("Name somebody, or choose the other way.") if field == "receiver" else _("Please choose one.")
    return Problem(field=field, level=Level.DRAFT, message=message)


def _not_to(message: str) -> Refused:
    return Refused(message, [Problem(field="receiver", level=Level.DRAFT, message=message)])


def _settle(uow: UnitOfWork, change_id: UUID, receiver: str) -> None:
    if receiver:
        hand_over(uow, change_id, receiver)
    elif uow.session.scalar(select(Change.state).where(Change.id == change_id)) == State.DRAFT:
        lifecycle.discard(uow, change_id)


def _close(uow: UnitOfWork, wishes: Wishes) -> None:
    user = user_by_id(uow, uow.actor.user_id)
    keep_one_admin(uow, user)
    before = {"old_name": user.name, "old_username": user.username}
    for table in _THEIRS:
        uow.session.execute(delete(table).where(table.user_id == user.id))
    uow.session.execute(delete(Invitation).where(Invitation.created_by_id == user.id, Invitation.used_at.is_(None)))
    waiting = (Part.INVITED, Part.ASKED)
    uow.session.execute(delete(ChangePerson).where(ChangePerson.user_id == user.id, ChangePerson.part.in_(waiting)))
    uow.session.execute(update(Change).where(Change.taken_by_id == user.id).values(taken_by_id=None, taken_at=None))
    _empty(user)
    uow.audit(GONE_BY, user=user.username, name_hash=hashed(before["old_username"]))
    if not wishes.keeps_name:
        user.name = _("Former member")
        uow.enqueue("former-name", user_id=str(user.id), new_name=user.name, new_username=user.username, **before)
    uow.raise_generation()
    log.info("left user=%s", user.id)


def _empty(user: User) -> None:
    user.username = f"former-{secrets.token_hex(8)}"
    user.state, user.role, user.is_trusted = UserState.DISABLED, Role.READER, False
    user.email = user.password_hash = user.seen_at = None
    user.organisation, user.languages = "", []
    user.told, user.place, user.desk_takes = {}, {}, {}
