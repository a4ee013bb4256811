"""Links that somebody hands over: the first administrator's set-up, and a sign-in for whoever lost their password."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from kmwiki.errors import NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import OneTimeLink, Role, User, UserState
from kmwiki.permissions import require
from kmwiki.services.accounts.accounts import add_user, find_user, password_hash_for, put_password, user_by_id
from kmwiki.services.accounts.one_time_links import Purpose, look_at_link, make_link, use_up
from kmwiki.services.accounts.passwords import hash_password, refuse_weak
from kmwiki.services.accounts.sign_in import Entry, let_in
from kmwiki.site import UnitOfWork

LASTS = timedelta(days=7)


def make_setup_link(uow: UnitOfWork) -> str:
    """The token of a new set-up link for the first administrator; earlier ones end.

    Raises Refused once there is an administrator.
    """
    if _has_administrator(uow):
        raise Refused(_("This site has an administrator already; the set-up link is closed for good."))
    uow.session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == Purpose.SETUP))
    return make_link(uow, Purpose.SETUP, None, LASTS)


def _has_administrator(uow: UnitOfWork) -> bool:
    return bool(uow.session.scalar(select(func.count()).select_from(User).where(User.role == Role.ADMIN)))


def look_at_setup_link(uow: UnitOfWork, token: str) -> OneTimeLink:
    """Raises NotFound where it is used or past its time, also where an administrator came by another way."""
    link = look_at_link(uow, Purpose.SETUP, token)
    if _has_administrator(uow):
        raise NotFound(_("This site has an administrator already; the set-up link is closed for good."))
    return link


def set_up(uow: UnitOfWork, token: str, username: str, password: str, name: str = "") -> User:
    """Make the first administrator by a set-up link, which then is closed for good, and its session."""
    link = look_at_setup_link(uow, token)
    refuse_weak(password, username)
    password_hash = hash_password(password)
    use_up(uow, link)
    user = add_user(uow, username, password_hash, Role.ADMIN, name)
    uow.audit("site.set-up", user=user.username)
    return user


def make_sign_in_link(uow: UnitOfWork, username: str) -> str:
    """The token of a link by which this account sets a new password and signs in, once."""
    require(uow.actor, "users.manage")
    user = find_user(uow, username)
    uow.audit("user.link", user=user.username)
    return make_link(uow, Purpose.SIGN_IN, user.id, LASTS)


def use_sign_in_link(uow: UnitOfWork, token: str, password: str, device: str = "") -> Entry:
    """Set a new password by such a link and sign in; a second factor is asked for all the same."""
    return use_password_link(uow, Purpose.SIGN_IN, token, password, device)


def use_password_link(uow: UnitOfWork, purpose: Purpose, token: str, password: str, device: str = "") -> Entry:
    """Set a new password by a link of this purpose; every session ends. Raises NotFound, Refused."""
    link = look_at_link(uow, purpose, token)
    user = user_by_id(uow, link.user_id)
    if user.state == UserState.DISABLED:
        raise NotFound()
    password_hash = password_hash_for(user, password)
    use_up(uow, link)
    put_password(uow, user, password_hash)
    return let_in(uow, user, device)
