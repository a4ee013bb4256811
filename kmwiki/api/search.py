"""Search, and the filters that lists of pages share with it."""

from collections.abc import Sequence

from flask import Response, request

from kmwiki.api.answers import answer
from kmwiki.api.body import refused
from kmwiki.api.shapes import page_summary
from kmwiki.backends.excerpts import Piece
from kmwiki.backends.search import FACETS, SearchQuery, Sort
from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.services.pages.facet_labels import labelled_facets
from kmwiki.services.pages.searching import Hit, search
from kmwiki.site import Site

SORTS: dict[str, Sort] = {"relevance": "relevance", "newest": "newest", "title": "title"}
LONGEST_QUERY = 500
_MOST_VALUES = 50
_LONGEST_VALUE = 300


def search_pages() -> Response:
    query = search_query(request.args.get("q", ""), "relevance")
    with work() as uow:
        found = search(uow, query)
        return answer(
            {
                "total": found.total,
                "page": query.page,
                "per_page": query.per_page,
                "items": [_hit(uow.site, hit) for hit in found.hits],
                "facets": labelled_facets(uow, found.facets),
                "suggestion": found.suggestion,
            }
        )


def _hit(site: Site, hit: Hit) -> dict[str, object]:
    return {
        **page_summary(site, hit.page),
        "excerpt": "".join(piece.text for piece in hit.excerpt),
        "marked": _pieces(hit.excerpt),
    }


def _pieces(pieces: Sequence[Piece]) -> list[dict[str, object]]:
    return [{"text": piece.text, "is_marked": piece.is_marked} for piece in pieces]


def search_query(words: str, sort: Sort) -> SearchQuery:
    """Words with the filters, order and paging of this request. Raises Refused for what is out of bounds."""
    paging = paging_of(request.args)
    if len(words) > LONGEST_QUERY:
        raise refused("q", _("Search for at most {number} characters.").format(number=LONGEST_QUERY))
    filters = {name: _values(name) for name in FACETS}
    return SearchQuery(
        words=words,
        filters={name: values for name, values in filters.items() if values},
        sort=_sort(sort),
        page=paging.page,
        per_page=paging.per_page,
    )


def _values(name: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for value in request.args.getlist(name) if value))
    if len(values) > _MOST_VALUES or any(len(value) > _LONGEST_VALUE for value in values):
        raise refused(name, _("Choose at most {number} values.").format(number=_MOST_VALUES))
    return values


def _sort(default: Sort) -> Sort:
    wish = request.args.get("sort") or default
    if wish not in SORTS:
        raise refused("sort", _("“{name}” is one of: {known}.").format(name="sort", known=", ".join(SORTS)))
    return SORTS[wish]
