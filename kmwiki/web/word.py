"""/changes/<id>.docx: a draft as a Word file, marked as one, for people who comment on paper or in Word."""

import base64
import re
from urllib.parse import unquote
from uuid import UUID

from flask import Blueprint, Response, render_template

from kmwiki.backends.office import word_of_html
from kmwiki.domain.media_types import PICTURES
from kmwiki.http.current import base_url, current_site, work
from kmwiki.render.dates import day_of
from kmwiki.services.changes.looking import ChangeView, look_at_change
from kmwiki.services.files.attachments import change_file
from kmwiki.site import UnitOfWork
from kmwiki.web.change_values import change_url, change_words, print_mark
from kmwiki.web.version import shown_version

blueprint = Blueprint("word", __name__)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FILES = "word-file:"


@blueprint.get("/changes/<uuid:change_id>.docx")
def change(change_id: UUID) -> Response:
    """Raises NotFound as the change's page does, OfficeUnavailable."""
    with work() as uow:
        view = look_at_change(uow, change_id, _FILES)
        html = _with_pictures(uow, view, _document(uow, view))
    response = Response(word_of_html(html), content_type=WORD)
    response.headers["Content-Disposition"] = f'attachment; filename="draft-{change_id}.docx"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _document(uow: UnitOfWork, view: ChangeView) -> str:
    html = render_template(
        "changes/word.html",
        change=change_words(uow, view),
        version=shown_version(current_site(), view.version),
        mark=print_mark(uow, view.change) or day_of(uow.now, uow.site.config.timezone),
        address=base_url() + change_url(view.change.id),
    )
    return html.replace('href="/', f'href="{base_url()}/')


def _with_pictures(uow: UnitOfWork, view: ChangeView, html: str) -> str:
    """The pictures of the change put into the document itself; nothing is ever fetched."""
    pictures = {file.name for file in view.content.files if file.media_type in PICTURES}

    def put_in(match: re.Match[str]) -> str:
        name = unquote(match["name"])
        if name not in pictures:
            return 'src=""'
        found = change_file(uow, view.change.id, name)
        return f'src="data:{found.media_type};base64,{base64.b64encode(found.content).decode()}"'

    html = html.replace(f'href="{_FILES}', f'href="{base_url()}{change_url(view.change.id)}/files/')
    return re.sub(rf'src="{_FILES}(?P<name>[^"?]*)[^"]*"', put_in, html)
