"""Search that keeps everything in memory and looks at every document: for tests, and to measure others by.

Plain and exact rather than fast. It shares words and weights with the others and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kmwiki.backends import ranking
from kmwiki.backends.analysis import WORD, forms_of, title_key
from kmwiki.backends.query_words import Clause, clauses_of, marked_terms, parts_of
from kmwiki.backends.search import FACETS, SearchAnswer, SearchDocument, SearchQuery
from kmwiki.backends.spelling import spelled_words, suggest


class MemorySearch:
    """A SearchBackend without a disk; empty and healthy from the beginning."""

    def __init__(self) -> None:
        self._documents: dict[str, _Indexed] = {}

    def put(self, documents: Iterable[SearchDocument]) -> None:
        self._documents |= {document.id: _Indexed(document) for document in documents}

    def delete(self, ids: Iterable[str]) -> None:
        for one in ids:
            self._documents.pop(one, None)

    def all_ids(self) -> set[str]:
        return set(self._documents)

    def replace_all(self, documents: Iterable[SearchDocument]) -> None:
        self._documents = {document.id: _Indexed(document) for document in documents}

    def tidy(self, documents: int = 20) -> None:
        """There is nothing to tidy."""

    def healthy(self) -> bool:
        return True

    def search(self, query: SearchQuery) -> SearchAnswer:
        clauses = clauses_of(parts_of(query.words), self._languages())
        found = self._found(clauses)
        hits = [one for one in found if _passes(one, query.active_filters)]
        ordered = self._ordered(hits, clauses, query)
        return SearchAnswer(
            total=len(hits),
            ids=tuple(one.document.id for one in ordered[query.window]),
            facets=_facets(found, query.active_filters),
            terms=marked_terms(clauses),
            suggestion=None if hits else self._suggestion(query),
        )

    def _suggestion(self, query: SearchQuery) -> str | None:
        def finds(words: str, filters: Mapping[str, frozenset[str]]) -> bool:
            found = self._found(clauses_of(parts_of(words), self._languages()))
            return any(_passes(one, filters) for one in found)

        return suggest(query, self._vocabulary(), finds)

    def _languages(self) -> list[str]:
        return sorted({one.document.language for one in self._documents.values()}) or ["en"]

    def _vocabulary(self) -> Mapping[str, int]:
        return Counter(word for one in self._documents.values() for word in one.spelled)

    def _found(self, clauses: Sequence[Clause]) -> list[_Indexed]:
        return [
            one
            for one in self._documents.values()
            if all((one.weight_of(clause) > 0) is not clause.is_excluded for clause in clauses)
        ]

    def _ordered(self, hits: list[_Indexed], clauses: Sequence[Clause], query: SearchQuery) -> list[_Indexed]:
        newest = sorted(hits, key=lambda one: -one.document.published_seconds)
        if query.sort == "title":
            return sorted(newest, key=lambda one: one.key)
        required = [clause for clause in clauses if not clause.is_excluded]
        if query.sort == "newest" or not required:
            return newest
        rarities = [self._rarity(clause) for clause in required]
        asked = title_key(query.words)

        def worth(one: _Indexed) -> tuple[bool, float]:
            score = sum(rarity * one.weight_of(clause) for rarity, clause in zip(rarities, required, strict=True))
            return one.key == asked, score * ranking.nudge(one.document.depth, one.document.published_seconds)

        return sorted(newest, key=worth, reverse=True)

    def _rarity(self, clause: Clause) -> float:
        having = sum(one.weight_of(clause) > 0 for one in self._documents.values())
        return ranking.rarity(having, len(self._documents))


@dataclass(frozen=True)
class _Indexed:
    """A document with its words; each word is the set of forms it can be found by."""

    document: SearchDocument

    @cached_property
    def key(self) -> str:
        return title_key(self.document.title)

    @cached_property
    def fields(self) -> dict[str, list[tuple[str, ...]]]:
        return {name: self._forms(text) for name, text in self.document.texts.items()}

    @cached_property
    def spelled(self) -> frozenset[str]:
        return spelled_words(f"{self.document.title}\n{self.document.questions}")

    def weight_of(self, clause: Clause) -> float:
        """What the document's fields give for a clause before its rarity; 0 where it has it nowhere."""
        total = 0.0
        for name, weight in ranking.FIELD_WEIGHTS.items():
            words = self.fields[name]
            times = max(_times(words, sequence) for sequence in clause.sequences)
            if times:
                total += weight * ranking.saturated(times, ranking.room(name, len(words)))
        return total

    def _forms(self, text: str) -> list[tuple[str, ...]]:
        return forms_of(WORD.findall(text), self.document.language)


def _times(words: list[tuple[str, ...]], sequence: tuple[str, ...]) -> int:
    length = len(sequence)
    return sum(
        all(sequence[offset] in words[start + offset] for offset in range(length))
        for start in range(len(words) - length + 1)
    )


def _passes(one: _Indexed, filters: Mapping[str, frozenset[str]]) -> bool:
    facets = one.document.all_facets
    return all(wanted.intersection(facets.get(name, ())) for name, wanted in filters.items())


def _facets(found: list[_Indexed], filters: Mapping[str, frozenset[str]]) -> dict[str, dict[str, int]]:
    names = dict.fromkeys([*FACETS, *(name for one in found for name in one.document.all_facets)])
    counts = {}
    for name in names:
        others = {other: wanted for other, wanted in filters.items() if other != name}
        passing = (one for one in found if _passes(one, others))
        counts[name] = dict(Counter(value for one in passing for value in one.document.all_facets.get(name, ())))
    return counts
