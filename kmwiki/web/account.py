"""What the pages of one's account share: they are for nobody's cache, and ask who one is."""

from flask import Blueprint, Response

from kmwiki.errors import Unauthenticated
from kmwiki.http.current import client_address, work
from kmwiki.i18n import gettext as _
from kmwiki.models import Role, User
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.accounts import accounts
from kmwiki.services.accounts.sign_in import count_attempt
from kmwiki.services.pages import registers
from kmwiki.site import UnitOfWork

_SUGGESTED = 100


def account_blueprint(name: str) -> Blueprint:
    """A blueprint whose answers no cache keeps."""
    blueprint = Blueprint(name, __name__)
    blueprint.after_request(_keep_private)
    return blueprint


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def role_words(role: str) -> str:
    """What people call a role."""
    return {
        Role.READER: _("reads"),
        Role.CONTRIBUTOR: _("writes"),
        Role.MODERATOR: _("reviews and publishes"),
        Role.ADMIN: _("looks after the site"),
    }[Role(role)]


def own_account(uow: UnitOfWork) -> User:
    """The account of who asks. Raises Unauthenticated."""
    if not uow.actor.is_signed_in:
        raise Unauthenticated(_("Sign in to do this."))
    return accounts.user_by_id(uow, uow.actor.user_id)


def count_own_try() -> User:
    """Count a try at one's own password: a session that was left open is no way to guess it. Raises TooManyTries."""
    with work() as uow:
        user = own_account(uow)
    with work(ANONYMOUS) as uow:
        count_attempt(uow, client_address(), user.username)
    return user


def known_organisations() -> list[str]:
    """Names to be suggested."""
    with work() as uow:
        return [found.name for found in registers.organisations(uow, "", 1, _SUGGESTED)[1]]
