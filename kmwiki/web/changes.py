"""/changes/<id>: a change with its comparison, preview and conversation, and what its author does with it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request

from kmwiki.domain.workflow import State
from kmwiki.errors import Refused
from kmwiki.http.current import base_url, work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.services.changes import cooperation, lifecycle
from kmwiki.services.changes.together import submit_together
from kmwiki.services.pages import reading
from kmwiki.services.pages.finding import find_change
from kmwiki.services.review import small_edits
from kmwiki.site import UnitOfWork
from kmwiki.web.change_compare import Look
from kmwiki.web.change_page import act, change_page, typed_in
from kmwiki.web.change_values import change_url
from kmwiki.web.confirming import READ_BY, confirmations
from kmwiki.web.entries import pager
from kmwiki.web.form_input import Form, first, posted, uuid_or_none
from kmwiki.web.gates import require_signed_in, require_signed_in_to_post
from kmwiki.web.saving import Answer
from kmwiki.web.work_lists import change_entries
from kmwiki.web.working_copies import begun_entries

blueprint = Blueprint("changes", __name__)
blueprint.before_request(require_signed_in_to_post)

_STATES = frozenset(state.value for state in State)


# ---- looking


@blueprint.get("/changes")
def changes() -> str:
    """Changes that the asker may see, newest first; `state` and `mine` narrow the list."""
    require_signed_in()
    paging = paging_of(request.args)
    state = request.args.get("state")
    mine = request.args.get("mine") == "1"
    with work() as uow:
        total, found = reading.changes_of(
            uow, paging.page, paging.per_page, state=state if state in _STATES else None, mine=mine
        )
        entries = change_entries(uow, found)
        unsaved = begun_entries(uow) if mine and paging.page == 1 else []
    return render_template(
        "changes/list.html", changes=entries, mine=mine, begun=unsaved, pager=pager(total, paging.page, paging.per_page)
    )


@blueprint.get("/changes/<uuid:change_id>")
def change(change_id: UUID) -> str:
    """A change; `field` chooses what a new comment is about, the rest of the address how it is looked at."""
    chosen = request.args.get("field", "")
    return change_page(change_id, typed={"field": chosen} if chosen else None, look=Look.of(request.args))


# ---- the author's


@blueprint.post("/changes/<uuid:change_id>/submit")
def submit(change_id: UUID) -> Answer:
    """Send for review, with the others that are ticked; a small edit of somebody who is trusted goes live at once."""
    form = posted()
    live: list[object] = []

    def send(uow: UnitOfWork) -> None:
        is_request = bool(find_change(uow, change_id).request)
        given, level = {} if is_request else _acknowledged(form), first(form, "as") or None
        if others := [found for text in form.get("together", ()) if (found := uuid_or_none(text))]:
            submit_together(uow, [change_id, *others], level, given, dict.fromkeys(confirmations(), "yes"))
        else:
            live.append(small_edits.publish_if_small(uow, lifecycle.submit(uow, change_id, level, given)))

    answer = act(change_id, send, _("Sent for review. You will see here what comes of it."), "send", typed_in(form))
    if live and live[0] is not None:
        flash(_("Published at once: it is a small edit. A moderator looks at it later."), "info")
    return answer


def _acknowledged(form: Form) -> dict[str, str]:
    """Reasons for going on in spite of warnings, the ticks, and who else has read it. Raises Refused."""
    missing = [words for name, words in confirmations().items() if not first(form, f"confirmed.{name}")]
    if missing:
        raise Refused(_("Please confirm: {words}").format(words=" ".join(missing)))
    warned = [name for name in form if name.startswith("acknowledged.") and first(form, name).strip()]
    given = {name.removeprefix("acknowledged."): first(form, name) for name in warned}
    given |= dict.fromkeys(confirmations(), "yes")
    return given | ({READ_BY: first(form, "read_by")} if first(form, "read_by").strip() else {})


@blueprint.post("/changes/<uuid:change_id>/withdraw")
def withdraw(change_id: UUID) -> Answer:
    return act(change_id, lambda uow: lifecycle.withdraw(uow, change_id), _("Taken back: it is a draft again."))


@blueprint.post("/changes/<uuid:change_id>/discard")
def discard(change_id: UUID) -> Answer:
    done = _("Put away. You can bring it back for 30 days.")
    return act(change_id, lambda uow: lifecycle.discard(uow, change_id), done)


@blueprint.post("/changes/<uuid:change_id>/undiscard")
def undiscard(change_id: UUID) -> Answer:
    return act(change_id, lambda uow: lifecycle.undiscard(uow, change_id), _("It is back."))


@blueprint.post("/changes/<uuid:change_id>/reopen")
def reopen(change_id: UUID) -> Answer:
    return act(change_id, lambda uow: lifecycle.reopen(uow, change_id), _("It is a draft again."))


@blueprint.post("/changes/<uuid:change_id>/coauthors")
def coauthors(change_id: UUID) -> Answer:
    name = first(posted(), "username")
    return act(
        change_id, lambda uow: cooperation.invite_coauthor(uow, change_id, name), _("Invited."),
        "coauthor", {"coauthor": name},
    )  # fmt: skip


@blueprint.post("/changes/<uuid:change_id>/accept")
def accept(change_id: UUID) -> Answer:
    done = _("You write this together now.")
    return act(change_id, lambda uow: cooperation.accept_invitation(uow, change_id), done)


@blueprint.post("/changes/<uuid:change_id>/handover")
def handover(change_id: UUID) -> Answer:
    name = first(posted(), "username")
    return act(
        change_id, lambda uow: cooperation.hand_over(uow, change_id, name), _("Handed over."),
        "handover", {"handover": name},
    )  # fmt: skip


@blueprint.post("/changes/<uuid:change_id>/shares")
def shares(change_id: UUID) -> Answer:
    """A new share link: shown once, as only its hash is kept."""
    with work() as uow:
        _change, token = cooperation.share(uow, change_id)
    message = _("This link opens the draft for 30 days; it is shown only now: {url}")
    flash(message.format(url=f"{base_url()}/shared/{token}"), "info")
    return redirect(change_url(change_id), 303)


@blueprint.post("/changes/<uuid:change_id>/shares/<uuid:link_id>/end")
def end_share(change_id: UUID, link_id: UUID) -> Answer:
    return act(change_id, lambda uow: cooperation.end_share(uow, change_id, link_id), _("The link is ended."))
