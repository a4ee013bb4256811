"""What guards one's own account: password and mail address. Both ask for the present password."""

from datetime import timedelta

from kmwiki.errors import Conflict, NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import User, UserState
from kmwiki.permissions import require
from kmwiki.services.accounts import account_mails
from kmwiki.services.accounts.accounts import email_problems, password_hash_for, put_password, refuse, user_by_id
from kmwiki.services.accounts.one_time_links import Purpose, end_links, look_at_link, make_link, use_up
from kmwiki.services.accounts.passwords import require_password
from kmwiki.services.accounts.sessions import start_session
from kmwiki.site import UnitOfWork

#: How long somebody has to open the mail at the new address.
CONFIRM_WITHIN = timedelta(days=1)


def change_password(uow: UnitOfWork, current: str, new: str, device: str = "") -> str:
    """A new password for oneself: every session ends; the token of a new one for this device. Raises Refused."""
    user = _own(uow)
    require_password(current, user.password_hash)
    put_password(uow, user, password_hash_for(user, new))
    return start_session(uow, user, device)


def change_email(uow: UnitOfWork, current: str, email: str) -> bool:
    """Another mail address, "" for none; whether it holds at once. Raises Refused.

    Where the site sends mail, a new address holds once the link that is sent to it was opened: a wrong one would
    let somebody else set a new password. Without mail no address is ever written to, and it holds at once.
    """
    user = _own(uow)
    email = email.strip().lower()
    require_password(current, user.password_hash)
    refuse(email_problems(uow, email, user.id))
    end_links(uow, user.id, [Purpose.EMAIL])
    if email and account_mails.can_send_links(uow):
        token = make_link(uow, Purpose.EMAIL, user.id, CONFIRM_WITHIN, {"email": email})
        account_mails.send_confirmation(uow, user, email, token)
        return False
    _put_email(uow, user, email)
    return True


def look_at_email_link(uow: UnitOfWork, token: str) -> str:
    """The address that the link would make the account's. Raises NotFound."""
    return str(look_at_link(uow, Purpose.EMAIL, token).details["email"])


def confirm_email(uow: UnitOfWork, token: str) -> User:
    """Whoever opened the link reads mail at the new address. Raises NotFound, Conflict where it was taken."""
    link = look_at_link(uow, Purpose.EMAIL, token)
    user = user_by_id(uow, link.user_id)
    email = str(link.details["email"])
    if user.state == UserState.DISABLED:
        raise NotFound()
    if email_problems(uow, email, user.id):
        raise Conflict(_("This mail address cannot be used here."))
    use_up(uow, link)
    _put_email(uow, user, email)
    return user


def _put_email(uow: UnitOfWork, user: User, email: str) -> None:
    """Links for a new password that went to the address before work no more, and it is told."""
    before, user.email = user.email, email or None
    end_links(uow, user.id, [Purpose.RESET])
    uow.audit("user.email", user=user.username)
    if before and before != user.email:
        account_mails.tell_old_address(uow, user, before)


def _own(uow: UnitOfWork) -> User:
    require(uow.actor, "profile.manage")
    return user_by_id(uow, uow.actor.user_id)
