"""What moderators do with a change: publish it, send it back, not accept it; and look at small edits that are live."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.services.accounts import accounts
from kmwiki.services.changes.change_versions import version_of_change
from kmwiki.services.changes.lifecycle import REASON_LIMIT
from kmwiki.services.changes.saving import Saved
from kmwiki.services.pages.finding import find_change
from kmwiki.services.review import moderation, small_edits
from kmwiki.services.review.publishing import Outcome, publish
from kmwiki.services.review.reviewer_answers import Answers
from kmwiki.site import UnitOfWork
from kmwiki.web.change_compare import Look
from kmwiki.web.change_page import act, change_page, typed_in
from kmwiki.web.change_values import change_url
from kmwiki.web.form_input import Form, first, posted, uuid_or_none
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.request_words import words_of
from kmwiki.web.saving import Answer, messages_of

blueprint = Blueprint("deciding", __name__)
blueprint.before_request(require_signed_in_to_post)

_ANSWER = "review."


@blueprint.post("/changes/<uuid:change_id>/publish")
def publish_change(change_id: UUID) -> Answer:
    """Publish the very version that was shown, or do what the change asks.

    Where the page or the change has moved on, show what must be looked at first.
    """
    form = posted()
    revision = uuid_or_none(first(form, "revision"))
    if revision is None:
        raise Conflict(_("The form does not say which version was looked at. Look at the change again."))
    try:
        with work() as uow:
            outcome = publish(
                uow, change_id, revision, onto=uuid_or_none(first(form, "onto")), comment=_comment(form),
                slug=first(form, "slug").strip() or None, answers=answers_in(form),
            )  # fmt: skip
            if outcome.is_done and first(form, "approve_account") == "1":
                accounts.approve(uow, outcome.change.author.username)
    except Refused as refused:
        return change_page(change_id, _errors(refused), _typed(form)), 422
    except Conflict as conflict:
        look = _since(change_id, revision)
        return change_page(change_id, {"form": [str(conflict)]}, _typed(form), look), 409
    return after_publishing(outcome)


def after_publishing(outcome: Outcome) -> Response:
    """To what was decided and what can be told about it; or to what has to be looked at first."""
    at = change_url(outcome.change.id)
    if outcome.conflicts is not None:
        return redirect(f"{at}/combine", 303)
    if not outcome.is_done:
        message = _("The page was published anew meanwhile. Both were combined: look at the result, then publish it.")
        flash(message, "warning")
        return redirect(at, 303)
    asked = outcome.change.request
    flash(words_of(asked["verb"]).done if asked else _("Published. This is what readers see now."), "done")
    return redirect(f"{at}#told", 303)


def publish_saved(saved: Saved, seen: UUID) -> Response:
    """Publish what a moderator saved just now, and nothing else: where it cannot be, the correction stays saved.

    `seen` is the version that she corrected; where somebody else saved after it, both are looked at first.
    """
    change_id = saved.change.id
    at = redirect(change_url(change_id), 303)
    if seen not in (saved.revision.id, saved.revision.parent_id):
        flash(_("Your correction is saved. Somebody else had saved meanwhile: look at both, then publish."), "warning")
        return at
    try:
        with work() as uow:
            return after_publishing(publish(uow, change_id, saved.revision.id))
    except (Conflict, Refused, Forbidden) as error:
        message = _("Your correction is saved, but not published. {reason}")
        flash(message.format(reason=" ".join(messages_of(error))), "warning")
        return at


def _comment(form: Form) -> str:
    return first(form, "comment").strip()[:REASON_LIMIT]


def answers_in(form: Form) -> Answers:
    """What was answered to the questions for the reviewer: `review.<question>`, and `review.<question>.line`."""
    names = {name.removeprefix(_ANSWER).removesuffix(".line") for name in form if name.startswith(_ANSWER)}
    return {
        name: {"answer": first(form, _ANSWER + name), "line": first(form, f"{_ANSWER}{name}.line")} for name in names
    }


def _typed(form: Form) -> Mapping[str, str]:
    """What was typed, under the names by which the page shows it again."""
    return typed_in(form) | {"publish_comment": first(form, "comment"), "return": first(form, "reason")}


def _errors(refused: Refused, rest: str = "form") -> dict[str, list[str]]:
    """Each fault at its place; `rest` takes those that have none in the boxes."""
    errors: dict[str, list[str]] = {}
    for problem in refused.problems:
        has_place = problem.field == "slug" or problem.field.startswith(_ANSWER)
        errors.setdefault(problem.field if has_place else rest, []).append(problem.message)
    return errors or {rest: list(messages_of(refused))}


def _since(change_id: UUID, revision: UUID) -> Look:
    """What moved since a version was looked at, where there is such a version."""
    try:
        with work() as uow:
            seen = version_of_change(uow, change_id, revision)
            return Look(since=seen.id) if find_change(uow, change_id).head_id != seen.id else Look()
    except NotFound:
        return Look()


@blueprint.post("/changes/<uuid:change_id>/return")
def send_back(change_id: UUID) -> Answer:
    form = posted()
    done = _("Sent back to its author, with your reason.")
    return _decide(
        change_id, lambda uow: moderation.return_change(uow, change_id, first(form, "reason"), answers_in(form)),
        done, "return", _typed(form),
    )  # fmt: skip


@blueprint.post("/changes/<uuid:change_id>/reject")
def reject(change_id: UUID) -> Answer:
    reason = first(posted(), "reason")
    done = _("Not accepted. The author keeps the text and reads your reason.")
    typed = {"reject": reason}
    return _decide(change_id, lambda uow: moderation.reject(uow, change_id, reason), done, "reject", typed)


def _decide(
    change_id: UUID, action: Callable[[UnitOfWork], object], done: str, place: str, typed: Mapping[str, str]
) -> Answer:
    try:
        with work() as uow:
            action(uow)
    except Refused as refused:
        return change_page(change_id, _errors(refused, place), typed), refused.status
    except Conflict as conflict:
        return change_page(change_id, {"form": [str(conflict)]}, typed), conflict.status
    flash(done, "done")
    return redirect(f"{change_url(change_id)}#told", 303)


@blueprint.post("/changes/<uuid:change_id>/looked")
def looked(change_id: UUID) -> Answer:
    return act(change_id, lambda uow: small_edits.looked_at(uow, change_id), _("Looked at."))


@blueprint.post("/changes/<uuid:change_id>/take-back")
def take_back(change_id: UUID) -> Answer:
    done = _("Taken back: readers see the version before it again.")
    return act(change_id, lambda uow: small_edits.take_back(uow, change_id), done)
