"""Changing a page, and going on with a change: the form, and saving it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request

from kmwiki.domain.page_type import PageType
from kmwiki.errors import NotFound, Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.models import Change
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.saving import save
from kmwiki.services.changes.starting import OpenChangeExists, save_first_again, start_edit
from kmwiki.services.changes.working_copies import copy_at, copy_of_change, forget_saved
from kmwiki.services.changes.writing import change_to_edit, page_to_edit
from kmwiki.services.pages.finding import content_of, find_change, find_page, find_revision
from kmwiki.site import UnitOfWork
from kmwiki.web.conflict import settle
from kmwiki.web.deciding import publish_saved
from kmwiki.web.form_head import with_pages_named
from kmwiki.web.form_input import (
    Form,
    after_button,
    edit_of,
    first,
    posted,
    row_button,
    seen_head,
    token_of,
    uuid_or_none,
)
from kmwiki.web.form_values import FormState, edit_url, form_values
from kmwiki.web.gates import require_signed_in, require_signed_in_to_post
from kmwiki.web.saving import Answer, after_saving, refused_state

blueprint = Blueprint("edit", __name__)
blueprint.before_request(require_signed_in_to_post)


# ---- a published page


@blueprint.get("/pages/<slug>/edit")
def page_form(slug: str) -> Answer:
    """The page in its form; whoever is changing it already goes on with that change."""
    with work() as uow:
        find_page(uow, slug)
    require_signed_in()
    try:
        return _page_form(slug, None)
    except OpenChangeExists as error:
        return _to_open_change(error)


@blueprint.post("/pages/<slug>/edit")
def store_page(slug: str) -> Answer:
    """Start a change of the page with what was typed."""
    form = posted()
    with work() as uow:
        page_type = uow.site.page_type(find_page(uow, slug).type)
    if button := row_button(page_type, form):
        added = button.field if button.verb == "add" else ""
        return _page_form(slug, FormState(after_button(form, button), added_to=added))
    edit = edit_of(page_type, form)
    try:
        with work() as uow:
            edit = with_pages_named(uow, edit)
            started = start_edit(uow, slug, edit, token_of(form), seen_head(form))
            again = None if started.is_new else save_first_again(uow, started.change, edit)
            _forget_typed(uow, started.change, form)
    except Refused as refused:
        return _page_form(slug, refused_state(form, refused)), 422
    except OpenChangeExists as error:
        return _into_open_change(error.change_id, form, edit)
    return after_saving(started.change.id, form, again, page_type)


def _page_form(slug: str, state: FormState | None) -> str:
    """The form as `state` says; without one, with what was typed into it and not saved."""
    with work() as uow:
        writing = page_to_edit(uow, slug)
        assert writing.page is not None
        shown = state or FormState.of_copy(copy_at(uow, [f"page:{writing.page.id}"]))
        values = form_values(uow, writing, f"/pages/{slug}/edit", shown)
    return render_template("changes/form.html", **values)


def _to_open_change(error: OpenChangeExists) -> Answer:
    """On with the change that is open; a request has no form, and is looked at."""
    if not error.is_request:
        return redirect(edit_url(error.change_id), 303)
    flash(str(error), "info")
    return redirect(f"/changes/{error.change_id}", 303)


def _into_open_change(change_id: UUID, form: Form, edit: Edit) -> Answer:
    """Two windows of one person: what the second one typed is put into the change that the first one started."""
    try:
        with work() as uow:
            saved = save(uow, change_id, edit, seen_head(form))
            _forget_typed(uow, saved.change, form)
    except Refused as refused:
        return _change_form(change_id, refused_state(form, refused)), 422
    except NotFound:
        message = _("You have begun to change this page before, from another version. This is what you typed now.")
        return _change_form(change_id, FormState(typed={**form, "head": [""]}, message=message)), 409
    return after_saving(change_id, form, saved, _type_of(change_id))


# ---- a change


@blueprint.get("/changes/<uuid:change_id>/edit")
def change_form(change_id: UUID) -> Answer:
    """The newest text of the change; with `beside`, together with a text that met a conflict."""
    return _change_form(change_id, None, uuid_or_none(request.args.get("beside", "")))


@blueprint.post("/changes/<uuid:change_id>/edit")
def store_change(change_id: UUID) -> Answer:
    """Save what was typed over the version that was seen."""
    form = posted()
    page_type = _type_of(change_id)
    beside = _resolves(form)
    if first(form, "do") == "settle":
        return settle(change_id, form)
    if button := row_button(page_type, form):
        added = button.field if button.verb == "add" else ""
        return _change_form(change_id, FormState(after_button(form, button), added_to=added), beside)
    try:
        with work() as uow:
            edit = with_pages_named(uow, edit_of(page_type, form))
            saved = save(uow, change_id, edit, seen_head(form), resolves=beside)
            _forget_typed(uow, saved.change, form)
    except Refused as refused:
        return _change_form(change_id, refused_state(form, refused), beside), 422
    if first(form, "do") == "publish" and saved.conflict is None:
        return publish_saved(saved, seen_head(form))
    return after_saving(change_id, form, saved, page_type)


def _change_form(change_id: UUID, state: FormState | None, beside: UUID | None = None) -> str:
    """The form as `state` says; without one, with what was typed into it and not saved."""
    with work() as uow:
        copy = copy_of_change(uow, find_change(uow, change_id)) if state is None else None
        if copy is not None and beside in (None, _resolves(copy.form)):
            state, beside = FormState.of_copy(copy), _resolves(copy.form)
        writing = change_to_edit(uow, change_id, beside)
        values = form_values(uow, writing, edit_url(change_id), state or FormState())
    return render_template("changes/form.html", **values)


def _resolves(form: Form) -> UUID | None:
    return uuid_or_none(first(form, "resolves"))


def _forget_typed(uow: UnitOfWork, change: Change, form: Form) -> None:
    forget_saved(uow, [f"change:{change.id}", f"page:{change.page_id}"], first(form, "stamp"))


def _type_of(change_id: UUID) -> PageType:
    """The page type of the change's newest version. Raises NotFound."""
    with work() as uow:
        content = content_of(find_revision(uow, find_change(uow, change_id).head_id))
        return uow.site.page_type(content.type, content.edition)
