"""/shared/<token>: one draft, read and commented on by whoever holds the link. Not for circulation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.errors import Conflict, Forbidden, Refused, TooManyTries
from kmwiki.http.current import browser_actor, work
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.changes import cooperation
from kmwiki.services.changes.looking import look_at_change
from kmwiki.services.files.attachments import change_file
from kmwiki.services.review import opinions
from kmwiki.services.talk import comments
from kmwiki.web.change_values import change_words, talk_of
from kmwiki.web.comment_values import Talk, is_gone, refused_at
from kmwiki.web.files import asked_width, file_response
from kmwiki.web.form_input import first, posted, uuid_or_none
from kmwiki.web.opinion_values import asked_values
from kmwiki.web.saving import Answer, messages_of
from kmwiki.web.version import shown_version

blueprint = Blueprint("shared", __name__)


@blueprint.get("/shared/<token>")
def shared(token: str) -> str:
    """A draft; `field` chooses what a comment is about. Raises NotFound for a link that is unknown or ended."""
    return _page(token, {}, {"field": request.args.get("field", "")})


@blueprint.post("/shared/<token>")
def say(token: str) -> Answer:
    """A comment under the name that is given; somebody who is signed in comments under their own."""
    form = posted()
    text, field, answers = first(form, "comment"), first(form, "field"), uuid_or_none(first(form, "answers"))
    place, name = f"answer-{answers}" if answers else "comment", first(form, "name")
    change_id = _open(token)
    try:
        with work() as uow:
            said = comments.comment_on_change(uow, change_id, text, field, answers, name=name, link=token)
    except (Refused, Conflict, TooManyTries) as error:
        place = "comment" if is_gone(error) else place
        return _page(token, refused_at(place, error), {"name": name, "field": field, place: text}), error.status
    flash(_("Thank you. Your comment stands below."), "done")
    return redirect(f"/shared/{token}#comment-{said.id}", 303)


@blueprint.post("/shared/<token>/opinion")
def answer(token: str) -> Answer:
    """What somebody without an account was asked by a moderator, who made this link for them."""
    said = first(posted(), "opinion")
    change_id = _open(token)
    try:
        with work() as uow:
            opinions.answer(uow, change_id, said, token)
    except (Refused, Conflict, Forbidden) as error:
        return _page(token, {"opinion": messages_of(error)}, {"opinion": said}), error.status
    flash(_("Thank you. You can change it until the decision."), "done")
    return redirect(f"/shared/{token}#opinion", 303)


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
        view = look_at_change(uow, change_id, f"/shared/{token}/files/", token)
        at = f"/shared/{token}"
        values = {
            "change": change_words(uow, view),
            "version": shown_version(uow.site, view.version),
            "talk": talk_of(uow, view, Talk(at, "#field-", is_shared=True, errors=errors, typed=typed)),
            "talk_at": {"url": at, "language": current_language()},
            "asked": asked_values(uow, view, typed),
            "action": f"{at}/opinion",
            "errors": errors,
        }
    return render_template("shared.html", **values)


@blueprint.after_request
def keep_private(response: AnyResponse) -> AnyResponse:
    """For nobody's cache and for no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
