"""Asking for an account: open to all, looked at by a moderator first, or closed, as the site has it."""

from kmwiki.domain.events import Event
from kmwiki.errors import Forbidden
from kmwiki.i18n import gettext as _
from kmwiki.models import Role, User, UserState
from kmwiki.services.accounts.accounts import add_user
from kmwiki.services.accounts.passwords import hash_password, refuse_weak
from kmwiki.site import UnitOfWork


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
    if state is UserState.WAITING:
        uow.tell(Event.ACCOUNT_WAITS, user_id=str(user.id))
    return user
