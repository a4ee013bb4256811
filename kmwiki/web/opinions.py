"""Asking somebody who knows about a change, and answering (a link's holder answers on /shared/<token>)."""

from uuid import UUID

from flask import Blueprint, flash, redirect

from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import base_url, work
from kmwiki.i18n import gettext as _
from kmwiki.services.review import opinions
from kmwiki.web.change_page import act, change_page
from kmwiki.web.change_values import change_url
from kmwiki.web.form_input import first, posted
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.saving import Answer

blueprint = Blueprint("opinions", __name__)
blueprint.before_request(require_signed_in_to_post)

_PLACE = "#opinions"


@blueprint.post("/changes/<uuid:change_id>/opinions")
def ask(change_id: UUID) -> Answer:
    """Ask an account, or make a link for somebody without one (`by` says which)."""
    form = posted()
    asked = {name: first(form, name) for name in ("who", "question", "by")}
    link: list[str] = []
    try:
        with work() as uow:
            if asked["by"] == "link":
                link.append(opinions.ask_by_link(uow, change_id, asked["who"], asked["question"])[1])
            else:
                opinions.ask(uow, change_id, asked["who"], asked["question"])
    except Refused as refused:
        places = {problem.field: [problem.message] for problem in refused.problems}
        errors = {f"ask_{'question' if field == 'question' else 'who'}": words for field, words in places.items()}
        return change_page(change_id, errors, {f"ask_{name}": words for name, words in asked.items()}), 422
    except Conflict as conflict:
        return change_page(change_id, {"form": [str(conflict)]}), conflict.status
    if link:
        message = _("Hand this link to {name}; it is shown only now: {url}")
        flash(message.format(name=asked["who"].strip(), url=f"{base_url()}/shared/{link[0]}"), "info")
    else:
        flash(_("Asked. The answer will stand here."), "done")
    return redirect(change_url(change_id) + _PLACE, 303)


@blueprint.post("/changes/<uuid:change_id>/opinions/<uuid:opinion_id>/take-back")
def take_back(change_id: UUID, opinion_id: UUID) -> Answer:
    done = _("Taken back. Whoever was asked does not see this any more.")
    return act(change_id, lambda uow: opinions.take_back(uow, change_id, opinion_id), done, at=_PLACE)


@blueprint.post("/changes/<uuid:change_id>/opinion")
def answer(change_id: UUID) -> Answer:
    said = first(posted(), "opinion")
    done = _("Thank you. You can change it until the decision.")
    return act(
        change_id, lambda uow: opinions.answer(uow, change_id, said), done, "opinion", {"opinion": said}, "#opinion"
    )
