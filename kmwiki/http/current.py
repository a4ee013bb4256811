"""The site and the asker of this request."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app, g, request, session
from flask_login import LoginManager, UserMixin, current_user

from kmwiki.models import User
from kmwiki.permissions import ANONYMOUS, Actor
from kmwiki.services.accounts import second_factor
from kmwiki.services.accounts.accounts import actor_of
from kmwiki.services.accounts.sessions import user_of_session
from kmwiki.site import Site, UnitOfWork

SESSION_COOKIE = "kmwiki_session"
#: What the session says of a computer that others use, too.
SHARED_COMPUTER = "shared"


def current_site() -> Site:
    return cast(Site, current_app.extensions["kmwiki"])


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps of somebody who is signed in: the token of the session on the server.

    `needs_second_factor`: the site wants one of this account before it does anything else (web/gates.py).
    """

    def __init__(self, user: User, token: str, *, needs_second_factor: bool = False) -> None:
        self.user = user
        self.token = token
        self.needs_second_factor = needs_second_factor

    def get_id(self) -> str:
        return self.token


def load_signed_in(token: str) -> SignedIn | None:
    """Whose session this is, if it is still open on the server."""
    with current_site().work(ANONYMOUS) as uow:
        user = user_of_session(uow, token)
        is_missing = user is not None and second_factor.is_missing(uow, user)
    return SignedIn(user, token, needs_second_factor=is_missing) if user else None


def start_login_manager() -> LoginManager:
    manager = LoginManager()
    manager.user_loader(load_signed_in)
    manager.session_protection = None  # it would sign people out whose phone changes its address
    return manager


def browser_actor() -> Actor:
    """Who asks through a browser."""
    return actor_of(current_user.user) if current_user.is_authenticated else ANONYMOUS


def on_shared_computer() -> bool:
    """Whether somebody said so when this session began (web/sessions.py)."""
    return bool(session.get(SHARED_COMPUTER))


def account_key() -> str:
    """A name under which a browser files what it keeps of whoever is signed in; tells nothing of the account."""
    if not current_user.is_authenticated:
        return ""
    secret = current_site().config.secret_key.encode()
    return hmac.new(secret, f"browser of {current_user.user.id}".encode(), "sha256").hexdigest()[:24]


@contextmanager
def work(actor: Actor | None = None) -> Iterator[UnitOfWork]:
    """A unit of work in the name of who asks; a share link's holder is set in g.actor by its view."""
    asker = actor or g.get("actor") or browser_actor()
    with current_site().work(asker) as uow:
        yield uow


def client_address() -> str:
    """Where the request comes from; forwarded headers count only behind a configured proxy (ProxyFix)."""
    return request.remote_addr or "unknown"


def base_url() -> str:
    """The public address of the site, from the settings where it is set there, never from a forged Host."""
    configured = current_site().config.base_url
    return configured or request.host_url.rstrip("/")
