"""/new/<type>: a page begins with its form. Looking at the form makes nothing; the first save starts the change."""

from flask import Blueprint, render_template, request

from kmwiki.domain.fields import fields_to_form
from kmwiki.errors import Refused
from kmwiki.http.current import work
from kmwiki.services.changes.starting import save_first_again, start_page
from kmwiki.services.changes.working_copies import copy_at, forget_saved
from kmwiki.services.changes.writing import new_page
from kmwiki.web.form_head import with_pages_named
from kmwiki.web.form_input import Form, after_button, edit_of, first, posted, row_button, token_of
from kmwiki.web.form_values import FormState, form_values
from kmwiki.web.gates import require_signed_in
from kmwiki.web.saving import Answer, after_saving, refused_state

blueprint = Blueprint("new", __name__)
blueprint.before_request(require_signed_in)

#: What the address of a form may put into it.
_GIVEN = ("title", "translation_of")
_MOST_CHARACTERS = 1_000


@blueprint.get("/new/<type_name>")
def start(type_name: str) -> str:
    """An empty form, or one that was begun before.

    With a title where a link to a page that is wanted led here, with the page where one that is to be translated did.
    """
    token = token_of({"token": [request.args.get("begun", "")]})
    if token and (state := _begun(type_name, token)):
        return _form(type_name, state)
    given = {name: request.args.get(name, "")[:_MOST_CHARACTERS].strip() for name in _GIVEN}
    return _form(type_name, FormState(), {name: [text] for name, text in given.items() if text})


@blueprint.post("/new/<type_name>")
def store(type_name: str) -> Answer:
    """Start the change, once for each token. Raises NotFound, Forbidden."""
    form = posted()
    with work() as uow:
        page_type = uow.site.page_type(type_name)
    if button := row_button(page_type, form):
        added = button.field if button.verb == "add" else ""
        return _form(type_name, FormState(after_button(form, button), added_to=added))
    edit = edit_of(page_type, form)
    try:
        with work() as uow:
            edit = with_pages_named(uow, edit)
            started = start_page(uow, type_name, edit, token_of(form))
            again = None if started.is_new else save_first_again(uow, started.change, edit)
            forget_saved(uow, [f"new:{token_of(form)}"], first(form, "stamp"))
    except Refused as refused:
        return _form(type_name, refused_state(form, refused)), 422
    return after_saving(started.change.id, form, again, page_type)


def _begun(type_name: str, token: str) -> FormState | None:
    """What the asker typed into a new page and never saved, if it is still kept."""
    with work() as uow:
        copy = copy_at(uow, [f"new:{token}"])
    return FormState.of_copy(copy) if copy is not None and copy.type == type_name else None


def _form(type_name: str, state: FormState, given: Form | None = None) -> str:
    with work() as uow:
        writing = new_page(uow, type_name)
        if given and state.typed is None:
            state = FormState(typed={**fields_to_form(writing.page_type, writing.content.fields), **given})
        values = form_values(uow, writing, f"/new/{type_name}", state)
    return render_template("changes/form.html", **values)
