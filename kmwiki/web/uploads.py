"""/changes/<id>/uploads: files that arrive piece by piece, for scripts of the site's own pages (docs/uploads.md)."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, request

from kmwiki.domain.content import FileEntry
from kmwiki.errors import Refused
from kmwiki.http.current import current_site, work
from kmwiki.http.errors import problem
from kmwiki.i18n import gettext as _
from kmwiki.models import PartialUpload
from kmwiki.services.changes.checking import problems_of_file
from kmwiki.services.files import uploads
from kmwiki.services.files.file_edits import DESCRIPTIONS
from kmwiki.services.files.uploads import PIECE_BYTES, PieceElsewhere
from kmwiki.services.pages.finding import find_revision
from kmwiki.web.change_file_values import files_url, insertion
from kmwiki.web.gates import require_signed_in_to_post

blueprint = Blueprint("uploads", __name__)
blueprint.before_request(require_signed_in_to_post)

_OFFSET = "Upload-Offset"


@blueprint.get("/changes/<uuid:change_id>/uploads")
def list_uploads(change_id: UUID) -> Response:
    with work() as uow:
        found = uploads.under_way(uow, change_id)
    return _answer({"uploads": [_upload_json(upload, received) for upload, received in found]})


@blueprint.post("/changes/<uuid:change_id>/uploads")
def begin(change_id: UUID) -> Response:
    given = _given()
    with work() as uow:
        upload = uploads.begin(uow, change_id, given.get("name"), given.get("size_bytes"))
    response = _answer(_upload_json(upload, 0), 201, 0)
    response.headers["Location"] = f"/changes/{change_id}/uploads/{upload.id}"
    return response


@blueprint.get("/changes/<uuid:change_id>/uploads/<uuid:upload_id>")
def look(change_id: UUID, upload_id: UUID) -> Response:
    """Also HEAD: where to go on after a break."""
    with work() as uow:
        upload, received = uploads.find_upload(uow, change_id, upload_id)
    return _answer(_upload_json(upload, received), 200, received)


@blueprint.patch("/changes/<uuid:change_id>/uploads/<uuid:upload_id>")
def take_piece(change_id: UUID, upload_id: UUID) -> Response:
    """The bytes are read after it is known whose upload it is."""
    with work() as uow:
        upload, _received = uploads.find_upload(uow, change_id, upload_id)
    offset = request.headers.get(_OFFSET, "")
    if not (offset.isascii() and offset.isdigit() and len(offset) <= 12):
        raise Refused(_("Say where the piece begins: Upload-Offset is a number."))
    piece = request.stream.read(PIECE_BYTES + 1)
    if len(piece) > PIECE_BYTES:
        return problem(413, "too-large", _("A piece has at most {number} KB.").format(number=PIECE_BYTES // 1024))
    with work() as uow:
        received = uploads.take_piece(uow, change_id, upload_id, int(offset), piece)
    return _answer(_upload_json(upload, received), 200, received)


@blueprint.post("/changes/<uuid:change_id>/uploads/<uuid:upload_id>/finish")
def finish(change_id: UUID, upload_id: UUID) -> Response:
    """The file of the change that it has become."""
    given = _given()
    said = {name: str(given[name]) for name in DESCRIPTIONS if isinstance(given.get(name), str)}
    with work() as uow:
        change, entry = uploads.finish(uow, change_id, upload_id, said, replace=given.get("replace") is True)
        before = find_revision(uow, change.head_id).parent_id
        shown = {**_file_json(change_id, entry), "head": str(change.head_id), "before": str(before or "")}
    uploads.forget_bytes(current_site(), upload_id)
    return _answer(shown, 201)


@blueprint.delete("/changes/<uuid:change_id>/uploads/<uuid:upload_id>")
def cancel(change_id: UUID, upload_id: UUID) -> Response:
    with work() as uow:
        uploads.cancel(uow, change_id, upload_id)
    uploads.forget_bytes(current_site(), upload_id)
    return make_response("", 204)


@blueprint.errorhandler(PieceElsewhere)
def piece_elsewhere(error: PieceElsewhere) -> Response:
    response = problem(error.status, error.code, str(error), received=error.received)
    response.headers[_OFFSET] = str(error.received)
    return response


def _given() -> Mapping[str, object]:
    """The members of the JSON object that was sent, or the fields of a form."""
    body = request.get_json(silent=True) if request.is_json else None
    return body if isinstance(body, dict) else dict(request.form)


def _answer(words: Mapping[str, object], status: int = 200, received: int | None = None) -> Response:
    response = make_response(jsonify(words), status)
    response.headers["Cache-Control"] = "no-store"
    if received is not None:
        response.headers[_OFFSET] = str(received)
    return response


def _upload_json(upload: PartialUpload, received: int) -> dict[str, object]:
    return {"id": str(upload.id), "name": upload.name, "size_bytes": upload.size_bytes, "received": received}


def _file_json(change_id: UUID, entry: FileEntry) -> dict[str, object]:
    """The entry, what to write into the text, and what publication still lacks of it."""
    missing = [problem.message for problem in problems_of_file(entry)]
    url = f"{files_url(change_id)}/{entry.name}"
    return {**entry.to_json(), "url": url, "insert": insertion(entry), "missing": missing}
