"""The one door of every administration page: whoever lacks the right is refused before anything is looked up."""

from flask import Blueprint, Response

from kmwiki.http.current import browser_actor
from kmwiki.permissions import require


def admin_blueprint(subject: str, action: str) -> Blueprint:
    """A blueprint whose every address asks for this right, and whose answers no cache keeps.

    Somebody who is not signed in is sent to sign in, anybody else without the right is refused (403), whether what
    the address names is there or not. The services behind it ask again.
    """
    blueprint = Blueprint(f"admin_{subject}", __name__)
    blueprint.before_request(lambda: require(browser_actor(), action))
    blueprint.after_request(_for_no_cache)
    return blueprint


def _for_no_cache(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
