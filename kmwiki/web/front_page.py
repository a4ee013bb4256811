"""The front page, what is new, short addresses, the reader's language."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.backends.search import SearchQuery
from kmwiki.errors import NotFound, SearchUnavailable
from kmwiki.http.current import base_url, current_site, work
from kmwiki.http.languages import LANGUAGE_COOKIE
from kmwiki.http.own_paths import own_path
from kmwiki.http.paging import paging_of
from kmwiki.i18n import INTERFACE_LANGUAGES
from kmwiki.i18n import gettext as _
from kmwiki.render.values import search_address
from kmwiki.services.pages import reading, searching
from kmwiki.services.pages.facet_labels import facet_label, value_labels
from kmwiki.services.pages.finding import find_page_by_id
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.entries import entry, pager
from kmwiki.web.frame import types_in_order

blueprint = Blueprint("front", __name__)

_NEWEST = 6
_SHELVES = ("sector", "country")
_ON_A_SHELF = 8
_YEAR_SECONDS = 365 * 24 * 3600


@blueprint.get("/")
def front() -> AnyResponse:
    site = current_site()
    with work() as uow:
        counts = reading.counts_by_type(uow)
        _total, newest = reading.newest_pages(uow, None, 1, _NEWEST)
        shelves, is_searching = _shelves(uow)
    html = render_template(
        "pages/front.html",
        title=site.config.site_name,
        introduction=_("What people need to know, what works, and what happened when somebody tried it."),
        ways=_ways(site, counts),
        unanswered=(),
        unanswered_url=None,
        newest=[entry(site, page) for page in newest],
        newest_url="/recent",
        browse=shelves,
        first_steps=None if newest else _first_steps(site),
        description=_("What people need to know, what works, and what happened when somebody tried it."),
        canonical=f"{base_url()}/",
    )
    response = make_response(html)
    if not is_searching:
        response.headers["Cache-Control"] = "no-store"  # complete again when the index is
    return response


def _ways(site: Site, counts: Mapping[str, int]) -> list[Mapping[str, object]]:
    questions = {
        "need": _("What do people need to know?"),
        "practice": _("What works, under which conditions, at what cost?"),
        "case": _("What happened when it was done there?"),
    }
    return [
        {
            "sign": page_type.sign,
            "plural": str(page_type.plural),
            "url": f"/search?type={page_type.name}",
            "question": questions.get(page_type.sign, _("What do the words mean?")),
            "count": counts.get(page_type.name, 0),
            "invitation": {"label": str(page_type.invitation), "url": f"/new/{page_type.name}"},
        }
        for page_type in types_in_order(site)
    ]


def _first_steps(site: Site) -> list[Mapping[str, str]]:
    return [{"label": str(t.invitation), "url": f"/new/{t.name}"} for t in types_in_order(site) if t.sign != "plain"]


def _shelves(uow: UnitOfWork) -> tuple[list[Mapping[str, object]], bool]:
    """Ways to browse with their counts, and whether the index could say them."""
    try:
        facets = searching.search(uow, SearchQuery(per_page=1)).facets
    except SearchUnavailable:
        return [], False
    shelves = [_shelf(uow, name, facets.get(name, {})) for name in _SHELVES]
    return [shelf for shelf in shelves if shelf["links"]], True


def _shelf(uow: UnitOfWork, name: str, counts: Mapping[str, int]) -> Mapping[str, object]:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_ON_A_SHELF]
    labels = value_labels(uow, name, [value for value, _count in most])
    links = [{"label": labels[value], "url": search_address(**{name: value}), "count": count} for value, count in most]
    return {"label": _("By {facet}").format(facet=facet_label(name).lower()), "links": links}


@blueprint.get("/recent")
def recent() -> str:
    site = current_site()
    paging = paging_of(request.args)
    type_name = request.args.get("type") or None
    if type_name is not None and type_name not in site.types.names():
        raise NotFound()
    with work() as uow:
        total, pages = reading.newest_pages(uow, type_name, paging.page, paging.per_page)
    return render_template(
        "pages/recent.html",
        pages=[entry(site, page) for page in pages],
        types=_type_links(site, type_name),
        pager=pager(total, paging.page, paging.per_page),
    )


def _type_links(site: Site, chosen: str | None) -> list[Mapping[str, object]]:
    every = (_("All"), "/recent", None)
    types = ((str(t.plural), f"/recent?type={t.name}", t.name) for t in types_in_order(site))
    return [{"label": label, "url": url, "current": name == chosen} for label, url, name in (every, *types)]


@blueprint.get("/p/<page_id>")
def short_address(page_id: str) -> AnyResponse:
    """The permanent address of a page, whatever it is called now."""
    with work() as uow:
        page = find_page_by_id(uow, _uuid(page_id))
    if page.slug is None:
        raise NotFound()
    return redirect(f"/pages/{page.slug}")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound() from error


@blueprint.get("/language/<code>")
def choose_language(code: str) -> AnyResponse:
    """Keep the reader's language in a cookie and go back to where she was."""
    if code not in INTERFACE_LANGUAGES:
        raise NotFound()
    response = redirect(own_path(request.args.get("next", "")), 303)
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=_YEAR_SECONDS, samesite="Lax", httponly=True,
        secure=current_site().config.base_url.startswith("https://"),
    )  # fmt: skip
    return response
