"""The page of a change, drawn for whoever may see it, also with what was refused and what was typed."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import flash, redirect, render_template

from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import work
from kmwiki.models import Role
from kmwiki.services.changes.looking import ChangeView, look_at_change
from kmwiki.site import UnitOfWork
from kmwiki.web.change_compare import Look
from kmwiki.web.change_values import change_url, change_values
from kmwiki.web.form_input import Form, first
from kmwiki.web.offers import similar_to_change
from kmwiki.web.saving import Answer, messages_of
from kmwiki.web.set_aside import set_aside_entries


def change_page(
    change_id: UUID,
    errors: Mapping[str, Sequence[str]] | None = None,
    typed: Mapping[str, str] | None = None,
    look: Look | None = None,
) -> str:
    """The page of a change, with what was refused and typed. Raises NotFound."""
    with work() as uow:
        view = look_at_change(uow, change_id, f"{change_url(change_id)}/files/")
        values = change_values(uow, view, errors or {}, typed or {}, look or Look())
        aside = set_aside_entries(uow, view.change)
        similar = _similar(uow, view)
    return render_template("changes/change.html", aside=aside, similar=similar, **values)


def _similar(uow: UnitOfWork, view: ChangeView) -> list[dict[str, str]]:
    """What a new page may be the same as: for those who decide about it."""
    change = view.change
    if change.page.state != "new" or change.state != "submitted" or not uow.actor.has_role(Role.MODERATOR):
        return []
    return similar_to_change(uow, change.id, str(view.content.fields.get("title", "")), view.content.language)


def act(
    change_id: UUID,
    action: Callable[[UnitOfWork], object],
    done: str,
    errors_at: str = "form",
    typed: Mapping[str, str] | None = None,
    at: str = "",
) -> Answer:
    """Do it and go back to the change, to the place `at`; where it is refused, it is shown with what was typed."""
    try:
        with work() as uow:
            action(uow)
    except Refused as refused:
        messages = _send_messages(refused) if errors_at == "send" else messages_of(refused)
        return change_page(change_id, {errors_at: messages}, typed), refused.status
    except Conflict as conflict:
        return change_page(change_id, {"form": [str(conflict)]}, typed), conflict.status
    flash(done, "done")
    return redirect(change_url(change_id) + at, 303)


def _send_messages(refused: Refused) -> list[str]:
    """Why it is not sent; what it lacks itself is listed above, what others lack that were to go with it, here."""
    of_others = [problem.message for problem in refused.problems if problem.field == "together"]
    return list(dict.fromkeys([str(refused), *of_others]))


def typed_in(form: Form) -> dict[str, str]:
    """What was typed into a form of this page, to be shown again."""
    return {name: first(form, name) for name in form} | {"together": " ".join(form.get("together", ()))}
