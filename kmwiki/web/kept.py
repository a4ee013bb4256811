"""Signing in without losing what was typed: the form is carried along, and one click sends it again."""

from flask import Blueprint, Response, render_template, request

from kmwiki.errors import Refused, TooManyTries, Unauthenticated
from kmwiki.http.kept import SIGN_IN_AND_KEEP, carried_form, kept_page
from kmwiki.i18n import gettext as _
from kmwiki.services.accounts.sign_in import Entry
from kmwiki.web.sessions import is_at_second_step, sign_in_here, take_code_here

blueprint = Blueprint("kept", __name__)


@blueprint.post(SIGN_IN_AND_KEEP)
def sign_in_and_keep() -> Response | str:
    """Sign in, and give the form back ready to be sent; a wrong password or code gives the same page again."""
    username = request.form.get("username", "")
    try:
        if "code" in request.form:
            take_code_here(request.form["code"])
        elif _enter(username).wants_code:
            return kept_page(_not_lost(), 401, wants_code=True)
    except (Unauthenticated, Refused, TooManyTries) as error:
        at_code = "code" in request.form and is_at_second_step() and not isinstance(error, Unauthenticated)
        return kept_page(_not_lost(), error.status, username=username, error=str(error), wants_code=at_code)
    form = carried_form()
    return render_template(
        "errors/kept.html",
        message=_("You are signed in again. Nothing is saved yet: one click does it."),
        kept=form.texts,
        retry={"url": form.url, "values": form.values} if form.can_be_sent else None,
        sign_in=None,
    )


def _enter(username: str) -> Entry:
    return sign_in_here(username, request.form.get("password", ""), is_shared="shared" in request.form)


def _not_lost() -> str:
    return _("Your text is below, nothing is lost. Sign in, and it can be saved.")
