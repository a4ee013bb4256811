"""/changes/<id>: a change with its preview, comparison and conversation, and everything that is done with it."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request

from kmwiki.domain.workflow import State
from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import base_url, work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.models import Role
from kmwiki.services import accounts, cooperation, lifecycle, moderation, reading, small_edits
from kmwiki.services.finding import find_change
from kmwiki.services.looking import ChangeView, look_at_change
from kmwiki.services.publishing import publish
from kmwiki.services.together import submit_together
from kmwiki.site import UnitOfWork
from kmwiki.web.change_values import change_url, change_values
from kmwiki.web.entries import pager
from kmwiki.web.form_input import Form, first, posted, uuid_or_none
from kmwiki.web.gates import require_signed_in, require_signed_in_to_post
from kmwiki.web.offers import similar_to_change
from kmwiki.web.reasons import READ_BY, confirmations
from kmwiki.web.request_words import words_of
from kmwiki.web.saving import Answer, messages_of
from kmwiki.web.set_aside import set_aside_entries
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
    """A change; `field` chooses what a new comment is about."""
    chosen = request.args.get("field", "")
    return change_page(change_id, typed={"field": chosen} if chosen else None)


def change_page(
    change_id: UUID, errors: Mapping[str, Sequence[str]] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    """The page of a change, with what was refused and typed."""
    with work() as uow:
        view = look_at_change(uow, change_id, f"{change_url(change_id)}/files/")
        values = change_values(uow, view, errors or {}, typed or {})
        aside = set_aside_entries(uow, view.change)
        similar = _similar(uow, view)
    return render_template("changes/change.html", aside=aside, similar=similar, **values)


def _similar(uow: UnitOfWork, view: ChangeView) -> list[dict[str, str]]:
    """What a new page may be the same as: for those who decide about it."""
    change = view.change
    if change.page.state != "new" or change.state != "submitted" or not uow.actor.has_role(Role.MODERATOR):
        return []
    return similar_to_change(uow, change.id, str(view.content.fields.get("title", "")), view.content.language)


def _act(
    change_id: UUID,
    action: Callable[[UnitOfWork], object],
    done: str,
    errors_at: str = "form",
    typed: Mapping[str, str] | None = None,
) -> Answer:
    """Do it and go back to the change; where it is refused, the change is shown with what was typed."""
    try:
        with work() as uow:
            action(uow)
    except Refused as refused:
        messages = _send_messages(refused) if errors_at == "send" else messages_of(refused)
        return change_page(change_id, {errors_at: messages}, typed), refused.status
    except Conflict as conflict:
        return change_page(change_id, {"form": [str(conflict)]}, typed), conflict.status
    flash(done, "done")
    return redirect(change_url(change_id), 303)


def _send_messages(refused: Refused) -> list[str]:
    """Why it is not sent; what it lacks itself is listed above, what others lack that were to go with it, here."""
    of_others = [problem.message for problem in refused.problems if problem.field == "together"]
    return list(dict.fromkeys([str(refused), *of_others]))


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

    answer = _act(change_id, send, _("Sent for review. You will see here what comes of it."), "send", _typed(form))
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
    return _act(change_id, lambda uow: lifecycle.withdraw(uow, change_id), _("Taken back: it is a draft again."))


@blueprint.post("/changes/<uuid:change_id>/discard")
def discard(change_id: UUID) -> Answer:
    done = _("Put away. You can bring it back for 30 days.")
    return _act(change_id, lambda uow: lifecycle.discard(uow, change_id), done)


@blueprint.post("/changes/<uuid:change_id>/undiscard")
def undiscard(change_id: UUID) -> Answer:
    return _act(change_id, lambda uow: lifecycle.undiscard(uow, change_id), _("It is back."))


@blueprint.post("/changes/<uuid:change_id>/reopen")
def reopen(change_id: UUID) -> Answer:
    return _act(change_id, lambda uow: lifecycle.reopen(uow, change_id), _("It is a draft again."))


@blueprint.post("/changes/<uuid:change_id>/coauthors")
def coauthors(change_id: UUID) -> Answer:
    name = first(posted(), "username")
    return _act(
        change_id, lambda uow: cooperation.invite_coauthor(uow, change_id, name), _("Invited."),
        "coauthor", {"coauthor": name},
    )  # fmt: skip


@blueprint.post("/changes/<uuid:change_id>/accept")
def accept(change_id: UUID) -> Answer:
    done = _("You write this together now.")
    return _act(change_id, lambda uow: cooperation.accept_invitation(uow, change_id), done)


@blueprint.post("/changes/<uuid:change_id>/handover")
def handover(change_id: UUID) -> Answer:
    name = first(posted(), "username")
    return _act(
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
    return _act(change_id, lambda uow: cooperation.end_share(uow, change_id, link_id), _("The link is ended."))


# ---- the moderators'


@blueprint.post("/changes/<uuid:change_id>/publish")
def publish_change(change_id: UUID) -> Answer:
    """Publish the very version that was shown, or do what the change asks.

    Where the page has moved on, show what must be looked at first.
    """
    form = posted()
    typed = _typed(form) | {"publish_comment": first(form, "comment")}
    revision, onto = uuid_or_none(first(form, "revision")), uuid_or_none(first(form, "onto"))
    if revision is None:
        raise Conflict(_("The form does not say which version was looked at. Look at the change again."))
    slug = first(form, "slug").strip() or None
    try:
        with work() as uow:
            said = _review_words(uow, change_id, form)
            outcome = publish(uow, change_id, revision, onto=onto, comment=said, slug=slug)
            if outcome.is_done and first(form, "approve_account") == "1":
                accounts.approve(uow, outcome.change.author.username)
    except Refused as refused:
        at_slug = any(problem.field == "slug" for problem in refused.problems)
        return change_page(change_id, {"slug" if at_slug else "form": messages_of(refused)}, typed), 422
    except Conflict as conflict:
        return change_page(change_id, {"form": [str(conflict)]}, typed), 409
    if outcome.conflicts is not None:
        return redirect(f"{change_url(change_id)}/combine", 303)
    if not outcome.is_done:
        message = _("The page was published anew meanwhile. Both were combined: look at the result, then publish it.")
        flash(message, "warning")
        return redirect(change_url(change_id), 303)
    asked = outcome.change.request
    flash(words_of(asked["verb"]).done if asked else _("Published. This is what readers see now."), "done")
    return redirect(f"/pages/{outcome.change.page.slug}", 303)


def _review_words(uow: UnitOfWork, change_id: UUID, form: Form) -> str:
    """The word to the author, and the answers to the questions for the reviewer below it."""
    page_type = uow.site.page_type(find_change(uow, change_id).page.type)
    answers = {"yes": _("yes"), "not-yet": _("not yet"), "cannot-tell": _("cannot tell")}
    given = [
        f"{question.label} {answers[first(form, f'review.{question.id}')]}"
        for question in page_type.reviewer_questions
        if first(form, f"review.{question.id}") in answers
    ]
    return "\n".join([*filter(None, [first(form, "comment").strip()[: lifecycle.REASON_LIMIT]]), *given])


@blueprint.post("/changes/<uuid:change_id>/return")
def send_back(change_id: UUID) -> Answer:
    reason = first(posted(), "reason")
    return _act(
        change_id, lambda uow: moderation.return_change(uow, change_id, reason),
        _("Sent back to its author, with your reason."), "return", {"return": reason},
    )  # fmt: skip


@blueprint.post("/changes/<uuid:change_id>/reject")
def reject(change_id: UUID) -> Answer:
    reason = first(posted(), "reason")
    return _act(
        change_id, lambda uow: moderation.reject(uow, change_id, reason),
        _("Not accepted. The author keeps the text and reads your reason."), "reject", {"reject": reason},
    )  # fmt: skip


@blueprint.post("/changes/<uuid:change_id>/looked")
def looked(change_id: UUID) -> Answer:
    return _act(change_id, lambda uow: small_edits.looked_at(uow, change_id), _("Looked at."))


@blueprint.post("/changes/<uuid:change_id>/take-back")
def take_back(change_id: UUID) -> Answer:
    done = _("Taken back: readers see the version before it again.")
    return _act(change_id, lambda uow: small_edits.take_back(uow, change_id), done)


def _typed(form: Form) -> dict[str, str]:
    return {name: first(form, name) for name in form} | {"together": " ".join(form.get("together", ()))}
