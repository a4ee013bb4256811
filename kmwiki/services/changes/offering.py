"""What is offered to somebody who writes: own drafts to link to, questions of a page, pages with like titles.

Only what the asker may see; nothing here is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from kmwiki.backends.analysis import WORD, forms, is_stop_word, title_key
from kmwiki.backends.search import SearchQuery
from kmwiki.domain.content import Content
from kmwiki.domain.fields import title_of
from kmwiki.domain.kinds.rows import rows_of
from kmwiki.errors import SearchUnavailable
from kmwiki.models import Change, Page
from kmwiki.permissions import visible
from kmwiki.services.changes.looking import newest_contents
from kmwiki.services.pages.finding import content_of, find_change, find_page, find_revision
from kmwiki.services.pages.reading import publication_now
from kmwiki.site import UnitOfWork

_DRAFTS_LOOKED_AT = 50
_WORDS_ASKED = 6
_PAGES_A_WORD = 20
_MOST_SIMILAR = 5
#: Of the telling words of the shorter title so many are in the other one, and at least two where there are two.
_LIKE_ENOUGH = 0.5


@dataclass(frozen=True)
class Draft:
    """A page that is not published yet, as its author sees it."""

    change: Change
    title: str


@dataclass(frozen=True)
class Similar:
    """A published page, or a draft of the asker's, whose title is like another; `likeness` up to 1."""

    title: str
    likeness: float
    page: Page | None = None
    change: Change | None = None


# ---- own drafts


def own_drafts(uow: UnitOfWork, types: Sequence[str] = ()) -> list[Draft]:
    """The asker's own new pages that are open, newest first: at most two queries."""
    if not uow.actor.is_signed_in:
        return []
    pages = select(Page.id).where(Page.state == "new")
    pages = pages.where(Page.type.in_(types)) if types else pages
    changes = uow.session.scalars(
        select(Change)
        .where(
            visible(uow.actor, "change.read"),
            Change.author_id == uow.actor.user_id,
            Change.state.in_(("draft", "submitted")),
            Change.page_id.in_(pages),
        )
        .order_by(Change.updated_at.desc(), Change.id)
        .limit(_DRAFTS_LOOKED_AT)
    ).all()
    contents = newest_contents(uow, changes)
    return [Draft(c, _title(uow, contents[c.head_id])) for c in changes if c.head_id in contents]


def drafts_with_words(uow: UnitOfWork, words: str, types: Sequence[str], limit: int) -> list[Draft]:
    """Own drafts whose title contains the words, whatever their case and accents."""
    wanted = title_key(words)
    return [draft for draft in own_drafts(uow, types) if wanted and wanted in title_key(draft.title)][:limit]


def _title(uow: UnitOfWork, content: Content) -> str:
    page_type = uow.site.page_type(content.type, content.edition)
    return title_of(page_type, content.fields, uow.now.astimezone(uow.site.config.timezone).date())


# ---- rows of a page


def rows_of_page(uow: UnitOfWork, slug: str, field: str) -> list[tuple[str, str]]:
    """(id, words) of the rows of a published page. Raises NotFound."""
    _publication, revision = publication_now(uow, find_page(uow, slug))
    return _rows(content_of(revision), field)


def rows_of_change(uow: UnitOfWork, change_id: UUID, field: str) -> list[tuple[str, str]]:
    """The same of the newest version of a change. Raises NotFound."""
    return _rows(content_of(find_revision(uow, find_change(uow, change_id).head_id)), field)


def _rows(content: Content, field: str) -> list[tuple[str, str]]:
    return [(str(row["id"]), _words(row)) for row in rows_of(content.fields.get(field)) if row.get("id")]


def _words(row: Mapping[str, object]) -> str:
    return next((text for name, text in row.items() if name not in ("id", "uid") and isinstance(text, str)), "")


# ---- like titles


def similar(uow: UnitOfWork, title: str, type_name: str, language: str, but_page: UUID | None = None) -> list[Similar]:
    """Published pages and own drafts of this type with like words in their titles, the likest first."""
    telling = _telling(title, language)
    if not telling:
        return []
    pages = _pages(uow, _candidates(uow, title, type_name, language))
    drafts = [draft for draft in own_drafts(uow, [type_name]) if draft.change.page_id != but_page]
    found = [
        *(Similar(p.title, _likeness(telling, p.title, p.language), page=p) for p in pages if p.id != but_page),
        *(Similar(d.title, _likeness(telling, d.title, language), change=d.change) for d in drafts),
    ]
    likest = sorted(found, key=lambda one: -one.likeness)
    return [one for one in likest if one.likeness >= _LIKE_ENOUGH][:_MOST_SIMILAR]


def _candidates(uow: UnitOfWork, title: str, type_name: str, language: str) -> set[UUID]:
    """Ids of pages that hold one of the longest telling words; none while the index is away."""
    words = [word for word in WORD.findall(title) if not is_stop_word(word, language)]
    longest = sorted(dict.fromkeys(words), key=len, reverse=True)[:_WORDS_ASKED]
    ids: set[UUID] = set()
    try:
        for word in longest:
            query = SearchQuery(f'"{word}"', {"type": (type_name,)}, per_page=_PAGES_A_WORD)
            ids.update(UUID(page_id) for page_id in uow.site.search.search(query).ids)
    except SearchUnavailable:
        return set()
    return ids


def _pages(uow: UnitOfWork, ids: Iterable[UUID]) -> Sequence[Page]:
    found = select(Page).where(Page.id.in_(ids), Page.state == "published", visible(uow.actor, "page.read"))
    return uow.session.scalars(found.order_by(Page.id)).all()


def _telling(title: str, language: str) -> frozenset[str]:
    words = [word for word in WORD.findall(title) if not is_stop_word(word, language)]
    return frozenset(forms(word, language)[-1] for word in words)


def _likeness(telling: frozenset[str], title: str, language: str) -> float:
    other = _telling(title, language)
    shared = len(telling & other)
    shorter = min(len(telling), len(other))
    return shared / shorter if shared >= min(2, shorter) and shorter else 0.0
