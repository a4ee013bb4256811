"""Pages: lists, versions, history, comparison, files; and what moderators do to whole pages."""

from flask import Response, request

from kmwiki.api.answers import answer, list_answer
from kmwiki.api.body import members, needed_text, refused, text_of, truth_of
from kmwiki.api.doors import number_of, page_at, page_for
from kmwiki.api.search import search_query
from kmwiki.api.shapes import comparison_json, files_json, page_json, page_summary, publication_json
from kmwiki.domain.compare import compare
from kmwiki.domain.workflow import PageVerb
from kmwiki.errors import NotFound
from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.services.pages import page_care
from kmwiki.services.pages.finding import content_of
from kmwiki.services.pages.labels import as_readers_see
from kmwiki.services.pages.plain_reading import comparable, published_now
from kmwiki.services.pages.reading import history, newest_pages, published_version, version_notes
from kmwiki.services.pages.searching import search


def list_pages() -> Response:
    """Published pages, the newest first. By type alone from the database, by other facets as the index has them."""
    paging, query = paging_of(request.args), search_query("", "newest")
    types = query.filters.get("type", ())
    with work() as uow:
        if set(query.filters) <= {"type"} and len(types) < 2 and query.sort == "newest":
            total, pages = newest_pages(uow, next(iter(types), None), paging.page, paging.per_page)
        else:
            found = search(uow, query)
            total, pages = found.total, [hit.page for hit in found.hits]
        return list_answer(paging, total, [page_summary(uow.site, page) for page in pages])


def read_page(slug: str) -> Response:
    with work() as uow:
        page_at(uow, slug)
    return _page_answer(slug)


def _page_answer(slug: str | None) -> Response:
    """The page as it is now; asked anew after each deed, so that nobody's save waits for an answer to be made."""
    with work() as uow:
        version = published_now(uow, str(slug))
        return answer(page_json(uow, version), etag=version.revision.id)


def list_revisions(slug: str) -> Response:
    paging = paging_of(request.args, 50)
    with work() as uow:
        page_at(uow, slug, itself=True)
        _page, total, publications = history(uow, slug, paging.page, paging.per_page)
        notes = version_notes(uow, publications)
        items = [publication_json(publication, notes[publication.revision_id]) for publication in publications]
        return list_answer(paging, total, items)


def read_revision(slug: str, number: str) -> Response:
    with work() as uow:
        page_at(uow, slug, itself=True)
        version = published_version(uow, slug, number_of(number))
        return answer(page_json(uow, version), etag=version.revision.id)


def compare_revisions(slug: str) -> Response:
    """Two versions field by field; without numbers the newest one with the one before it."""
    with work() as uow:
        page_at(uow, slug, itself=True)
        newest = history(uow, slug, 1, 1)[2][0].number
        to = _number("to", newest)
        from_ = _number("from", max(1, to - 1))
        new = as_readers_see(uow, content_of(published_version(uow, slug, to).revision))
        old = as_readers_see(uow, content_of(published_version(uow, slug, from_).revision))
        page_type = uow.site.page_type(new.type, new.edition)
        parts = compare(page_type, comparable(uow, old, new.edition), comparable(uow, new))
        return answer({"page": slug, "from": from_, "to": to, "fields": comparison_json(parts)})


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    try:
        return number_of(text)
    except NotFound as error:
        raise refused(name, _("“{name}” is the number of a version.").format(name=name)) from error


def list_files(slug: str) -> Response:
    with work() as uow:
        page_at(uow, slug)
        version = published_now(uow, slug)
        files = files_json(uow.site, version.page, version)
        return answer({"total": len(files), "page": 1, "per_page": 100, "items": files})


# ---- moderators


def archive_page(slug: str) -> Response:
    with work() as uow:
        page_for(uow, slug, "page.archive", PageVerb.ARCHIVE)
        given = members("reason", "successor")
        successor = text_of(given, "successor") or None
        page = page_care.archive(uow, slug, given.get("reason"), successor)  # type: ignore[arg-type]
    return _page_answer(page.slug)


def restore_page(slug: str) -> Response:
    with work() as uow:
        page_for(uow, slug, "page.restore", PageVerb.RESTORE)
        members()
        page = page_care.restore(uow, slug)
    return _page_answer(page.slug)


def delete_page(slug: str) -> Response:
    """Into the bin, for 30 days."""
    with work() as uow:
        page_for(uow, slug, "page.bin", PageVerb.BIN)
        page_care.bin_page(uow, slug, request.args.get("reason", ""))
    return Response(status=204)


def unbin_page(slug: str) -> Response:
    with work() as uow:
        page_for(uow, slug, "page.unbin", PageVerb.UNBIN)
        members()
        page = page_care.unbin(uow, slug)
    return _page_answer(page.slug)


def rename_page(slug: str) -> Response:
    with work() as uow:
        page_for(uow, slug, "page.rename")
        page = page_care.rename(uow, slug, needed_text(members("slug"), "slug"))
    return _page_answer(page.slug)


def protect_page(slug: str) -> Response:
    with work() as uow:
        page_for(uow, slug, "page.protect")
        is_protected = truth_of(members("protected"), "protected", default=True)
        page = page_care.protect(uow, slug, is_protected)
    return _page_answer(page.slug)
