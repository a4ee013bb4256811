"""Tokens cannot be managed with a token: whoever finds one must not be able to make it last, or to make more.

So each of these calls is refused for every asker that the API can have: 401 without a token, 403 with one,
whatever it names. People manage tokens on their account pages, or with `kmwiki token add`.
"""

from flask import Response

from kmwiki.errors import Forbidden, Unauthenticated
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.permissions import may


def list_tokens() -> Response:
    raise _refusal()


def add_token() -> Response:
    raise _refusal()


def remove_token(id: str) -> Response:
    raise _refusal()


def _refusal() -> Forbidden | Unauthenticated:
    message = _("Tokens are managed on your account page, signed in, never with a token.")
    with work() as uow:
        # Should permissions.py ever let a token do this, these views have to be written first.
        assert not may(uow.actor, "token.manage")
        return Forbidden(message) if uow.actor.is_signed_in else Unauthenticated(message)
