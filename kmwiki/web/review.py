"""/review: the moderators' desk: what waits and for how long, who looks at what, several decisions in one go."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.services.accounts import accounts
from kmwiki.services.pages.facet_labels import facet_label
from kmwiki.services.review import desk
from kmwiki.services.review.deciding_many import ManyVerb, decide_many, ticked_of
from kmwiki.services.review.desk_list import PER_PAGE, DeskView, look_at_desk, not_shown
from kmwiki.services.review.weighing import DESK_FACETS
from kmwiki.site import UnitOfWork
from kmwiki.web.desk_address import DESK, address, asked_of
from kmwiki.web.desk_values import desk_values
from kmwiki.web.entries import pager
from kmwiki.web.form_input import Form, first, posted, uuid_or_none
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.saving import Answer

blueprint = Blueprint("review", __name__)
blueprint.before_request(require_signed_in_to_post)


@blueprint.get("/review")
def review() -> str:
    """The desk, narrowed as the address says. Raises Unauthenticated, Forbidden."""
    return _desk_page()


def _desk_page(typed: Form | None = None, refused: Refused | None = None) -> str:
    """The desk, with what was ticked and typed and why nothing was done."""
    asked, page = asked_of(request.args), paging_of(request.args, PER_PAGE).page
    ticked = [str(found) for found in map(uuid_or_none, (typed or {}).get("ids", ())) if found]
    obstacles = _obstacles(refused)
    with work() as uow:
        view = look_at_desk(uow, asked, page)
        values = desk_values(uow, view, ticked, obstacles)
        elsewhere = _elsewhere(uow, view, obstacles)
    group = view.groups[asked.group] if asked.group else None
    return render_template(
        "review/desk.html",
        pager=pager(group.total, page, PER_PAGE) if group else None,
        refused=str(refused) if refused else None,
        problems=[p.message for p in refused.problems if p.field == ""] if refused else [],
        reason=first(typed, "reason") if typed else "",
        reason_errors=[p.message for p in refused.problems if p.field == "reason"] if refused else [],
        elsewhere=elsewhere,
        **values,
    )


def _obstacles(refused: Refused | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in refused.problems if refused else ():
        if problem.field == "ids" and problem.row:
            found.setdefault(problem.row, []).append(problem.message)
    return found


def _elsewhere(uow: UnitOfWork, view: DeskView, obstacles: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
    """Those that were ticked and do not stand on this page of the desk any more, and what is in their way."""
    return [
        {"title": item.head.title, "url": f"/changes/{item.change.id}", "obstacles": obstacles[str(item.change.id)]}
        for item in not_shown(uow, view, [UUID(change_id) for change_id in obstacles])
    ]


# ---- who looks at it


@blueprint.post("/review/<uuid:change_id>/take")
def take(change_id: UUID) -> Response:
    """Tell the others that one is looking at it."""
    return _hand(lambda uow: desk.take(uow, change_id), _("The others see that you are looking at it."))


@blueprint.post("/review/<uuid:change_id>/release")
def release(change_id: UUID) -> Response:
    return _hand(lambda uow: desk.release(uow, change_id), _("The others see that you are not looking at it."))


def _hand(do: Callable[[UnitOfWork], object], done: str) -> Response:
    """Do it and go back to where it was asked: the change (`back=change`), or the desk as it was narrowed."""
    try:
        with work() as uow:
            do(uow)
        flash(done, "done")
    except Conflict as conflict:
        flash(str(conflict), "warning")
    back = f"/changes/{(request.view_args or {})['change_id']}" if first(posted(), "back") == "change" else None
    return redirect(back or address(asked_of(request.args)), 303)


# ---- several at once


@blueprint.post("/review/many")
def many() -> Answer:
    """Publish or send back what is ticked, all or none. Raises NotFound where one is not the asker's to see."""
    form = posted()
    verb: ManyVerb = "publish" if first(form, "verb") == "publish" else "return"
    try:
        with work() as uow:
            number = len(decide_many(uow, verb, ticked_of(_ticked(form)), first(form, "reason")))
    except Refused as refused:
        return _desk_page(form, refused), refused.status
    except Conflict as conflict:
        return _desk_page(form, Refused(str(conflict))), conflict.status
    flash(_many_done(verb, number), "done")
    return redirect(address(asked_of(request.args)), 303)


def _ticked(form: Form) -> dict[UUID, UUID | None]:
    """The changes that are ticked, each with the version of it that was shown."""
    found = [uuid_or_none(text) for text in form.get("ids", ())]
    if any(change_id is None for change_id in found):
        raise NotFound()
    return {change_id: uuid_or_none(first(form, f"revision.{change_id}")) for change_id in found if change_id}


def _many_done(verb: ManyVerb, number: int) -> str:
    if verb == "publish":
        return ngettext("One change is published.", "{number} changes are published.", number).format(number=number)
    words = ngettext("One change was sent back.", "{number} changes were sent back.", number)
    return words.format(number=number)


# ---- what one takes


@blueprint.get("/review/settings")
def settings() -> str:
    """Which languages, countries and fields of work the asker takes."""
    with work() as uow:
        takes = desk.my_takes(uow)
        lists = _lists(uow, takes)
    return render_template("review/settings.html", lists=lists, errors={})


@blueprint.post("/review/settings")
def save_settings() -> Answer:
    form = posted()
    takes = {facet: list(form.get(facet, ())) for facet in DESK_FACETS}
    try:
        with work() as uow:
            desk.set_takes(uow, takes)
    except Refused as refused:
        with work() as uow:
            lists = _lists(uow, takes)
        errors = {problem.field: [problem.message] for problem in refused.problems}
        return render_template("review/settings.html", lists=lists, errors=errors), refused.status
    flash(_("The desk opens on what you take."), "done")
    return redirect(DESK, 303)


def _lists(uow: UnitOfWork, takes: desk.Takes) -> list[dict[str, object]]:
    return [
        {
            "name": facet,
            "label": facet_label(facet),
            "chosen": list(takes.get(facet, ())),
            "options": [
                {"code": code, "label": label}
                for label, code in sorted((vocabulary.label_of(code), code) for code in vocabulary.entries)
            ],
        }
        for facet in DESK_FACETS
        for vocabulary in [desk.vocabulary_of(uow.site, facet)]
    ]


# ---- accounts that wait


@blueprint.post("/review/accounts/<username>/approve")
def approve(username: str) -> Response:
    with work() as uow:
        user = accounts.approve(uow, username)
    flash(_("{name} is in.").format(name=user.name), "done")
    return redirect(DESK, 303)


@blueprint.post("/review/accounts/<username>/decline")
def decline_account(username: str) -> Response:
    with work() as uow:
        user = accounts.decline(uow, username)
    flash(_("The account of {name} is closed.").format(name=user.name), "done")
    return redirect(DESK, 303)
