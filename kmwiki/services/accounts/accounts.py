"""Accounts: making and finding them, roles, approval; and the actor that an account is."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError

from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import AuditEntry, LoginSession, Role, User, UserState
from kmwiki.permissions import MODERATING_ROLES, Actor, require
from kmwiki.services.accounts.one_time_links import OPENING, end_links, hashed
from kmwiki.services.accounts.passwords import hash_password, refuse_weak
from kmwiki.site import UnitOfWork

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]")
#: What the audit log calls it when somebody leaves; it keeps the hash of their name, which nobody gets again.
GONE_BY = "user.leave"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


def actor_of(user: User, *, is_read_only: bool = False, is_token: bool = False) -> Actor:
    """The actor that this account is now."""
    return Actor(
        user_id=user.id,
        name=user.name,
        role=Role(user.role),
        state=UserState(user.state),
        is_trusted=user.is_trusted,
        is_read_only=is_read_only,
        is_token=is_token,
    )


def add_user(
    uow: UnitOfWork,
    username: str,
    password_hash: str | None,
    role: Role,
    name: str = "",
    email: str = "",
    organisation: str = "",
    state: UserState = UserState.ACTIVE,
) -> User:
    """A new account; the caller has asked who may. Raises Refused for a bad or taken name."""
    username = username.strip().lower()
    refuse(_username_problems(uow, username) + email_problems(uow, email))
    user = User(
        id=new_id(), username=username, name=one_line(name, 200) or username, email=email.strip().lower() or None,
        password_hash=password_hash, role=role, state=state, organisation=one_line(organisation, 300),
        languages=[], created_at=uow.now,
    )  # fmt: skip
    uow.session.add(user)
    try:
        uow.session.flush()
    except IntegrityError as error:
        raise Conflict(_("This name or address was taken a moment ago. Please choose another.")) from error
    return user


def _username_problems(uow: UnitOfWork, username: str) -> list[Problem]:
    if not _USERNAME.fullmatch(username):
        message = _("A user name has 3 to 40 letters a–z, digits, dots or hyphens.")
        return [Problem(field="username", level=Level.DRAFT, message=message)]
    if uow.session.scalar(select(User.id).where(User.username == username)) or _was_of_somebody(uow, username):
        message = _("This user name is taken. Please choose another.")
        return [Problem(field="username", level=Level.DRAFT, message=message)]
    return []


def _was_of_somebody(uow: UnitOfWork, username: str) -> bool:
    is_name = AuditEntry.details["name_hash"].as_string() == hashed(username)
    left = select(AuditEntry.id).where(AuditEntry.action == GONE_BY, is_name)
    return uow.session.scalar(left.limit(1)) is not None


def email_problems(uow: UnitOfWork, email: str, own: UUID | None = None) -> list[Problem]:
    """What is wrong with a mail address for this account; none is right, too."""
    if not email.strip():
        return []
    if not looks_like_email(email):
        return [Problem(field="email", level=Level.DRAFT, message=_("This is not a mail address."))]
    owner = uow.session.scalar(select(User.id).where(User.email == email.strip().lower()))
    if owner is not None and owner != own:
        message = _("This mail address cannot be used here.")
        return [Problem(field="email", level=Level.DRAFT, message=message)]
    return []


def who_decide() -> ColumnElement[bool]:
    """Those who can decide about changes: moderators and administrators whose account is in order."""
    return User.role.in_(MODERATING_ROLES) & (User.state == UserState.ACTIVE)


def number_who_decide(uow: UnitOfWork) -> int:
    return uow.session.scalar(select(func.count()).select_from(User).where(who_decide())) or 0


def looks_like_email(text: str) -> bool:
    """Whether mail could be sent to it at all; whether somebody reads it is known once they open a link."""
    return _EMAIL.fullmatch(text.strip()) is not None and text.strip().isprintable()


def refuse(problems: list[Problem]) -> None:
    """Raises Refused where there is a problem."""
    if problems:
        raise Refused(problems[0].message, problems)


def one_line(text: str, limit: int) -> str:
    """The text without line ends, control characters and what is beyond the limit."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:limit]


def user_by_id(uow: UnitOfWork, user_id: UUID | None) -> User:
    user = uow.session.get(User, user_id) if user_id else None
    if user is None:
        raise NotFound()
    return user


