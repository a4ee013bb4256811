"""Two texts that contradict each other: shown place by place, with four plain choices.

The same page for a save that met another one, and for a change that met a newer version of its page
(/changes/<id>/combine).
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from kmwiki.domain.conflict import Choice, Conflict, Given, Keep
from kmwiki.domain.kinds.rows import rows_of
from kmwiki.domain.merge import Merged
from kmwiki.domain.page_type import PageType
from kmwiki.domain.parts import Shape, parts_of
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound, Refused
from kmwiki.http.current import work
from kmwiki.http.languages import direction
from kmwiki.i18n import gettext as _
from kmwiki.models import Change
from kmwiki.services.changes.clashes import Choices, clash_with_head, settle_with_head, settled, takes_own_text
from kmwiki.services.pages.link_targets import Targets
from kmwiki.services.review.moderation import clash_with_page, settle_clash
from kmwiki.site import UnitOfWork
from kmwiki.web.clash_words import ClashWords
from kmwiki.web.form_input import Form, first, posted, seen_head, uuid_or_none
from kmwiki.web.gates import require_signed_in_to_post

blueprint = Blueprint("conflict", __name__)
blueprint.before_request(require_signed_in_to_post)

_OWN = "edit"


# ---- a save that met another one


def conflict_page(change_id: UUID, beside_id: UUID, form: Form | None = None, errors: Sequence[Problem] = ()) -> str:
    """Both texts of a save that met another one; what was typed is kept beside the change already."""
    with work() as uow:
        clash = clash_with_head(uow, change_id, beside_id)
        values = _values(uow, clash.change, clash.merged, form or {}, errors)
        values["result"] = _result(uow, clash.merged, form) if form and _is_look(form) and not errors else []
    return render_template(
        "changes/conflict.html",
        action=f"/changes/{change_id}/edit",
        hidden={"do": "settle", "resolves": str(beside_id)},
        in_form_url=f"/changes/{change_id}/edit?beside={beside_id}",
        at_publication=False,
        **values,
    )


def settle(change_id: UUID, form: Form) -> Response | tuple[str, int]:
    """Save the text that met a conflict, combined as chosen."""
    beside_id = uuid_or_none(first(form, "resolves"))
    if beside_id is None:
        raise NotFound()
    try:
        with work() as uow:
            clash = clash_with_head(uow, change_id, beside_id)
            choices = chosen(clash.merged, form)
            if _is_look(form):
                settled(uow, clash.merged, choices)
            else:
                settle_with_head(uow, change_id, beside_id, seen_head(form), choices)
    except Refused as refused:
        return conflict_page(change_id, beside_id, form, refused.problems), 422
    if _is_look(form):
        return conflict_page(change_id, beside_id, form), 200
    flash(_("Saved. Both texts are kept among the versions of this change."), "done")
    return redirect(f"/changes/{change_id}", 303)


# ---- a change that met a newer version of its page


@blueprint.get("/changes/<uuid:change_id>/combine")
def combine(change_id: UUID) -> str:
    """What the change and the page as it is published now contradict each other in."""
    return _combine_page(change_id, {}, ())


@blueprint.post("/changes/<uuid:change_id>/combine")
def store_combination(change_id: UUID) -> Response | tuple[str, int]:
    """Settle it: the combination becomes the change's newest version, to be looked at and published."""
    form = posted()
    try:
        with work() as uow:
            merged = clash_with_page(uow, change_id).merged
            choices = chosen(merged, form)
            if _is_look(form):
                settled(uow, merged, choices)
            else:
                settle_clash(uow, change_id, seen_head(form), choices)
    except Refused as refused:
        return _combine_page(change_id, form, refused.problems), 422
    if _is_look(form):
        return _combine_page(change_id, form, ()), 200
    flash(_("The two versions are combined. Look at the result before it is published."), "done")
    return redirect(f"/changes/{change_id}", 303)


def _combine_page(change_id: UUID, form: Form, errors: Sequence[Problem]) -> str:
    with work() as uow:
        clash = clash_with_page(uow, change_id)
        values = _values(uow, clash.change, clash.merged, form, errors)
        values["result"] = _result(uow, clash.merged, form) if _is_look(form) and not errors else []
    return render_template(
        "changes/conflict.html",
        action=f"/changes/{change_id}/combine",
        hidden={},
        in_form_url=None,
        at_publication=True,
        **values,
    )


