"""/shared/<token>: one draft, read and commented on by whoever holds the link. Not for circulation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.errors import Refused
from kmwiki.http.current import browser_actor, work
from kmwiki.i18n import gettext as _
from kmwiki.models import Comment
from kmwiki.permissions import ANONYMOUS
from kmwiki.services import comments, cooperation
from kmwiki.services.attachments import change_file
from kmwiki.services.looking import look_at_change
from kmwiki.web.change_values import change_words, conversation_events
from kmwiki.web.files import asked_width, file_response
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer
from kmwiki.web.version import shown_version

blueprint = Blueprint("shared", __name__)


@blueprint.get("/shared/<token>")
def shared(token: str) -> str:
    """Raises NotFound for a link that is unknown, ended or past its time."""
    return _page(token, {}, {})


@blueprint.post("/shared/<token>")
def say(token: str) -> Answer:
    """A comment under the name that is given; somebody who is signed in comments under their own."""
    form = posted()
    typed = {"name": first(form, "name"), "comment": first(form, "comment")}
    change_id = _open(token)
    try:
        with work() as uow:
            comments.comment_on_change(uow, change_id, typed["comment"], name=typed["name"], link=token)
    except Refused as refused:
        errors = {"name" if p.field == "name" else "comment": [p.message] for p in refused.problems}
        return _page(token, errors, typed), refused.status
    flash(_("Thank you. Your comment stands below."), "done")
    return redirect(f"/shared/{token}", 303)


@blueprint.get("/shared/<token>/files/<name>")
def file(token: str, name: str) -> Response:
    change_id = _open(token)
    with work() as uow:
        return file_response(change_file(uow, change_id, name, asked_width()))


def _open(token: str) -> UUID:
    """The change that the token opens; from here on the asker is whoever holds it."""
    with work(ANONYMOUS) as uow:
        change_id = cooperation.shared_change(uow, token)
    g.actor = replace(browser_actor(), shared_change_id=change_id)
    return change_id


def _page(token: str, errors: Mapping[str, Sequence[str]], typed: Mapping[str, str]) -> str:
    change_id = _open(token)
    with work() as uow:
        view = look_at_change(uow, change_id, f"/shared/{token}/files/")
        said = [entry for entry in view.conversation if isinstance(entry, Comment)]
        values = {
            "change": change_words(uow, view),
            "version": shown_version(uow.site, view.version),
            "conversation": conversation_events(uow.site, said, view),
        }
    return render_template(
        "shared.html", action=f"/shared/{token}", errors=errors, typed=typed, named=browser_actor().name, **values
    )


@blueprint.after_request
def keep_private(response: AnyResponse) -> AnyResponse:
    """For nobody's cache and for no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
