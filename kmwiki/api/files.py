"""Files of changes: put there as multipart, given out to those who may see the change."""

from urllib.parse import quote
from uuid import UUID

from flask import Response, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from kmwiki.api.answers import answer
from kmwiki.api.body import refused, text_of
from kmwiki.api.doors import change_for
from kmwiki.api.shapes import change_file_json
from kmwiki.http.current import work
from kmwiki.http.headers import FILE_POLICY
from kmwiki.i18n import gettext as _
from kmwiki.services.changes.revisions import require_savable
from kmwiki.services.files.attachments import attach, change_file
from kmwiki.services.files.file_edits import DESCRIPTIONS
from kmwiki.services.files.file_intake import FILE_LIMIT_BYTES


def add_file(id: UUID) -> Response:
    """Put a file on a change, as a new revision of it; one of the same name is replaced."""
    with work() as uow:
        require_savable(change_for(uow, id, "change.save"))
        name, content = _sent_file()
        change, entry = attach(uow, id, name, content, **_description())
        shown = {**change_file_json(uow.site, change, entry), "head": str(change.head_id)}
    return answer(shown, 201, change.head_id, url_for("api.read_file", id=id, name=entry.name))


def _sent_file() -> tuple[str, bytes]:
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType(_("Send the file as multipart/form-data, in the field “file”."))
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise refused("file", _("The file is missing. Send it in the field “file”, with its name."))
    return sent.filename, sent.stream.read(FILE_LIMIT_BYTES + 1)


def _description() -> dict[str, str | None]:
    """What is said of the file; what is not named stays as it was."""
    return {name: text_of(request.form, name) if name in request.form else None for name in DESCRIPTIONS}


def read_file(id: UUID, name: str) -> Response:
    """The bytes, to be saved: nothing in them may run."""
    with work() as uow:
        found = change_file(uow, id, name)
    response = Response(found.content, content_type=found.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.set_etag(found.sha256)
    return response