# ---- both


def chosen(merged: Merged, form: Form) -> Choices:
    """What was chosen for each place. Raises Refused with a problem for each where nothing was."""
    problems: list[Problem] = []
    choices: dict[str, Choice | Sequence[Choice]] = {}
    for conflict in merged.conflicts:
        places = [_choice(conflict, number, form, problems) for number in range(max(1, len(conflict.places)))]
        choices[conflict.field] = places if conflict.places else places[0]
    if problems:
        raise Refused(problems[0].message, problems)
    return choices


def _choice(conflict: Conflict, number: int, form: Form, problems: list[Problem]) -> Choice:
    choice = first(form, f"keep.{conflict.field}.{number}")
    if choice == _OWN and _may_be_written(conflict):
        return Given(first(form, f"own.{conflict.field}.{number}"))
    if choice in ("mine", "theirs", "both"):
        return Keep(choice)
    message = _("Choose what to keep where the two versions contradict each other.")
    problems.append(Problem(conflict.field, Level.DRAFT, message, row=str(number)))
    return Keep.MINE


def _is_look(form: Form) -> bool:
    """Whether the result is to be looked at first."""
    return bool(first(form, "look"))


def _result(uow: UnitOfWork, merged: Merged, form: Form) -> list[Mapping[str, str]]:
    """What each part would say after the choices. Raises Refused where that cannot be stored."""
    content = settled(uow, merged, chosen(merged, form))
    page_type = uow.site.page_type(content.type, content.edition)
    words = ClashWords(uow.site, page_type, content, Targets.of(uow, _pages_in(merged)))
    parts = parts_of(content)
    return [{"label": words.label(c.field), "text": words.of(c, parts.get(c.field))} for c in merged.conflicts]


def _may_be_written(conflict: Conflict) -> bool:
    return conflict.shape in (Shape.LINES, Shape.TEXT)


def _values(
    uow: UnitOfWork, change: Change, merged: Merged, form: Form, errors: Sequence[Problem]
) -> dict[str, object]:
    content = merged.content
    page_type = uow.site.page_type(content.type, content.edition)
    words = ClashWords(uow.site, page_type, content, Targets.of(uow, _pages_in(merged)))
    return {
        "change": {"id": change.id, "url": f"/changes/{change.id}", "title": content.fields.get("title") or ""},
        "head": str(change.head_id),
        "writing_language": content.language,
        "direction_of_text": direction(content.language),
        "parts": [_part(page_type, conflict, words, form) for conflict in merged.conflicts],
        "taken_in": [words.label(name) for name in (*merged.from_theirs, *_combined(merged))],
        "errors": [{"message": p.message, "anchor": f"part-{p.field}", "where": words.label(p.field)} for p in errors],
    }


def _pages_in(merged: Merged) -> set[UUID]:
    """The pages that links on any side lead to."""
    sides = [value for c in merged.conflicts for value in (c.base, c.mine, c.theirs)]
    named = [link.get("page") for value in sides for link in rows_of(value)] + [v for v in sides if isinstance(v, str)]
    return {found for name in named if name and (found := uuid_or_none(str(name)[:40]))}


def _combined(merged: Merged) -> list[str]:
    clashing = {conflict.field for conflict in merged.conflicts}
    return [name for name in merged.both_changed if name not in clashing]


def _part(page_type: PageType, conflict: Conflict, words: ClashWords, form: Form) -> Mapping[str, object]:
    sides: list[tuple[object, object, object]] = [(place.base, place.mine, place.theirs) for place in conflict.places]
    return {
        "name": conflict.field,
        "label": words.label(conflict.field),
        "can_keep_both": conflict.can_keep_both,
        "can_write": _may_be_written(conflict) and takes_own_text(page_type, conflict.field),
        "places": [
            {
                "number": number,
                "base": words.of(conflict, base),
                "mine": words.of(conflict, mine),
                "theirs": words.of(conflict, theirs),
                "choice": first(form, f"keep.{conflict.field}.{number}"),
                "own": first(form, f"own.{conflict.field}.{number}") or words.of(conflict, mine),
            }
            for number, (base, mine, theirs) in enumerate(sides or [(conflict.base, conflict.mine, conflict.theirs)])
        ],
    }
