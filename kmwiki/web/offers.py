"""What the form asks for while somebody writes, as JSON: questions of a page, pages with like titles."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request

from kmwiki.errors import NotFound
from kmwiki.http.current import work
from kmwiki.i18n import current_language
from kmwiki.services.changes import offering
from kmwiki.services.changes.offering import Similar
from kmwiki.services.pages.finding import find_change
from kmwiki.site import UnitOfWork
from kmwiki.web.form_input import uuid_or_none
from kmwiki.web.gates import require_signed_in

blueprint = Blueprint("offers", __name__)
blueprint.before_request(require_signed_in)

_TITLE_CHARACTERS = 200


@blueprint.get("/search/rows")
def rows() -> Response:
    """The rows of a `field` of a `page` (slug) or `change`: what a link can lead to."""
    field = request.args.get("field", "")
    with work() as uow:
        if change_id := _change_of_request():
            found = offering.rows_of_change(uow, change_id, field)
        else:
            found = offering.rows_of_page(uow, request.args.get("page", ""), field)
    return jsonify({"items": [{"id": row_id, "text": text} for row_id, text in found]})


@blueprint.get("/search/similar")
def similar() -> Response:
    """Pages of a `type` whose titles are like `title`; the page of `change` itself is left out."""
    title = request.args.get("title", "")[:_TITLE_CHARACTERS]
    language = request.args.get("language") or current_language()
    with work() as uow:
        page_type = uow.site.page_type(request.args.get("type", ""))
        change_id = _change_of_request()
        own = find_change(uow, change_id).page_id if change_id else None
        entries = similar_entries(offering.similar(uow, title, page_type.name, language, own))
    return jsonify({"total": len(entries), "html": render_template("changes/similar.html", similar=entries)})


def similar_entries(found: Sequence[Similar]) -> list[dict[str, str]]:
    """For components/similar.html: what can be opened and improved instead of written anew."""
    return [_entry(one) for one in found]


def similar_to_change(uow: UnitOfWork, change_id: UUID, title: str, language: str) -> list[dict[str, str]]:
    """What a new page may be the same as."""
    page = find_change(uow, change_id).page
    return similar_entries(offering.similar(uow, title, page.type, language, page.id))


def _entry(one: Similar) -> dict[str, str]:
    if one.page is not None:
        url = f"/pages/{one.page.slug}"
        return {"title": one.title, "language": one.page.language, "url": url, "edit_url": f"{url}/edit"}
    assert one.change is not None
    url = f"/changes/{one.change.id}"
    return {"title": one.title, "language": "", "url": url, "edit_url": f"{url}/edit"}


def _change_of_request() -> UUID | None:
    given = request.args.get("change")
    change_id = uuid_or_none(given) if given else None
    if given and change_id is None:
        raise NotFound()
    return change_id
