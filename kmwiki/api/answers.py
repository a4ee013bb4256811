"""Answers as every call gives them: JSON in the order it was made in, lists with their paging, moved pages."""

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn
from uuid import UUID

from flask import Response, abort, request, url_for

from kmwiki.api.shapes import change_json
from kmwiki.http.current import work
from kmwiki.http.errors import problem
from kmwiki.http.paging import Paging
from kmwiki.services.changes.starting import OpenChangeExists
from kmwiki.services.pages.finding import find_change

Json = Mapping[str, object]


def answer(value: object, status: int = 200, etag: object = None, location: str | None = None) -> Response:
    """A JSON answer; `etag` is the id of the version that it shows."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, status, mimetype="application/json")
    if etag is not None:
        response.set_etag(str(etag))
    if location is not None:
        response.headers["Location"] = location
    return response


def list_answer(paging: Paging, total: int, items: Sequence[Json]) -> Response:
    """One page of a list."""
    return answer({"total": total, "page": paging.page, "per_page": paging.per_page, "items": list(items)})


def change_answer(change_id: UUID, status: int = 200, location: str | None = None) -> Response:
    """A change as it is now.

    Asked anew after each deed: nobody's save waits for an answer to be made, and the answer tells what is stored.
    """
    with work() as uow:
        change = find_change(uow, change_id)
        return answer(change_json(uow, change), status, change.head_id, location)


def open_change_exists(error: OpenChangeExists) -> Response:
    """409 with the address of the change that the asker is already at work on."""
    response = problem(error.status, error.code, str(error), change=str(error.change_id))
    response.headers["Location"] = url_for("api.read_change", id=error.change_id)
    return response


def go_to(slug: str) -> NoReturn:
    """The same call at the page's new address, for ever."""
    address = url_for(request.endpoint or "", **{**(request.view_args or {}), "slug": slug})
    query = request.query_string.decode("ascii", "replace")
    abort(Response(status=301, headers={"Location": f"{address}?{query}" if query else address}))
