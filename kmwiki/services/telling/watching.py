"""What people watch: pages, and new pages of a kind, a country, a field of work, or that a search would find."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select

from kmwiki.backends.memory_search import MemorySearch
from kmwiki.backends.search import FACETS, SearchDocument, SearchQuery
from kmwiki.db import insert_missing
from kmwiki.domain.ids import new_id
from kmwiki.errors import NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Page, Watch
from kmwiki.permissions import require
from kmwiki.services.pages.finding import find_page, readable_pages
from kmwiki.site import UnitOfWork

PAGE, SEARCH = "page", "search"
#: Facets that are watched by one value of them; every other search by its words and filters.
FACET_KINDS = ("type", "country", "sector")
MOST_WATCHES = 300
_LONGEST_VALUE = 1_000


# ---- pages


def watch_page(uow: UnitOfWork, slug: str) -> Page:
    """Be told of what happens to a page. Raises NotFound, Unauthenticated, Refused (too many)."""
    page = find_page(uow, slug)
    require(uow.actor, "watch.manage")
    _add(uow, PAGE, str(page.id))
    return page


def unwatch_page(uow: UnitOfWork, slug: str) -> Page:
    """Be told no more."""
    page = find_page(uow, slug)
    require(uow.actor, "watch.manage")
    uow.session.execute(delete(Watch).where(_own(uow), Watch.kind == PAGE, Watch.value == str(page.id)))
    return page


def watch_for(uow: UnitOfWork, page_id: UUID, user_ids: Iterable[UUID]) -> None:
    """Watch a page for those who wrote it."""
    insert_missing(uow.session, Watch, [_row(uow, user_id, PAGE, str(page_id)) for user_id in user_ids])


def forget_page(uow: UnitOfWork, page_id: UUID) -> None:
    """Nobody watches a page that is gone for good."""
    uow.session.execute(delete(Watch).where(Watch.kind == PAGE, Watch.value == str(page_id)))


# ---- searches


def watch_search(uow: UnitOfWork, query: SearchQuery) -> Watch | None:
    """Be told of new pages that this search would find. Raises Unauthenticated, Refused (no search, too many)."""
    require(uow.actor, "watch.manage")
    kind, value = kind_and_value(query)
    if not value:
        raise Refused(_("Search for words or choose a filter first."))
    if len(value) > _LONGEST_VALUE:
        raise Refused(_("This search is too long to be kept. Use fewer filters."))
    _add(uow, kind, value)
    return _find(uow, kind, value)


def kind_and_value(query: SearchQuery) -> tuple[str, str]:
    """How a search is kept: always the same for the same words and filters."""
    filters = {name: values for name, values in query.filters.items() if values}
    if not query.words and len(filters) == 1:
        ((name, values),) = filters.items()
        if name in FACET_KINDS and len(values) == 1:
            return name, values[0]
    return SEARCH, canonical(query)


def canonical(query: SearchQuery) -> str:
    """What is searched for, as the query of an address that is always written the same way."""
    pairs = [("q", query.words)] if query.words else []
    pairs += [(name, value) for name, values in sorted(query.filters.items()) for value in sorted(values)]
    return urlencode(pairs)


def query_of(watch: Watch) -> SearchQuery:
    """The search that is watched."""
    if watch.kind in FACET_KINDS:
        return SearchQuery(filters={watch.kind: (watch.value,)})
    filters: dict[str, tuple[str, ...]] = {}
    words = ""
    for name, value in parse_qsl(watch.value):
        if name == "q":
            words = value
        elif name in FACETS:
            filters[name] = (*filters.get(name, ()), value)
    return SearchQuery(words=words, filters=filters)


def is_watched(uow: UnitOfWork, query: SearchQuery) -> Watch | None:
    """One's own watch of this search."""
    kind, value = kind_and_value(query)
    return _find(uow, kind, value) if value and uow.actor.is_signed_in else None


def searches_finding(uow: UnitOfWork, document: SearchDocument) -> Sequence[str]:
    """The kept searches that this page fits: its words are compared as the index compares them."""
    values = uow.session.scalars(select(Watch.value).where(Watch.kind == SEARCH).distinct()).all()
    queries = {value: query_of(Watch(kind=SEARCH, value=value)) for value in values}
    passing = {value: query for value, query in queries.items() if _passes(document, query)}
    alone = MemorySearch()
    alone.put([document])
    return [value for value, query in passing.items() if not query.words or alone.search(query).total]


def _passes(document: SearchDocument, query: SearchQuery) -> bool:
    facets: Mapping[str, Sequence[str]] = document.all_facets
    return all(wanted.intersection(facets.get(name, ())) for name, wanted in query.active_filters.items())


# ---- one's own list


@dataclass(frozen=True)
class Watched:
    """One thing that is watched: a page, or a search."""

    watch: Watch
    page: Page | None = None


def watched(uow: UnitOfWork, page: int, per_page: int) -> tuple[int, Sequence[Watched]]:
    """What one watches, newest first; pages that one may not see any more are left out of the list."""
    require(uow.actor, "watch.manage")
    total = uow.session.scalar(select(func.count()).select_from(Watch).where(_own(uow))) or 0
    ordered = select(Watch).where(_own(uow)).order_by(Watch.created_at.desc(), Watch.id.desc())
    rows = uow.session.scalars(ordered.offset((page - 1) * per_page).limit(per_page)).all()
    pages = readable_pages(uow, [UUID(row.value) for row in rows if row.kind == PAGE])
    shown = [Watched(row, pages.get(UUID(row.value)) if row.kind == PAGE else None) for row in rows]
    return total, [one for one in shown if one.page is not None or one.watch.kind != PAGE]


def stop_watching(uow: UnitOfWork, watch_id: UUID) -> None:
    """End a watch of one's own. Raises NotFound for anybody else's."""
    require(uow.actor, "watch.manage")
    found = uow.session.get(Watch, watch_id)
    if found is None or found.user_id != uow.actor.user_id:
        raise NotFound()
    uow.session.delete(found)


def _own(uow: UnitOfWork) -> ColumnElement[bool]:
    return Watch.user_id == uow.actor.user_id


def _find(uow: UnitOfWork, kind: str, value: str) -> Watch | None:
    return uow.session.scalar(select(Watch).where(_own(uow), Watch.kind == kind, Watch.value == value))


def _add(uow: UnitOfWork, kind: str, value: str) -> None:
    if (uow.session.scalar(select(func.count()).select_from(Watch).where(_own(uow))) or 0) >= MOST_WATCHES:
        message = _("You watch {number} things already. Stop watching some of them first.")
        raise Refused(message.format(number=MOST_WATCHES))
    assert uow.actor.user_id is not None
    insert_missing(uow.session, Watch, [_row(uow, uow.actor.user_id, kind, value)])


def _row(uow: UnitOfWork, user_id: UUID, kind: str, value: str) -> dict[str, object]:
    return {"id": new_id(), "user_id": user_id, "kind": kind, "value": value, "created_at": uow.now}


def watching(page_id: UUID, user_id: UUID | None) -> ColumnElement[bool]:
    """Whether somebody watches a page, as a part of another query."""
    return exists().where(Watch.user_id == user_id, Watch.kind == PAGE, Watch.value == str(page_id))
