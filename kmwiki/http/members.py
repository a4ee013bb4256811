"""A members' site opens to members alone: one gate before every view, closed unless a table here says otherwise.

What is there and what is not answers alike. Services ask `page.read` as everywhere; this gate is in front of them, so
that no view, list or error can tell a stranger anything.
"""

from flask import Flask, Response, g, request

from kmwiki.errors import Unauthenticated
from kmwiki.http.current import browser_actor, current_site, on_shared_computer
from kmwiki.i18n import gettext as _
from kmwiki.models import UserState
from kmwiki.permissions import Actor, may, require

#: Open to everybody: a whole address, or with a slash at its end everything below it. The ways in, what a link that
#: somebody was given opens, what the law wants to be read, and what machines ask about the machine.
OPEN_TO_ALL = (
    "/static/", "/healthz", "/readyz", "/metrics", "/robots.txt", "/logo", "/language/",
    "/account/login", "/account/code", "/account/logout", "/account/kept", "/account/session",
    "/account/register", "/account/invited/", "/account/setup/", "/account/link/",
    "/account/forgotten", "/account/reset/", "/account/email/", "/account/mail/stop/",
    "/shared/", "/asked/",
    "/about/privacy", "/about/imprint", "/about/accessibility", "/about/house-rules",
)  # fmt: skip
#: Open, too, to whoever has an account that waits for approval: writing, and what concerns the account.
OPEN_TO_WAITING = (
    "/new/", "/changes", "/changes/", "/preview", "/account/",
    "/api/v1/changes", "/api/v1/changes/", "/api/v1/types", "/api/v1/types/",
    "/api/v1/vocabularies", "/api/v1/vocabularies/",
)  # fmt: skip


def keep_members_site(app: Flask) -> None:
    """Hang the gate on this app, before anything else looks at the request."""
    app.before_request(_ask_at_the_gate)
    app.after_request(_keep_out_of_shared_caches)


def _ask_at_the_gate() -> None:
    """Raises Unauthenticated, Forbidden. The API's askers are met by the API (api/asker.py), and asked there."""
    if _is_within(request.path, OPEN_TO_ALL):
        return
    site = current_site()
    site.take_settings()  # an administrator may have chosen otherwise a moment ago
    g.is_members_site = site.config.reading == "members"
    if not g.is_members_site:
        return
    if not request.path.startswith("/api/"):
        require_member(browser_actor())
    elif request.blueprint != "api" and "Authorization" not in request.headers:
        raise Unauthenticated(_("Sign in to do this."))


def require_member(asker: Actor) -> None:
    """Go on only if this site is for the asker. Raises Unauthenticated, Forbidden for an account that waits."""
    actor = current_site().with_rules(asker)
    if may(actor, "site.read"):
        return
    waits = actor.is_signed_in and actor.state is UserState.WAITING
    if not (waits and _is_within(request.path, OPEN_TO_WAITING)):
        require(actor, "site.read")


def _is_within(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def _keep_out_of_shared_caches(response: Response) -> Response:
    if g.get("is_members_site") and not on_shared_computer():
        given = response.headers.get("Cache-Control", "no-cache")
        if "no-store" not in given and "private" not in given:
            response.headers["Cache-Control"] = f"private, {given}"
    return response
