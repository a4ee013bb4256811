"""Who has to be signed in, or to have a second factor, before a view is asked."""

from urllib.parse import quote

from flask import redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from kmwiki.errors import Forbidden, Unauthenticated
from kmwiki.http.current import browser_actor
from kmwiki.i18n import gettext as _

_SET_UP = "/account/second-factor"
#: What somebody may ask for who still has to set up a second factor. The API does not look at sessions.
_OPEN_WITHOUT = (_SET_UP, "/account/logout", "/language/", "/static/", "/healthz", "/readyz", "/api/")


def require_second_factor() -> Response | None:
    """Lead to its set-up whoever needs a second factor here and has none; what was posted is given back."""
    if request.path.startswith(_OPEN_WITHOUT) or not getattr(current_user, "needs_second_factor", False):
        return None
    if request.method in ("GET", "HEAD"):
        return redirect(f"{_SET_UP}?next={quote(request.full_path.rstrip('?'))}", 303)
    raise Forbidden(_("This site wants a second factor of you. Set it up under “Second factor”, then send this again."))


def require_signed_in() -> None:
    """Ask for a sign-in. What was posted is given back with it (http/errors.py), the same for every address."""
    if not browser_actor().is_signed_in:
        raise Unauthenticated(_("Sign in to do this."))


def require_signed_in_to_post() -> None:
    """The same for what changes something; looking at what is not one's own is answered as if it were not there."""
    if request.method not in ("GET", "HEAD"):
        require_signed_in()
