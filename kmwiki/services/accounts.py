"""Accounts: registering, profile, roles, approval; and the actor that an account is."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import LoginSession, Role, User, UserState
from kmwiki.permissions import Actor, require
from kmwiki.services.passwords import hash_password, refuse_weak
from kmwiki.site import UnitOfWork

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_PROFILE_LIMITS = {"name": 200, "organisation": 300}


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


def register(
    uow: UnitOfWork, username: str, password: str, name: str = "", email: str = "", organisation: str = ""
) -> User:
    """A new account of somebody who asked for one, waiting or active as the site has it.

    Raises Forbidden where registration is closed, Refused for input at fault.
    """
    registration = uow.site.config.registration
    if registration == "closed":
        raise Forbidden(_("This site takes no registrations. An administrator can make you an account."))
    state = UserState.ACTIVE if registration == "open" else UserState.WAITING
    refuse_weak(password, username, email)
    user = add_user(uow, username, hash_password(password), Role.CONTRIBUTOR, name, email, organisation, state)
    uow.audit("user.register", user=user.username)
    return user


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
    _refuse(_username_problems(uow, username) + _email_problems(uow, email))
    user = User(
        id=new_id(), username=username, name=_one_line(name, 200) or username, email=email.strip().lower() or None,
        password_hash=password_hash, role=role, state=state, organisation=_one_line(organisation, 300),
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
    if uow.session.scalar(select(User.id).where(User.username == username)):
        message = _("This user name is taken. Please choose another.")
        return [Problem(field="username", level=Level.DRAFT, message=message)]
    return []


def _email_problems(uow: UnitOfWork, email: str, own: UUID | None = None) -> list[Problem]:
    if not email.strip():
        return []
    if not _EMAIL.fullmatch(email.strip()):
        return [Problem(field="email", level=Level.DRAFT, message=_("This is not a mail address."))]
    owner = uow.session.scalar(select(User.id).where(User.email == email.strip().lower()))
    if owner is not None and owner != own:
        message = _("This mail address cannot be used here.")
        return [Problem(field="email", level=Level.DRAFT, message=message)]
    return []


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems[0].message, problems)


def _one_line(text: str, limit: int) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:limit]


def update_profile(uow: UnitOfWork, profile: Mapping[str, Any]) -> User:
    """Change one's own name, organisation, mail address and languages; nothing else can be given."""
    require(uow.actor, "profile.manage")
    user = user_by_id(uow, uow.actor.user_id)
    languages = [code for code in profile.get("languages", user.languages) if code]
    unknown = [code for code in languages if code not in uow.site.vocabularies["languages"]]
    problems = [
        Problem("languages", Level.DRAFT, _("“{value}” is not in the list.").format(value=code[:60]))
        for code in unknown
    ]
    email = str(profile.get("email", user.email or ""))
    _refuse(problems + _email_problems(uow, email, user.id))
    user.name = _one_line(str(profile.get("name", user.name)), 200) or user.username
    user.organisation = _one_line(str(profile.get("organisation", user.organisation)), 300)
    user.email = email.strip().lower() or None
    user.languages = list(dict.fromkeys(languages))[:20]
    return user


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
    _keep_one_admin(uow, user)
    user.role = role
    end_sessions(uow, user)
    uow.audit("user.role", user=user.username, role=role)
    return user


def set_state(uow: UnitOfWork, username: str, state: UserState) -> User:
    """Close or open an account; a closed one is signed out everywhere."""
    require(uow.actor, "users.manage")
    user = find_user(uow, username)
    if user.id == uow.actor.user_id:
        raise Forbidden(_("Nobody closes their own account here. Another administrator can."))
    if state is UserState.DISABLED:
        _keep_one_admin(uow, user)
        end_sessions(uow, user)
    user.state = state
    uow.audit("user.state", user=user.username, state=state)
    return user


def approve(uow: UnitOfWork, username: str) -> User:
    """Let a waiting account in."""
    require(uow.actor, "users.approve")
    user = find_user(uow, username)
    if user.state != UserState.WAITING:
        raise Conflict(_("This account is not waiting for approval."))
    user.state = UserState.ACTIVE
    uow.audit("user.approve", user=user.username)
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
    refuse_weak(password, user.username, user.email or "")
    user.password_hash = hash_password(password)
    end_sessions(uow, user)
    uow.audit("user.password", user=user.username)


def end_sessions(uow: UnitOfWork, user: User) -> None:
    """Sign somebody out everywhere."""
    uow.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))


def _keep_one_admin(uow: UnitOfWork, user: User) -> None:
    others = select(func.count()).select_from(User).where(
        User.role == Role.ADMIN, User.state == UserState.ACTIVE, User.id != user.id
    )  # fmt: skip
    if user.role == Role.ADMIN and not uow.session.scalar(others):
        raise Conflict(_("This is the only administrator. Make somebody else one first."))
