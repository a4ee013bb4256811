"""Signing in: name and password, then the code of a second factor where the account has one; and the limits."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from kmwiki.errors import NotFound, Unauthenticated
from kmwiki.i18n import gettext as _
from kmwiki.models import OneTimeLink, User, UserState
from kmwiki.services.accounts import second_factor
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.services.accounts.one_time_links import Purpose, look_at_link, make_link, use_up
from kmwiki.services.accounts.passwords import is_right
from kmwiki.services.accounts.sessions import forget_old_sessions, start_session
from kmwiki.services.upkeep.limits import count_try, forget_old_tries, forget_tries
from kmwiki.site import UnitOfWork

ATTEMPT_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 60
REGISTRATIONS_PER_ADDRESS = 10
#: How long somebody has to type the code after the password.
SECOND_STEP = timedelta(minutes=10)


@dataclass(frozen=True)
class Entry:
    """What a right password opens: a session, or the step at which the code of the second factor is asked for."""

    user: User
    token: str
    wants_code: bool = False


def sign_in(uow: UnitOfWork, username: str, password: str, device: str = "") -> Entry:
    """Check name and password. Raises Unauthenticated.

    The answer is the same for unknown names, closed accounts and wrong passwords. Call count_attempt() before, in
    its own unit of work, so that a failed try is counted.
    """
    user = uow.session.scalar(select(User).where(User.username == username.strip().lower()))
    fits = is_right(password, user.password_hash if user else None)
    if user is None or not fits or user.state == UserState.DISABLED:
        raise Unauthenticated(_("Name or password is not right."))
    return let_in(uow, user, device)


def let_in(uow: UnitOfWork, user: User, device: str = "") -> Entry:
    """Open what somebody may enter who has shown the first thing asked for: a password, or a link that works once."""
    if second_factor.is_on(uow, user.id):
        return Entry(user, make_link(uow, Purpose.SECOND_STEP, user.id, SECOND_STEP), wants_code=True)
    return Entry(user, start_session(uow, user, device))


def count_code(uow: UnitOfWork, step: str) -> None:
    """Count a try at the second step. Raises Unauthenticated where its time is over, TooManyTries."""
    second_factor.count_code(uow, _user_at(uow, step).id)


def take_code(uow: UnitOfWork, step: str, code: str, device: str = "") -> Entry:
    """The second step: a session for the right code. Raises Unauthenticated, Refused for a wrong code.

    Call count_code() before, in its own unit of work, so that a wrong code is counted.
    """
    user = _user_at(uow, step)
    second_factor.take(uow, user.id, code)
    use_up(uow, look_at_link(uow, Purpose.SECOND_STEP, step))
    return Entry(user, start_session(uow, user, device))


def _user_at(uow: UnitOfWork, step: str) -> User:
    """Whose second step this is. Raises Unauthenticated where its time is over: it all begins again."""
    try:
        user = user_by_id(uow, look_at_link(uow, Purpose.SECOND_STEP, step).user_id)
    except NotFound as error:
        raise Unauthenticated(_("That took too long. Please begin again with your password.")) from error
    if user.state == UserState.DISABLED:
        raise Unauthenticated(_("Name or password is not right."))
    return user


# ---- limits


def count_attempt(uow: UnitOfWork, address: str, username: str = "") -> None:
    """Count a try to sign in or register. Raises TooManyTries beyond the limits of account and address."""
    if username:
        _count(uow, f"account {username.strip().lower()}", TRIES_PER_ACCOUNT)
        _count(uow, f"address {address}", TRIES_PER_ADDRESS)
    else:
        _count(uow, f"register {address}", REGISTRATIONS_PER_ADDRESS)


def forget_attempts(uow: UnitOfWork, username: str) -> None:
    """After a right password the account's count begins anew."""
    forget_tries(uow, f"account {username.strip().lower()}")


def _count(uow: UnitOfWork, words: str, limit: int) -> None:
    count_try(uow, words, limit, ATTEMPT_WINDOW, _("Too many tries. Please wait a quarter of an hour."))


def forget_old_attempts_and_sessions(uow: UnitOfWork) -> None:
    """Remove what is past its time. For the worker."""
    forget_old_tries(uow)
    forget_old_sessions(uow)
    uow.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < uow.now))