def find_user(uow: UnitOfWork, username: str) -> User:
    """The account with this name. Raises NotFound."""
    user = uow.session.scalar(select(User).where(User.username == username.strip().lower()))
    if user is None:
        raise NotFound(_("There is no account “{name}”.").format(name=username))
    return user


def all_users(uow: UnitOfWork) -> Sequence[User]:
    """Every account, by name."""
    require(uow.actor, "users.read")
    return uow.session.scalars(select(User).order_by(User.username)).all()


def set_role(uow: UnitOfWork, username: str, role: Role) -> User:
    """Give somebody a role; nobody raises their own; sessions end, so that the new rights hold at once."""
    require(uow.actor, "users.manage")
    user = find_user(uow, username)
    if user.id == uow.actor.user_id:
        raise Forbidden(_("Nobody changes their own role. Another administrator can."))
    keep_one_admin(uow, user)
    user.role = role
    end_sessions(uow, user)
    uow.audit("user.role", user=user.username, role=role)
    uow.tell(Event.ROLE_CHANGED, user_id=str(user.id))
    return user


def set_state(uow: UnitOfWork, username: str, state: UserState) -> User:
    """Close or open an account; a closed one is signed out everywhere."""
    require(uow.actor, "users.manage")
    user = find_user(uow, username)
    if user.id == uow.actor.user_id:
        raise Forbidden(_("Nobody closes their own account here. Another administrator can."))
    if state is UserState.DISABLED:
        keep_one_admin(uow, user)
        end_sessions(uow, user)
    if (user.state, state) == (UserState.WAITING, UserState.ACTIVE):
        uow.tell(Event.ACCOUNT_APPROVED, user_id=str(user.id))
    user.state = state
    uow.audit("user.state", user=user.username, state=state)
    return user


def approve(uow: UnitOfWork, username: str) -> User:
    """Let a waiting account in."""
    user = _waiting_user(uow, username)
    user.state = UserState.ACTIVE
    uow.audit("user.approve", user=user.username)
    uow.tell(Event.ACCOUNT_APPROVED, user_id=str(user.id))
    return user


def decline(uow: UnitOfWork, username: str) -> User:
    """Close an account that waits for approval; what its owner wrote stays."""
    user = _waiting_user(uow, username)
    user.state = UserState.DISABLED
    end_sessions(uow, user)
    uow.audit("user.decline", user=user.username)
    return user


def _waiting_user(uow: UnitOfWork, username: str) -> User:
    require(uow.actor, "users.approve")
    user = find_user(uow, username)
    if user.state != UserState.WAITING:
        raise Conflict(_("This account is not waiting for approval."))
    return user


def set_trusted(uow: UnitOfWork, username: str, is_trusted: bool) -> User:
    """Let somebody's small edits go live at once (or no longer)."""
    require(uow.actor, "users.trust")
    user = find_user(uow, username)
    user.is_trusted = is_trusted
    uow.audit("user.trust" if is_trusted else "user.untrust", user=user.username)
    return user


def set_password(uow: UnitOfWork, user: User, password: str) -> None:
    """A new password; every session of the account ends. Raises Refused. The caller has asked who may."""
    put_password(uow, user, password_hash_for(user, password))


def password_hash_for(user: User, password: str) -> str:
    """The hash of a new password of this account. Raises Refused for a weak one."""
    refuse_weak(password, user.username, user.email or "")
    return hash_password(password)


def put_password(uow: UnitOfWork, user: User, password_hash: str) -> None:
    """Store a new password: all sessions end, and all links by which the account could be entered."""
    user.password_hash = password_hash
    end_sessions(uow, user)
    end_links(uow, user.id, OPENING)
    uow.audit("user.password", user=user.username)


def end_sessions(uow: UnitOfWork, user: User) -> None:
    """Sign somebody out everywhere."""
    uow.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))


def keep_one_admin(uow: UnitOfWork, user: User) -> None:
    """Raises Conflict where the site would be left without an administrator."""
    others = select(func.count()).select_from(User).where(
        User.role == Role.ADMIN, User.state == UserState.ACTIVE, User.id != user.id
    )  # fmt: skip
    if user.role == Role.ADMIN and not uow.session.scalar(others):
        raise Conflict(_("This is the only administrator. Make somebody else one first."))
