"""Searching and browsing, and completion while somebody types."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast, get_args
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from kmwiki.backends.search import FACETS, SearchQuery, Sort
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused, SearchUnavailable, UnknownPageType
from kmwiki.http.current import current_site, work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import current_language, ngettext
from kmwiki.i18n import gettext as _
from kmwiki.permissions import may
from kmwiki.services.changes import offering
from kmwiki.services.changes.offering import Draft
from kmwiki.services.pages import reading, searching
from kmwiki.services.pages.facet_labels import facet_label, value_labels
from kmwiki.services.pages.searching import Found
from kmwiki.services.telling import watching
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.entries import entry, marked, pager
from kmwiki.web.frame import types_in_order
from kmwiki.web.version import type_words

blueprint = Blueprint("search", __name__)

MOST_CHARACTERS = 300
_MOST_VALUES = 20
_LONGEST_VALUE = 300
_VALUES_SHOWN = 8
_MOST_VALUES_SHOWN = 100
_OPEN_AT_FIRST = ("type", "country", "sector")
_SUGGESTIONS = 10
_DRAFTS_SUGGESTED = 3


@blueprint.get("/search")
def results() -> Response:
    query = query_of_request()
    site = current_site()
    try:
        with work() as uow:
            found = searching.search(uow, query)
            groups, chosen = _facet_groups(uow, query, found), _chosen(uow, query)
            pages = [entry(site, hit.page, marked(hit.title), marked(hit.excerpt)) for hit in found.hits]
            watch = _watch_button(uow, query)
    except SearchUnavailable:
        return _answer(site, query, Found(0, (), {}, None), [], [], [], None, rebuilding=True)
    return _answer(site, query, found, pages, groups, chosen, watch, rebuilding=False)


def _answer(
    site: Site,
    query: SearchQuery,
    found: Found,
    pages: Sequence[object],
    groups: Sequence[object],
    chosen: Sequence[object],
    watch: Mapping[str, str] | None,
    *,
    rebuilding: bool,
) -> Response:
    html = render_template(
        "search/results.html",
        query=query.words,
        total=found.total,
        title=_title(site, query),
        result_line=None if rebuilding else _result_line(query, found.total),
        pages=pages,
        facets=groups,
        chosen=chosen,
        clear_url=_address({"q": query.words}),
        hidden=_hidden(query),
        sorts=_sorts(query),
        suggestion=_suggestion(found),
        pager=None if rebuilding else pager(found.total, query.page, query.per_page),
        rebuilding=rebuilding,
        watch=watch,
        ask=_ask(site),
        feed=_feed(query),
    )
    return make_response(html, 503 if rebuilding else 200)


@blueprint.get("/search/suggest")
def suggest() -> Response:
    """Titles of published pages for completion; `type` may stand several times, `drafts=1` adds the asker's own."""
    words = _words_of_request()
    wanted = request.args.getlist("type")
    with work() as uow:
        pages = reading.titles_beginning_with(uow, words, _SUGGESTIONS * (5 if wanted else 1))
        asks_drafts = request.args.get("drafts") == "1"
        drafts = offering.drafts_with_words(uow, words, wanted, _DRAFTS_SUGGESTED) if asks_drafts else []
    site = current_site()
    shown = [page for page in pages if not wanted or page.type in wanted][: _SUGGESTIONS - len(drafts)]
    items = [
        {"slug": page.slug, "title": page.title, "type": page.type, "url": f"/pages/{page.slug}",
         "type_label": type_words(site, page.type)[1], "language": page.language}
        for page in shown
    ]  # fmt: skip
    return jsonify({"items": items + [_suggested_draft(draft) for draft in drafts]})


def _suggested_draft(draft: Draft) -> dict[str, str | None]:
    change = draft.change
    label = _("A draft of yours")
    return {"change": str(change.id), "title": draft.title, "type": change.page.type, "type_label": label}


# ---- from the address


def query_of_request() -> SearchQuery:
    """The query of the address. Raises Refused for what cannot be one."""
    sort = request.args.get("sort") or "relevance"
    if sort not in get_args(Sort):
        raise _refused("sort", _("Results are ordered by relevance, newest or title."))
    return SearchQuery(
        words=_words_of_request(),
        filters={name: values for name in FACETS if (values := _values(name))},
        sort=cast(Sort, sort),
        page=paging_of({"page": request.args.get("page", "")}).page,
    )


def _words_of_request() -> str:
    words = request.args.get("q", "").strip()
    if len(words) > MOST_CHARACTERS:
        message = _("Search for at most {number} characters at once.")
        raise _refused("q", message.format(number=MOST_CHARACTERS))
    return words


def _values(name: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for value in request.args.getlist(name) if value))
    if len(values) > _MOST_VALUES or any(len(value) > _LONGEST_VALUE for value in values):
        raise _refused(name, _("Choose at most {number} values of one kind.").format(number=_MOST_VALUES))
    return values


def _refused(name: str, message: str) -> Refused:
    return Refused(message, [Problem(name, Level.DRAFT, message)])


# ---- into words and addresses


