"""What follows a save: where to go on, and what has to be said."""

from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

from flask import flash, redirect
from werkzeug.wrappers import Response

from kmwiki.domain.page_type import PageType
from kmwiki.errors import KmwikiError, Refused
from kmwiki.i18n import gettext as _
from kmwiki.services.changes.saving import Saved
from kmwiki.web.conflict import conflict_page
from kmwiki.web.form_input import Form, first
from kmwiki.web.form_values import FormState, edit_url

#: What a view gives back: a page, a page with its status, or the way on.
Answer: TypeAlias = Response | tuple[str, int] | str


def after_saving(change_id: UUID, form: Form, saved: Saved | None, page_type: PageType) -> Answer:
    """Back to the form, or on to the change where somebody wants to look at it; a real clash is shown first."""
    if saved is not None and saved.conflict is not None:
        return conflict_page(change_id, saved.revision.id), 409
    flash(_("Saved."), "done")
    if saved is not None and saved.combined:
        names = ", ".join(_name(page_type, part) for part in saved.combined)
        message = _("Somebody else had saved meanwhile. Both are kept; look at what they changed: {names}.")
        flash(message.format(names=names), "info")
    ways = {"next": f"/changes/{change_id}", "files": f"/changes/{change_id}/files"}
    return redirect(ways.get(first(form, "do"), edit_url(change_id)), 303)


def refused_state(form: Form, refused: Refused) -> FormState:
    """The form with all that was typed and the problems at their questions."""
    return FormState(typed=form, problems=refused.problems, message=str(refused))


def messages_of(error: KmwikiError) -> Sequence[str]:
    """What is wrong, each fault in a sentence of its own."""
    problems = error.problems if isinstance(error, Refused) else ()
    return [problem.message for problem in problems] or [str(error)]


def errors_by_field(error: KmwikiError) -> dict[str, list[str]]:
    """Messages by the name of the input they are about; "form" for all of it."""
    if not isinstance(error, Refused) or not error.problems:
        return {"form": [str(error)]}
    messages: dict[str, list[str]] = {}
    for problem in error.problems:
        messages.setdefault(problem.field, []).append(problem.message)
    return messages


def _name(page_type: PageType, part: str) -> str:
    field = page_type.fields.get(part)
    return _("“{label}”").format(label=field.label) if field else part
