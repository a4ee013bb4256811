"""Files of pages: pictures to be seen, everything else to be saved; nothing in them may run."""

from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.domain.media_types import PICTURES
from kmwiki.errors import NotFound
from kmwiki.http.current import work
from kmwiki.http.headers import FILE_POLICY
from kmwiki.services.attachments import FileToServe, page_file
from kmwiki.services.finding import find_page
from kmwiki.web.frame import moved_to

blueprint = Blueprint("files", __name__)


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
        found = page_file(uow, slug, name, number)
        now_called = find_page(uow, slug).slug
    return moved_to(str(now_called)) if now_called != slug else file_response(found)


def file_response(found: FileToServe) -> Response:
    """The bytes with headers that keep them from doing anything; also for files of changes."""
    response = Response(found.content, content_type=found.media_type)
    shown = "inline" if found.media_type in PICTURES else "attachment"
    response.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(found.name)}"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "no-cache"  # the same name may be another file tomorrow
    response.set_etag(found.sha256)
    response.make_conditional(request, accept_ranges=True, complete_length=len(found.content))
    return response
