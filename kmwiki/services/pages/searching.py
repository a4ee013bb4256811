"""Searching published pages, and the documents that the worker puts into the index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from kmwiki.backends.excerpts import Piece, excerpt, mark
from kmwiki.backends.search import SearchDocument, SearchQuery
from kmwiki.domain import fields as field_rules
from kmwiki.domain.content import Content
from kmwiki.models import AuditEntry, Page, Revision
from kmwiki.permissions import visible
from kmwiki.services.pages.finding import content_of
from kmwiki.services.pages.labels import standing_topics, topic_words
from kmwiki.site import UnitOfWork

_BATCH = 200


@dataclass(frozen=True)
class Hit:
    """One page that was found, with the words that were found in it."""

    page: Page
    title: Sequence[Piece]
    excerpt: Sequence[Piece]


@dataclass(frozen=True)
class Found:
    total: int
    hits: Sequence[Hit]
    facets: Mapping[str, Mapping[str, int]]
    suggestion: str | None


def search(uow: UnitOfWork, query: SearchQuery) -> Found:
    """Pages that hold all the words and pass the filters. Raises SearchUnavailable.

    The index holds published pages only; the database is asked again, so that a page that was archived a moment
    ago is not shown.
    """
    answer = uow.site.search.search(_with_topics_that_stand(uow, query))
    ids = [UUID(page_id) for page_id in answer.ids]
    pages = _published(uow, ids)
    hits = [_hit(uow, *pages[page_id], answer.terms) for page_id in ids if page_id in pages]
    return Found(answer.total, hits, answer.facets, answer.suggestion)


def _with_topics_that_stand(uow: UnitOfWork, query: SearchQuery) -> SearchQuery:
    """The index knows a topic that became part of another by the code of that one."""
    codes = query.filters.get("topic", ())
    words = topic_words(uow, codes)
    standing = tuple(dict.fromkeys(words[code].code if code in words else code for code in codes))
    return replace(query, filters={**query.filters, "topic": standing}) if standing != tuple(codes) else query


def _published(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Page, Revision]]:
    found = uow.session.execute(
        select(Page, Revision)
        .join(Revision, Revision.id == Page.published_revision_id)
        .where(Page.id.in_(ids), Page.state == "published", visible(uow.actor, "page.read"))
    )
    return {page.id: (page, revision) for page, revision in found}


def _hit(uow: UnitOfWork, page: Page, revision: Revision, terms: frozenset[str]) -> Hit:
    return Hit(
        page=page,
        title=mark(page.title, terms, page.language),
        excerpt=excerpt(_told(uow, revision) if terms else page.summary, terms, page.language),
    )


def _told(uow: UnitOfWork, revision: Revision) -> str:
    """What a revision says, in plain words: the summary first, then its rows and texts in the order of the form."""
    content = content_of(revision)
    page_type = uow.site.page_type(content.type, content.edition)
    text = field_rules.plain_text(page_type, content.fields)
    summary = text.summary if page_type.summary else ""  # else it is the beginning of the body
    return "\n".join(part for part in (summary, text.questions, text.body) if part)


# ---- for the worker


def index_pages(uow: UnitOfWork, page_ids: Iterable[UUID]) -> None:
    """Make the index say of these pages what the database says now.

    Results that were kept for readers since the publication lack these pages: the generation moves on once more.
    """
    wanted = set(page_ids)
    pages = _published(uow, list(wanted))
    topics = standing_topics(uow)
    uow.site.search.put([document(uow, page, revision, topics) for page, revision in pages.values()])
    uow.site.search.delete([str(page_id) for page_id in wanted - set(pages)])
    uow.raise_generation()


def index_again_since(uow: UnitOfWork, moment: datetime) -> None:
    """Leave an index job for every page of which something was decided since then; results kept so far are old."""
    decided = select(AuditEntry.page_id).where(AuditEntry.at >= moment, AuditEntry.page_id.is_not(None)).distinct()
    for page_id in uow.session.scalars(decided).all():
        uow.enqueue("index", page_id=str(page_id))
    uow.raise_generation()


def all_documents(uow: UnitOfWork) -> Iterator[SearchDocument]:
    """Every published page, in batches, for a rebuild."""
    last = None
    while True:
        batch = _next_pages(uow, last)
        if not batch:
            return
        topics = standing_topics(uow)
        for page, revision in batch:
            yield document(uow, page, revision, topics)
        last = batch[-1][0].id
        uow.session.expunge_all()


def _next_pages(uow: UnitOfWork, after: UUID | None) -> Sequence[tuple[Page, Revision]]:
    ordered = (
        select(Page, Revision)
        .join(Revision, Revision.id == Page.published_revision_id)
        .where(Page.state == "published")
        .order_by(Page.id)
        .limit(_BATCH)
    )
    found = uow.session.execute(ordered.where(Page.id > after) if after else ordered)
    return [(page, revision) for page, revision in found]


def document(uow: UnitOfWork, page: Page, revision: Revision, topics: Mapping[str, str]) -> SearchDocument:
    """What the index is told of a published page; `topics`: those that readers know (labels.standing_topics)."""
    assert page.published_at is not None
    content = Content.from_json(revision.content)
    page_type = uow.site.page_type(content.type, content.edition)
    text = field_rules.plain_text(page_type, content.fields)
    return SearchDocument(
        id=str(page.id),
        type=page.type,
        language=page.language,
        title=text.title,
        summary=text.summary,
        questions=text.questions,
        body=text.body,
        depth=page.depth,
        published_at=page.published_at,
        facets={
            **field_rules.facets(page_type, content.fields),
            "type": (page.type,),
            "language": (page.language,),
            "depth": (page.depth,),
            "topic": tuple(dict.fromkeys(topics[code] for code in content.topics if code in topics)),
        },
    )
