"""Who has to be signed in before a view is asked, and which addresses somebody may be sent on to."""

from flask import request

from kmwiki.errors import Unauthenticated
from kmwiki.http.current import browser_actor
from kmwiki.i18n import gettext as _


def require_signed_in() -> None:
    """Ask for a sign-in. What was posted is given back with it (http/errors.py), the same for every address."""
    if not browser_actor().is_signed_in:
        raise Unauthenticated(_("Sign in to do this."))


def require_signed_in_to_post() -> None:
    """The same for what changes something; looking at what is not one's own is answered as if it were not there."""
    if request.method not in ("GET", "HEAD"):
        require_signed_in()