def canonical_arguments(query: SearchQuery) -> str:
    """What is searched for, as the query of an address that is always written the same way."""
    return watching.canonical(query)


def _address(arguments: Mapping[str, str | Iterable[str]]) -> str:
    given = {name: value for name, value in arguments.items() if value}
    return f"/search?{urlencode(given, doseq=True)}" if given else "/search"


def _arguments(query: SearchQuery, **changes: object) -> dict[str, str | Iterable[str]]:
    """The address's arguments with some changed; a changed search begins at its first page."""
    sort = "" if query.sort == "relevance" else query.sort
    return cast(dict[str, str | Iterable[str]], {"q": query.words, **query.filters, "sort": sort, **changes})


def _toggled(query: SearchQuery, name: str, value: str) -> str:
    chosen = query.filters.get(name, ())
    values = tuple(v for v in chosen if v != value) if value in chosen else (*chosen, value)
    return _address(_arguments(query, **{name: values}))


def _title(site: Site, query: SearchQuery) -> str:
    types = query.filters.get("type", ())
    if len(types) == 1 and not query.words:
        try:
            return str(site.page_type(types[0]).plural)
        except UnknownPageType:
            pass
    return _("Search")


def _result_line(query: SearchQuery, total: int) -> str:
    line = ngettext("{number} page", "{number} pages", total).format(number=total)
    return _("{pages} for “{words}”").format(pages=line, words=query.words) if query.words else line


def _facet_groups(uow: UnitOfWork, query: SearchQuery, found: Found) -> list[Mapping[str, object]]:
    groups = (_facet_group(uow, query, name, found.facets.get(name, {})) for name in FACETS)
    return [group for group in groups if group["values"]]


def _facet_group(uow: UnitOfWork, query: SearchQuery, name: str, counts: Mapping[str, int]) -> Mapping[str, object]:
    """One facet: chosen values first, then those with the most pages; all of them where the address says so."""
    chosen = query.filters.get(name, ())
    whole = request.args.get("more") == name
    most = sorted(counts, key=lambda value: (value not in chosen, -counts[value], value))
    listed = list(dict.fromkeys([*chosen, *most]))[: _MOST_VALUES_SHOWN if whole else max(_VALUES_SHOWN, len(chosen))]
    labels = value_labels(uow, name, listed)
    values = [
        {"label": labels[value], "count": counts.get(value, 0), "url": _toggled(query, name, value),
         "chosen": value in chosen}
        for value in listed
    ]  # fmt: skip
    rest = len(set(counts) | set(chosen)) - len(listed)
    more = {"label": _("{number} more").format(number=rest), "url": _address(_arguments(query, more=name))}
    return {
        "label": facet_label(name),
        "open": name in _OPEN_AT_FIRST or bool(chosen) or whole,
        "values": values,
        "more": more if rest > 0 and not whole else None,
    }


def _chosen(uow: UnitOfWork, query: SearchQuery) -> list[Mapping[str, str]]:
    return [
        {"label": label, "url": _toggled(query, name, value)}
        for name, values in query.filters.items()
        for value, label in value_labels(uow, name, values).items()
    ]


def _hidden(query: SearchQuery) -> list[tuple[str, str]]:
    pairs = [(name, value) for name, values in query.filters.items() for value in values]
    return pairs if query.sort == "relevance" else [*pairs, ("sort", query.sort)]


def _sorts(query: SearchQuery) -> list[Mapping[str, object]]:
    labels = {"relevance": _("Best first"), "newest": _("Newest first"), "title": _("By title")}
    if not query.words:
        del labels["relevance"]  # without words the newest come first anyway
    current = "newest" if not query.words and query.sort == "relevance" else query.sort
    return [
        {"label": label, "url": _address(_arguments(query, sort=name)), "current": name == current}
        for name, label in labels.items()
    ]


def _suggestion(found: Found) -> Mapping[str, str] | None:
    return {"words": found.suggestion, "url": _address({"q": found.suggestion})} if found.suggestion else None


def _watch_button(uow: UnitOfWork, query: SearchQuery) -> Mapping[str, str] | None:
    """To be told of new pages that this search would find, or no longer; for those who are signed in."""
    arguments = canonical_arguments(query)
    if not arguments or not may(uow.actor, "watch.manage"):
        return None
    watched = watching.is_watched(uow, query)
    if watched is not None:
        return {"label": _("Tell me no longer of new pages like these"), "url": f"/account/watches/{watched.id}/stop",
                "next": f"/search?{arguments}"}  # fmt: skip
    return {"label": _("Tell me of new pages like these"), "url": f"/account/watches?{arguments}", "next": ""}


def _feed(query: SearchQuery) -> Mapping[str, str]:
    arguments = canonical_arguments(query)
    return {"label": _("What is new in this search"), "url": f"/feed.atom?{arguments}" if arguments else "/feed.atom"}


def _ask(site: Site) -> Mapping[str, str]:
    """The next step where nothing was found: ask."""
    first = types_in_order(site)[0]
    return {"label": first.invitation.in_language(current_language()), "url": f"/new/{first.name}"}
