"""Signing a browser in and out: a new session on both sides each time."""

from flask import session
from flask_login import current_user, login_user

from kmwiki.http.current import SHARED_COMPUTER, SignedIn, client_address, work
from kmwiki.models import User
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.sign_in import count_attempt, forget_attempts, sign_in, sign_out

_LONGEST_NAME = 200


def sign_in_here(username: str, password: str, *, is_shared: bool = False) -> User:
    """Check name and password and sign this browser in. Raises Unauthenticated, TooManyTries.

    On a shared computer the session ends with the browser, and nothing that is typed stays in it.

    The try is counted in a unit of work of its own, so that it counts when it fails.
    """
    username = username[:_LONGEST_NAME].replace("\x00", "")
    with work(ANONYMOUS) as uow:
        count_attempt(uow, client_address(), username or "?")
    with work(ANONYMOUS) as uow:
        user, token = sign_in(uow, username, password)
        forget_attempts(uow, username)
    begin_session(user, token)
    if is_shared:
        session.permanent = False
        session[SHARED_COMPUTER] = True
    return user


def begin_session(user: User, token: str) -> None:
    """Sign this browser in with a session that was opened on the server; the one before ends."""
    end_session()
    session.permanent = True
    login_user(SignedIn(user, token))


def end_session() -> None:
    """Sign this browser out, on the server too."""
    if current_user.is_authenticated:
        with work() as uow:
            sign_out(uow, current_user.token)
    session.clear()
