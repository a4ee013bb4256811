"""/enquiries/<id>: a question and its answers, for both sides and moderators; /account/questions: one's own."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request

from kmwiki.errors import Conflict, Refused, TooManyTries
from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.models import EnquiryMessage
from kmwiki.render.dates import day_of, moment_in_words
from kmwiki.services.talk import enquiries
from kmwiki.services.talk.enquiry_lists import Conversation, Listed, asked_by_me, asked_of_me, conversation
from kmwiki.site import UnitOfWork
from kmwiki.web.entries import pager
from kmwiki.web.form_input import first, posted
from kmwiki.web.gates import require_signed_in, require_signed_in_to_post
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.version import page_link

blueprint = Blueprint("enquiries", __name__)
blueprint.before_request(require_signed_in_to_post)

_PER_PAGE = 30


@blueprint.get("/enquiries/<uuid:enquiry_id>")
def enquiry(enquiry_id: UUID) -> str:
    """Raises NotFound for everybody whom it does not concern."""
    return _page(enquiry_id, {}, {})


@blueprint.post("/enquiries/<uuid:enquiry_id>")
def write(enquiry_id: UUID) -> Answer:
    text = first(posted(), "text")
    return _act(enquiry_id, lambda uow: enquiries.write(uow, enquiry_id, text), _("Sent."), {"text": text})


@blueprint.post("/enquiries/<uuid:enquiry_id>/close")
def close(enquiry_id: UUID) -> Answer:
    return _act(enquiry_id, lambda uow: enquiries.close(uow, enquiry_id), _("Closed."))


@blueprint.post("/enquiries/<uuid:enquiry_id>/accept")
def accept(enquiry_id: UUID) -> Answer:
    """Pass on what was held."""
    return _act(enquiry_id, lambda uow: enquiries.accept(uow, enquiry_id), _("Passed on."))


@blueprint.post("/enquiries/<uuid:enquiry_id>/decline")
def decline(enquiry_id: UUID) -> Answer:
    """Do not pass on what was held."""
    return _act(enquiry_id, lambda uow: enquiries.decline(uow, enquiry_id), _("Not passed on."))


def _act(
    enquiry_id: UUID, do: Callable[[UnitOfWork], object], done: str, typed: Mapping[str, str] | None = None
) -> Answer:
    try:
        with work() as uow:
            do(uow)
    except (Refused, Conflict, TooManyTries) as error:
        return _page(enquiry_id, typed or {}, errors_by_field(error)), error.status
    flash(done, "done")
    return redirect(f"/enquiries/{enquiry_id}", 303)


def _page(enquiry_id: UUID, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> str:
    with work() as uow:
        view = conversation(uow, enquiries.find_enquiry(uow, enquiry_id))
        values = conversation_values(uow, view, f"/enquiries/{enquiry_id}")
    return render_template("enquiries/enquiry.html", link=None, mailed=False, typed=typed, errors=errors, **values)


def conversation_values(uow: UnitOfWork, view: Conversation, at: str) -> dict[str, object]:
    """What enquiries/enquiry.html says of a conversation."""
    return {
        "at": at,
        "page": page_link(uow.site, view.page),
        "state_line": _state_line(view),
        "messages": [_message(uow, view, message) for message in view.messages],
        "is_open": view.is_open,
        "by_sender": view.by_sender,
        "may_decide": view.may_decide,
        "limit": enquiries.MESSAGE_LIMIT,
    }


def _state_line(view: Conversation) -> str:
    if view.enquiry.state == enquiries.OPEN:
        return _("Neither side sees the other's address. Moderators of this site can read along.")
    return {
        enquiries.HELD: _("A moderator looks at this before it is passed on."),
        enquiries.CLOSED: _("This conversation is closed. To go on, ask anew from the page."),
        enquiries.REFUSED: _("A moderator did not pass this on."),
    }[view.enquiry.state]


def _message(uow: UnitOfWork, view: Conversation, message: EnquiryMessage) -> dict[str, object]:
    words = _("{name} answered") if message.is_answer else _("{name} asked")
    return {
        "title": words.format(name=message.author_name),
        "url": None,
        "when": moment_in_words(message.at, uow.site.config.timezone),
        "iso": message.at.isoformat(),
        "who": [], "text": message.text, "now": False, "status": None, "links": [],
    }  # fmt: skip


@blueprint.get("/account/questions")
def questions() -> str:
    """Questions that were put to whoever is signed in, and those that they asked."""
    require_signed_in()
    page = paging_of(request.args, _PER_PAGE).page
    with work() as uow:
        total, to_me = asked_of_me(uow, page, _PER_PAGE)
        own_total, own = asked_by_me(uow, page, _PER_PAGE)
        values = {"to_me": _entries(uow, to_me), "own": _entries(uow, own)}
    return render_template("enquiries/list.html", pager=pager(max(total, own_total), page, _PER_PAGE), **values)


def _entries(uow: UnitOfWork, listed: Sequence[Listed]) -> list[dict[str, object]]:
    return [
        {
            "url": f"/enquiries/{item.enquiry.id}",
            "title": item.page.title,
            "language": item.page.language,
            "name": item.enquiry.sender_name,
            "when": day_of(item.enquiry.created_at, uow.site.config.timezone),
            "state": _state_words(item),
        }
        for item in listed
    ]


def _state_words(item: Listed) -> str:
    if item.enquiry.state == enquiries.OPEN:
        return _("answered") if item.is_answered else _("waits for an answer")
    return {
        enquiries.HELD: _("a moderator looks at it first"),
        enquiries.CLOSED: _("closed"),
        enquiries.REFUSED: _("not passed on"),
    }[item.enquiry.state]


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Conversations are for nobody's cache."""
    response.headers["Cache-Control"] = "no-store"
    return response
