"""/changes/<id>/files: the pictures and files of a change; put there, described, replaced, taken off."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.datastructures import FileStorage

from kmwiki.errors import Conflict, NotFound, Refused, TooLarge
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.services.changes.looking import look_at_change
from kmwiki.services.files.attachments import add, change_file, describe, remove, version_file
from kmwiki.services.files.file_edits import DESCRIPTIONS
from kmwiki.services.files.file_intake import FILE_LIMIT_BYTES
from kmwiki.services.pages.finding import find_change
from kmwiki.web.change_file_values import Faults, file_values, files_url
from kmwiki.web.files import asked_width, file_response
from kmwiki.web.form_input import Form, first, posted, seen_head
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.saving import Answer, messages_of

blueprint = Blueprint("change_files", __name__)
blueprint.before_request(require_signed_in_to_post)


@blueprint.get("/changes/<uuid:change_id>/files")
def files(change_id: UUID) -> str:
    return _page(change_id)


@blueprint.get("/changes/<uuid:change_id>/files/<name>")
def file(change_id: UUID, name: str) -> Response:
    with work() as uow:
        return file_response(change_file(uow, change_id, name, asked_width()))


@blueprint.get("/changes/<uuid:change_id>/revisions/<uuid:revision_id>/files/<name>")
def file_of_version(change_id: UUID, revision_id: UUID, name: str) -> Response:
    with work() as uow:
        return file_response(version_file(uow, change_id, revision_id, name, asked_width()))


@blueprint.post("/changes/<uuid:change_id>/files")
def add_files(change_id: UUID) -> Answer:
    """Put files on the change, each by itself: one that cannot be taken keeps no other out."""
    said = _said(posted())
    sent = [file for file in request.files.getlist("file") if file.filename]
    with work() as uow:
        find_change(uow, change_id)
    if not sent:
        return _page(change_id, {"": [_("Choose a file first.")]}, {"": said}), 422
    faults: dict[str, list[str]] = {}
    for one in sent:
        try:
            with work() as uow:
                add(uow, change_id, str(one.filename), _content(one), said)
        except (Refused, TooLarge) as refused:
            faults[str(one.filename)] = list(messages_of(refused))
    _tell_how_many(len(sent) - len(faults))
    if not faults:
        return redirect(files_url(change_id), 303)
    lines = [f"{name}: {message}" for name, messages in faults.items() for message in messages]
    return _page(change_id, {"": lines}, {"": said}), 422


@blueprint.post("/changes/<uuid:change_id>/files/<name>")
def change_one(change_id: UUID, name: str) -> Answer:
    """What is said of a file, and other bytes in its place where some were chosen; do=remove takes it off."""
    form = posted()
    sent = request.files.get("file")
    try:
        with work() as uow:
            find_change(uow, change_id)
            seen = seen_head(form)
            if first(form, "do") == "remove":
                remove(uow, change_id, seen, name)
            else:
                describe(uow, change_id, seen, name, _said(form), _content(sent) if sent and sent.filename else None)
    except (Refused, TooLarge, Conflict) as error:
        return _page(change_id, {name: list(messages_of(error))}, {name: _said(form)}), error.status
    flash(_("Taken off. Earlier versions keep it.") if first(form, "do") == "remove" else _("Saved."), "done")
    return redirect(files_url(change_id), 303)


def _said(form: Form) -> Mapping[str, str]:
    return {name: first(form, name) for name in DESCRIPTIONS if name in form}


def _content(sent: FileStorage) -> bytes:
    return sent.stream.read(FILE_LIMIT_BYTES + 1)


def _tell_how_many(number: int) -> None:
    if number:
        flash(ngettext("The file is here.", "{number} files are here.", number).format(number=number), "done")


def _page(change_id: UUID, faults: Faults | None = None, typed: Mapping[str, Mapping[str, str]] | None = None) -> str:
    with work() as uow:
        view = look_at_change(uow, change_id, f"{files_url(change_id)}/")
        if view.change.request:
            raise NotFound()
        values = file_values(uow, view, faults or {}, typed or {})
    return render_template("changes/files.html", **values)
