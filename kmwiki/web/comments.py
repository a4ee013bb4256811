"""What people say about pages (/pages/<slug>/discussion) and changes: saying it, answering, and what follows."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.errors import Conflict, Refused, TooManyTries
from kmwiki.http.current import work
from kmwiki.http.languages import direction
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.models import Comment, Page
from kmwiki.services.pages.finding import find_change, find_page
from kmwiki.services.talk import comments
from kmwiki.services.talk.comments import Thing
from kmwiki.services.talk.conversations import Thread, thread_of, threads_of_page
from kmwiki.site import UnitOfWork
from kmwiki.web.change_values import change_url
from kmwiki.web.changes import change_page
from kmwiki.web.comment_values import Talk, is_gone, refused_at, talk_values
from kmwiki.web.entries import pager
from kmwiki.web.form_input import Form, first, posted, uuid_or_none
from kmwiki.web.frame import moved_to
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.saving import Answer

blueprint = Blueprint("comments", __name__)
blueprint.before_request(require_signed_in_to_post)

THREADS_SHOWN = 20
Words = dict[str, str]
_REFUSALS = (Refused, Conflict, TooManyTries)


# ---- a page's


@blueprint.get("/pages/<slug>/discussion")
def discussion(slug: str) -> AnyResponse:
    """What is said about a page, for everybody who may read it; `field` chooses what a new comment is about."""
    return _discussion(slug, {"field": request.args.get("field", "")})


@blueprint.post("/pages/<slug>/discussion")
def say_about_page(slug: str) -> Answer:
    with work() as uow:
        page = find_page(uow, slug)
    return _say(page, lambda uow, *said: comments.comment_on_page(uow, slug, *said))


def _discussion(
    slug: str, typed: Words, errors: Mapping[str, Sequence[str]] | None = None, only: UUID | None = None
) -> AnyResponse:
    """The discussion of a page, or that thread of it alone in which something was refused."""
    paging = paging_of(request.args, THREADS_SHOWN)
    with work() as uow:
        page = find_page(uow, slug)
        total, threads = threads_of_page(uow, page, paging.page, paging.per_page)
        if only is not None:
            threads = [thread_of(uow, page, only)]
        values = _discussion_values(uow, page, threads, paging.page, errors or {}, typed)
    if page.slug != slug and request.method == "GET":
        return moved_to(str(page.slug))
    around = None if only is not None else pager(total, paging.page, paging.per_page)
    response = make_response(render_template("pages/discussion.html", pager=around, **values))
    if page.state == "binned":
        response.headers["Cache-Control"] = "no-store"
    return response


def _discussion_values(
    uow: UnitOfWork, page: Page, threads: Sequence[Thread], number: int,
    errors: Mapping[str, Sequence[str]], typed: Words,
) -> dict[str, object]:  # fmt: skip
    at = f"/pages/{page.slug}"
    fields = [field for field in uow.site.page_type(page.type).fields.values() if not field.hidden]
    talk = Talk(f"{at}/discussion", f"{at}#field-", number, errors=errors, typed=typed)
    return {
        "page": {"title": page.title, "url": at, "language": page.language, "direction": direction(page.language)},
        "talk": talk_values(uow, page, fields, threads, talk),
        "crumbs": [{"label": page.title, "url": at}, {"label": _("Discussion"), "url": None}],
    }


# ---- a change's


@blueprint.post("/changes/<uuid:change_id>/comments")
def say_about_change(change_id: UUID) -> Answer:
    with work() as uow:
        change = find_change(uow, change_id)
    return _say(change, lambda uow, *said: comments.comment_on_change(uow, change_id, *said))


# ---- both


def _say(thing: Thing, add: Callable[..., Comment]) -> Answer:
    """A new comment, or an answer; where it is refused, all that was typed stands where it was typed."""
    form = posted()
    text, field, answers = first(form, "comment"), first(form, "field"), uuid_or_none(first(form, "answers"))
    try:
        with work() as uow:
            said = add(uow, text, field, answers)
    except _REFUSALS as error:
        return _refused(thing, f"answer-{answers}" if answers else "comment", error, {"field": field}, text, answers)
    flash(_("Your comment stands below."), "done")
    return redirect(_place(thing, form, said.id), 303)


@blueprint.post("/comments/<uuid:comment_id>/edit")
def edit(comment_id: UUID) -> Answer:
    form, thing = posted(), _thing(comment_id)
    text = first(form, "comment")
    try:
        with work() as uow:
            comments.edit(uow, comment_id, text)
    except _REFUSALS as error:
        return _refused(thing, f"edit-{comment_id}", error, {}, text, comment_id)
    flash(_("Saved."), "done")
    return redirect(_place(thing, form, comment_id), 303)


@blueprint.post("/comments/<uuid:comment_id>/delete")
def delete(comment_id: UUID) -> Answer:
    form, thing = posted(), _thing(comment_id)
    with work() as uow:
        comments.delete(uow, comment_id, first(form, "reason"))
    flash(_("Deleted."), "done")
    return redirect(_place(thing, form), 303)


@blueprint.post("/comments/<uuid:comment_id>/resolve")
def resolve(comment_id: UUID) -> Answer:
    return _resolve(comment_id, True, _("Marked as settled."))


@blueprint.post("/comments/<uuid:comment_id>/unresolve")
def unresolve(comment_id: UUID) -> Answer:
    return _resolve(comment_id, False, _("The conversation is open again."))


def _resolve(comment_id: UUID, is_resolved: bool, done: str) -> Answer:
    thing = _thing(comment_id)
    with work() as uow:
        comments.resolve(uow, comment_id, is_resolved)
    flash(done, "done")
    return redirect(_place(thing, posted(), comment_id), 303)


def _thing(comment_id: UUID) -> Thing:
    """What a comment is about. Raises NotFound where the asker may not see it."""
    with work() as uow:
        return comments.find_comment(uow, comment_id, also_gone=True)[1]


def _place(thing: Thing, form: Form, comment_id: UUID | None = None) -> str:
    """Where it is read: the same page of the list that the form stood on."""
    anchor = f"comment-{comment_id}" if comment_id else "conversation"
    if not isinstance(thing, Page):
        return f"{change_url(thing.id)}#{anchor}"
    number = first(form, "page")
    page = f"?page={number}" if number.isascii() and number.isdigit() and number not in ("0", "1") else ""
    return f"/pages/{thing.slug}/discussion{page}#{anchor}"


def _refused(
    thing: Thing, place: str, error: Refused | Conflict | TooManyTries, beside: Words, text: str, only: UUID | None
) -> Answer:
    if is_gone(error):
        place, only = "comment", None
    errors, typed = refused_at(place, error), {**beside, place: text}
    if not isinstance(thing, Page):
        return change_page(thing.id, errors, typed), error.status
    response = _discussion(str(thing.slug), typed, errors, only)
    response.status_code = error.status
    return response
