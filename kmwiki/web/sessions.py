"""Signing a browser in and out: a new session on both sides each time, and the step between password and code."""

from flask import request, session
from flask_login import current_user, login_user

from kmwiki.errors import Unauthenticated
from kmwiki.http.current import SHARED_COMPUTER, SignedIn, client_address, work
from kmwiki.i18n import gettext as _
from kmwiki.models import User
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.accounts import sign_in
from kmwiki.services.accounts.sessions import sign_out
from kmwiki.services.accounts.sign_in import Entry

_LONGEST_NAME = 200
#: Where the browser keeps the token of the second step: it opens nothing by itself.
_SECOND_STEP = "second_step"


def sign_in_here(username: str, password: str, *, is_shared: bool = False) -> Entry:
    """Check name and password; this browser is then signed in, or at the second step, which asks for a code.

    Raises Unauthenticated, TooManyTries. On a shared computer the session ends with the browser, and nothing that
    is typed stays in it. The try is counted in a unit of work of its own, so that it counts when it fails.
    """
    username = username[:_LONGEST_NAME].replace("\x00", "")
    with work(ANONYMOUS) as uow:
        sign_in.count_attempt(uow, client_address(), username or "?")
    with work(ANONYMOUS) as uow:
        entry = sign_in.sign_in(uow, username, password, device())
        sign_in.forget_attempts(uow, username)
    go_in(entry, is_shared=is_shared)
    return entry


def go_in(entry: Entry, *, is_shared: bool = False) -> None:
    """Open here what a right password opened on the server."""
    if entry.wants_code:
        end_session()
        session[_SECOND_STEP] = entry.token
    else:
        begin_session(entry.user, entry.token)
        session.permanent = not is_shared
    if is_shared:
        session[SHARED_COMPUTER] = True


def is_at_second_step() -> bool:
    return _SECOND_STEP in session


def take_code_here(code: str) -> User:
    """The second step: sign this browser in by a code. Raises Unauthenticated, Refused, TooManyTries."""
    step, is_shared = str(session.get(_SECOND_STEP, "")), bool(session.get(SHARED_COMPUTER))
    if not step:
        raise Unauthenticated(_("That took too long. Please begin again with your password."))
    with work(ANONYMOUS) as uow:
        sign_in.count_code(uow, step)
    with work(ANONYMOUS) as uow:
        entry = sign_in.take_code(uow, step, code, device())
    go_in(entry, is_shared=is_shared)
    return entry.user


def begin_session(user: User, token: str) -> None:
    """Sign this browser in with a session that was opened on the server; the one before ends."""
    end_session()
    session.permanent = True
    login_user(SignedIn(user, token))


def renew_session(user: User, token: str) -> None:
    """As begin_session, where somebody goes on: a shared computer stays one."""
    is_shared = bool(session.get(SHARED_COMPUTER))
    go_in(Entry(user, token), is_shared=is_shared)


def end_session() -> None:
    """Sign this browser out, on the server too."""
    if current_user.is_authenticated:
        with work() as uow:
            sign_out(uow, current_user.token)
    session.clear()


def device() -> str:
    """What this browser calls itself."""
    return request.headers.get("User-Agent", "")
