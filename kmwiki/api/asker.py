"""Who asks through the API: the owner of a bearer token, as they are now, or nobody. Cookies are not looked at."""

from flask import g, request

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Forbidden, NotFound, Refused, Unauthenticated
from kmwiki.http.current import work
from kmwiki.http.languages import interface_language
from kmwiki.i18n import gettext as _
from kmwiki.i18n import set_language
from kmwiki.permissions import ANONYMOUS, Actor
from kmwiki.services.accounts import second_factor
from kmwiki.services.accounts.accounts import actor_of
from kmwiki.services.accounts.api_tokens import user_of_token


def meet_asker() -> None:
    """Before each request: language, asker. Raises Unauthenticated for a token that is not known (any more)."""
    set_language(interface_language({}, request.headers.get("Accept-Language", "")))
    g.actor = _asker(request.headers.get("Authorization"))
    _refuse_nul()


def _asker(authorization: str | None) -> Actor:
    if authorization is None:
        return ANONYMOUS
    scheme, _space, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(_("Send a token of yours: “Authorization: Bearer TOKEN”."))
    with work(ANONYMOUS) as uow:
        row = user_of_token(uow, token.strip())
        if second_factor.is_missing(uow, row.user):
            raise Forbidden(_("This site wants a second factor of you. Set it up in a browser first."))
        return actor_of(row.user, is_read_only=row.is_read_only, is_token=True)


def _refuse_nul() -> None:
    """No address and no query holds a NUL; PostgreSQL would not even look for it."""
    if "\0" in request.path:
        raise NotFound()
    for name, value in request.args.items(multi=True):
        if "\0" in name + value:
            message = _("This text holds characters that cannot be stored.")
            raise Refused(message, [Problem(field=name.replace("\0", ""), level=Level.DRAFT, message=message)])
