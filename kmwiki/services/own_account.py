"""What somebody does with their own account, and what moderators do with those that wait."""

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import User, UserState
from kmwiki.permissions import require
from kmwiki.services.accounts import end_sessions, find_user, set_password, user_by_id
from kmwiki.services.passwords import is_right
from kmwiki.services.sign_in import start_session
from kmwiki.site import UnitOfWork


def change_password(uow: UnitOfWork, current: str, new: str) -> str:
    """A new password for oneself: every session ends; the token of a new one for this device. Raises Refused."""
    require(uow.actor, "profile.manage")
    user = user_by_id(uow, uow.actor.user_id)
    if not is_right(current, user.password_hash):
        message = _("This is not your present password.")
        raise Refused(message, [Problem(field="current", level=Level.DRAFT, message=message)])
    set_password(uow, user, new)
    return start_session(uow, user)


def decline(uow: UnitOfWork, username: str) -> User:
    """Close an account that waits for approval; what its owner wrote stays."""
    require(uow.actor, "users.approve")
    user = find_user(uow, username)
    if user.state != UserState.WAITING:
        raise Conflict(_("This account is not waiting for approval."))
    user.state = UserState.DISABLED
    end_sessions(uow, user)
    uow.audit("user.decline", user=user.username)
    return user
