"""Files of pages: pictures to be seen, everything else to be saved; nothing in them may run."""

from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.domain.media_types import PICTURES
from kmwiki.errors import NotFound
from kmwiki.http.current import work
from kmwiki.http.headers import FILE_POLICY
from kmwiki.services.files.attachments import FileToServe, page_file
from kmwiki.services.pages.finding import find_page_itself
from kmwiki.services.pages.reading import VERSION_LENGTH
from kmwiki.web.frame import moved_to

blueprint = Blueprint("files", __name__)

#: The same name may be another file tomorrow.
_ASK_AGAIN = "no-cache"
#: The address names the bytes. For the reader's own browser alone: what a moderator removes is in no proxy.
_FOR_EVER = "private, max-age=31536000, immutable"


@blueprint.get("/pages/<slug>/files/<name>")
def file(slug: str, name: str) -> AnyResponse:
    return _file(slug, name, None)


@blueprint.get("/pages/<slug>/revisions/<number>/files/<name>")
def file_of_version(slug: str, number: str, name: str) -> AnyResponse:
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise NotFound()
    return _file(slug, name, int(number))


def _file(slug: str, name: str, number: int | None) -> AnyResponse:
    with work() as uow:
        found = page_file(uow, slug, name, number, asked_width())
        now_called = find_page_itself(uow, slug).slug
    if now_called != slug:
        return moved_to(str(now_called))
    is_same_for_ever = found.is_final and request.args.get("v") == found.sha256[:VERSION_LENGTH]
    return file_response(found, _FOR_EVER if is_same_for_ever else _ASK_AGAIN)


def asked_width() -> int | None:
    """The width in which a picture is asked for; any other word means the picture as it is."""
    width = request.args.get("width", "")
    return int(width) if width.isascii() and width.isdigit() and len(width) <= 5 else None


def file_response(found: FileToServe, cache_control: str = _ASK_AGAIN) -> Response:
    """The bytes with headers that keep them from doing anything; also for files of changes."""
    response = Response(found.content, content_type=found.media_type)
    shown = "inline" if found.media_type in PICTURES else "attachment"
    response.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(found.name)}"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = cache_control
    response.set_etag(found.etag)
    response.make_conditional(request, accept_ranges=True, complete_length=len(found.content))
    return response
