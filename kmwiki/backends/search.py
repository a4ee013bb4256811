"""What search is, whoever does it: documents in, a query, an answer. See whoosh_search.py and
memory_search.py.

A document is one published page. Rights are not known here: only what everybody may see is put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Protocol

Sort = Literal["relevance", "newest", "title"]

#: The facets that every answer counts, in this order; documents may carry more, which are counted too.
FACETS = (
    "type", "country", "sector", "sdg", "level", "topic", "language", "maturity", "outcome", "depth",
    "organisation",
)  # fmt: skip
#: Nobody turns further than so many results; it bounds the work of one query.
DEEPEST_RESULT = 10_000
LARGEST_PAGE = 100


@dataclass(frozen=True)
class SearchDocument:
    """A published page as search sees it; `questions` are the texts of its rows, one a line."""

    id: str
    type: str
    language: str
    title: str
    summary: str
    questions: str
    body: str
    depth: str
    published_at: datetime
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def all_facets(self) -> dict[str, tuple[str, ...]]:
        """The facets, each value once, with type, language and depth even if the caller left them out."""
        own = {"type": (self.type,), "language": (self.language,), "depth": (self.depth,)}
        every = own | {name: tuple(dict.fromkeys(values)) for name, values in self.facets.items()}
        return {name: values for name, values in every.items() if any(values)}

    @property
    def texts(self) -> dict[str, str]:
        """The texts of ranking.FIELD_WEIGHTS."""
        return {"title": self.title, "lead": f"{self.summary}\n{self.questions}", "body": self.body}

    @property
    def published_seconds(self) -> float:
        """Seconds since 1970; a time without zone is taken as UTC."""
        moment = self.published_at
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@dataclass(frozen=True)
class SearchQuery:
    """What is asked. No words: every document, newest first. Values of one facet are or, facets are and."""

    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    page: int = 1
    per_page: int = 20

    @property
    def window(self) -> slice:
        """Which of the sorted results are on the page; empty past DEEPEST_RESULT."""
        size = max(1, min(self.per_page, LARGEST_PAGE))
        start = (max(1, self.page) - 1) * size
        return slice(start, start + size) if start + size <= DEEPEST_RESULT else slice(0, 0)

    @property
    def active_filters(self) -> dict[str, frozenset[str]]:
        """The filters that name a value."""
        return {name: frozenset(values) for name, values in self.filters.items() if values}


@dataclass(frozen=True)
class SearchAnswer:
    """What was found: how many, the ids of one page, counts {facet: {value: documents}}.

    A facet's counts leave out the filter on that facet, so that they tell what choosing another value would
    give. `terms` are for excerpts.excerpt(); one with spaces in it is marked only where its words stand side
    by side. `suggestion` is the query in other words, which find something; only where this one finds
    nothing.
    """

    total: int
    ids: tuple[str, ...]
    facets: Mapping[str, Mapping[str, int]]
    terms: frozenset[str] = frozenset()
    suggestion: str | None = None


class SearchBackend(Protocol):
    """A few methods over plain documents. Only the worker calls those that write.

    All but healthy() raise SearchUnavailable where the index is not there or cannot be read or written;
    replace_all() heals that.
    """

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add the documents or replace those with their ids, all at once."""

    def delete(self, ids: Iterable[str]) -> None:
        """Take documents out; ids that are not in are passed over."""

    def search(self, query: SearchQuery) -> SearchAnswer:
        """Answer a query; strange syntax and unknown values give few or no results, never an error."""

    def all_ids(self) -> set[str]:
        """The ids of all documents that are in, for comparing with the database."""

    def replace_all(self, documents: Iterable[SearchDocument]) -> None:
        """Build everything anew beside the old, then take its place; readers see the one or the other."""

    def tidy(self, documents: int = 20) -> None:
        """Spend about a second on making later searches quick; for the worker when it has nothing to do.

        `documents` bounds the work; a few thousand at night.
        """

    def healthy(self) -> bool:
        """Whether there is an index that can be read; where not, the worker calls replace_all()."""
