"""The description of the API, OpenAPI 3.1, made of the table in routes.py and the shapes in schemas.py."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from kmwiki import __version__
from kmwiki.api.schemas import SCHEMAS, Schema, named
from kmwiki.api.shapes import address
from kmwiki.http.current import current_site
from kmwiki.http.paging import LAST_PAGE, MOST_PER_PAGE

if TYPE_CHECKING:
    from kmwiki.api.routes import Route

_VALUES: Schema = {"type": "array", "items": {"type": "string", "maxLength": 300}, "maxItems": 50}
_VERSION: Schema = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
_UUID: Schema = {"type": "string", "format": "uuid"}

#: Parameters by name: where they stand, and what they may be.
PARAMETERS: Mapping[str, tuple[str, Schema]] = {
    "slug": ("path", {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[A-Za-z0-9-]+$"}),
    "id": ("path", _UUID),
    "number": ("path", _VERSION),
    "name": ("path", {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[A-Za-z0-9 ._-]+$"}),
    "page": ("query", {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1}),
    "per_page": ("query", {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE}),
    "q": ("query", {"type": "string", "maxLength": 300}),
    "sort": ("query", {"enum": ["relevance", "newest", "title"]}),
    "from": ("query", _VERSION),
    "to": ("query", _VERSION),
    "state": ("query", {"enum": ["draft", "submitted", "published", "rejected", "discarded"]}),
    "returned": ("query", {"enum": ["true", "false"]}),
    "mine": ("query", {"enum": ["true", "false"]}),
    "reason": ("query", {"type": "string", "minLength": 1, "maxLength": 5_000}),
    "level": ("query", {"enum": ["draft", "short", "full"]}),
    "edition": ("query", {"type": "integer", "minimum": 1}),
    "If-Match": ("header", {"type": "string", "examples": ['"0197c2a4-0000-7000-8000-000000000000"']}),
    "Idempotency-Key": ("header", {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"}),
}
_REQUIRED = ("slug", "id", "number", "name", "If-Match", "reason")
_FACETS = ("type", "country", "sector", "sdg", "topic", "language", "maturity", "outcome", "depth", "organisation")
#: Paths on which `level` is a facet of pages and not one of page types.
_SEARCHES = ("/pages", "/search")
_WITH_ETAG = ("Page", "Change")


def description(routes: Iterable["Route"]) -> dict[str, object]:
    """The API of this site as a program reads it."""
    site = current_site()
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site.config.site_name}: API",
            "version": __version__,
            "description": "Pages, changes, search. Reading what is published needs no token.",
            "license": {"name": site.config.licence},
        },
        "servers": [{"url": address(site, "/api/v1")}],
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: "Route") -> dict[str, object]:
    token: dict[str, list[str]] = {"token": []}
    operation: dict[str, object] = {
        "operationId": route.view.__name__,
        "summary": route.does,
        "tags": [route.path.split("/")[1]],
        "security": [{}, token] if route.is_open else [token],
        "parameters": [_parameter(route, name) for name in (*_in_path(route.path), *route.parameters)],
        "responses": _responses(route),
    }
    if route.takes:
        operation["requestBody"] = _body(route.takes)
    return operation


def _in_path(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


def _parameter(route: "Route", name: str) -> dict[str, object]:
    is_facet = name in _FACETS or (name == "level" and route.path in _SEARCHES)
    place, schema = ("query", _VALUES) if is_facet else PARAMETERS[name]
    required = name in _REQUIRED and not (name == "reason" and route.path == "/comments/{id}")
    return {"name": name, "in": place, "required": required, "schema": schema}


def _body(takes: str) -> dict[str, object]:
    media_type = "multipart/form-data" if takes == "FileToAdd" else "application/json"
    required = bool(SCHEMAS[takes].get("required") or takes == "StartChange")
    return {"required": required, "content": {media_type: {"schema": named(takes)}}}


def _responses(route: "Route") -> dict[str, object]:
    responses: dict[str, object] = {str(status): _good(status, schema) for status, schema in route.gives.items()}
    return responses | {str(status): _refusal(status) for status in sorted(route.refuses)}


def _good(status: int, schema: str) -> dict[str, object]:
    described: dict[str, object] = {"description": HTTPStatus(status).phrase}
    if schema and schema != "*":
        described["content"] = {"application/json": {"schema": named(schema)}}
    headers = {}
    if schema in _WITH_ETAG:
        headers["ETag"] = {"schema": {"type": "string"}, "required": True}
    if status in (201, 301) and schema in ("", "Change", "File"):
        headers["Location"] = {"schema": {"type": "string"}, "required": True}
    return {**described, "headers": headers} if headers else described


def _refusal(status: int) -> dict[str, object]:
    content = {"application/problem+json": {"schema": named("Problem")}}
    return {"description": HTTPStatus(status).phrase, "content": content}
