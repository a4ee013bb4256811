"""Atom feeds of what is new, of a search and of one page; the sitemap."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.backends.search import SearchQuery
from kmwiki.errors import NotFound
from kmwiki.http.current import base_url, work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.models import Page, Publication
from kmwiki.services.pages import reading, searching
from kmwiki.services.pages.facet_labels import value_labels
from kmwiki.services.pages.reading import VersionNote
from kmwiki.site import UnitOfWork, site_identity
from kmwiki.web.article import credits_of
from kmwiki.web.search import canonical_arguments, query_of_request

blueprint = Blueprint("feeds", __name__)

_ENTRIES = 30
_SITEMAP_PAGES = 5_000
#: What XML 1.0 cannot hold at all.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@blueprint.get("/feed.atom")
def feed() -> AnyResponse:
    """The newest pages; with the parameters of a search, the newest of those that it finds.

    Raises Refused, SearchUnavailable.
    """
    query = replace(query_of_request(), sort="newest", page=1, per_page=_ENTRIES)
    arguments = canonical_arguments(query)
    with work() as uow:
        pages = _found(uow, query) if arguments else reading.newest_pages(uow, None, 1, _ENTRIES)[1]
        site_id = UUID(site_identity(uow.session))
        name = ": ".join(filter(None, [uow.site.config.site_name, _words_of(uow, query)]))
    return _atom(
        id=uuid5(site_id, arguments) if arguments else site_id,
        title=name,
        address=f"/feed.atom?{arguments}" if arguments else "/feed.atom",
        page_address=f"/search?{arguments}" if arguments else "/recent",
        entries=[_page_entry(page) for page in pages],
    )


def _found(uow: UnitOfWork, query: SearchQuery) -> list[Page]:
    return [hit.page for hit in searching.search(uow, query).hits]


def _words_of(uow: UnitOfWork, query: SearchQuery) -> str:
    """What is searched for, in words."""
    labels = (label for name, values in query.filters.items() for label in value_labels(uow, name, values).values())
    return ", ".join(filter(None, [query.words, *labels]))


def _page_entry(page: Page) -> Mapping[str, object]:
    return {
        "id": page.id,
        "language": page.language,
        "title": page.title,
        "updated": page.published_at,
        "address": f"/pages/{page.slug}",
        "category": page.type,
        "summary": page.summary,
        "authors": (),
    }


@blueprint.get("/pages/<slug>/feed.atom")
def page_feed(slug: str) -> AnyResponse:
    """The published versions of one page, newest first; of a hidden one only that there was one."""
    with work() as uow:
        page, _total, versions = reading.history(uow, slug, 1, _ENTRIES)
        notes = reading.version_notes(uow, versions)
    if page.slug != slug:
        return redirect(url_for("feeds.page_feed", slug=page.slug), 301)
    return _atom(
        id=page.id,
        title=page.title,
        address=f"/pages/{page.slug}/feed.atom",
        page_address=f"/pages/{page.slug}",
        entries=[_version_entry(page, version, notes[version.revision_id]) for version in versions],
    )


def _version_entry(page: Page, version: Publication, note: VersionNote) -> Mapping[str, object]:
    at = f"/pages/{page.slug}"
    title = _("Version {number}").format(number=version.number)
    return {
        "id": version.revision_id,
        "language": page.language,
        "title": f"{page.title}: {title}",
        "updated": version.published_at,
        "address": f"{at}/history" if note.is_hidden else f"{at}/revisions/{version.number}",
        "category": page.type,
        "summary": _("text hidden by a moderator") if note.is_hidden else note.summary,
        "authors": credits_of(version)["authors"],
    }


def _atom(
    *, id: UUID, title: str, address: str, page_address: str, entries: Sequence[Mapping[str, object]]
) -> Response:
    xml = render_template(
        "pages/feed.xml", id=id, title=title, root=base_url(), address=address, page_address=page_address,
        updated=entries[0]["updated"] if entries else None, entries=entries,
    )  # fmt: skip
    return _xml(xml, "application/atom+xml")


@blueprint.get("/sitemap.xml")
def sitemap() -> AnyResponse:
    """Every published page; beyond the first thousands as an index of further sitemaps."""
    paging = paging_of({"page": request.args.get("page", "")})
    with work() as uow:
        total, pages = reading.newest_pages(uow, None, paging.page, _SITEMAP_PAGES)
    parts = max(1, -(-total // _SITEMAP_PAGES))
    if paging.page > parts:
        raise NotFound()
    is_index = parts > 1 and "page" not in request.args
    xml = render_template(
        "pages/sitemap.xml", root=base_url(), pages=() if is_index else pages, parts=parts if is_index else 0
    )
    return _xml(xml, "application/xml")


def _xml(text: str, media_type: str) -> Response:
    return Response(_NOT_IN_XML.sub("", text), content_type=f"{media_type}; charset=utf-8")
