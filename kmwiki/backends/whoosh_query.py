"""Answering a query from open segments: which documents, how they weigh, their facets, their order.

Everything is worked out segment by segment over the numbers that documents have there, and added up.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from kmwiki.backends import ranking
from kmwiki.backends.analysis import title_key
from kmwiki.backends.query_words import Clause
from kmwiki.backends.search import FACETS, SearchQuery
from kmwiki.backends.whoosh_postings import Places, frequencies, positions
from kmwiki.backends.whoosh_tables import Segment

Weights = dict[int, float]
#: Documents, and how often each has something.
Times = tuple[Sequence[int], Sequence[float]]


class Hits:
    """The documents of all segments that have the clauses, before and after the filters."""

    def __init__(
        self, segments: Sequence[Segment], clauses: Sequence[Clause], filters: Mapping[str, frozenset[str]]
    ) -> None:
        required = [clause for clause in clauses if not clause.is_excluded]
        excluded = [clause for clause in clauses if clause.is_excluded]
        self._segments = segments
        self._weights = [[_weights(segment, clause) for clause in required] for segment in segments]
        self._found = [
            _found(segment, weights, excluded) for segment, weights in zip(segments, self._weights, strict=True)
        ]
        self._passing = [
            _passing(segment, found, filters) for segment, found in zip(segments, self._found, strict=True)
        ]
        self._hits = [
            found.intersection(*passing.values()) for found, passing in zip(self._found, self._passing, strict=True)
        ]
        self.total = sum(map(len, self._hits))

    def facets(self) -> dict[str, dict[str, int]]:
        """The counts of each facet, its own filter left out."""
        counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        for number, (segment, hits) in enumerate(self._each()):
            of_segment: dict[str, Mapping[str, int]] = {**segment.tables.all_facets.count(hits)}
            of_segment |= self._without_own_filter(number)
            for name, count in of_segment.items():
                counts.setdefault(name, Counter()).update(count)
        return {name: dict(count) for name, count in counts.items()}

    def _without_own_filter(self, number: int) -> Iterator[tuple[str, Counter[str]]]:
        """The counts of the facets that are filtered on, in one segment."""
        found, passing, tables = self._found[number], self._passing[number], self._segments[number].tables
        for name in passing.keys() & tables.facets.keys():
            others = [documents for other, documents in passing.items() if other != name]
            yield name, tables.facets[name].count(found.intersection(*others))

    def ids(self, query: SearchQuery) -> tuple[str, ...]:
        """The ids of the query's page of the results, in its order."""
        window = query.window
        if query.sort == "title":
            ordered = self._by_title(window.stop)
        elif query.sort == "newest" or not any(self._weights):
            ordered = self._newest(window.stop)
        else:
            ordered = self._most_relevant(query.words, window.stop)
        return tuple(segment.reader.stored_fields(document)["id"] for segment, document in ordered[window])

    def _by_title(self, size: int) -> list[tuple[Segment, int]]:
        first = []
        for number, (segment, hits) in enumerate(self._each()):
            titles, published = segment.tables.titles(segment.reader), segment.tables.published
            keyed = ((titles[document], -published[document], number, document) for document in hits)
            first += heapq.nsmallest(size, keyed)
        return [(self._segments[number], document) for _, _, number, document in sorted(first)[:size]]

    def _newest(self, size: int) -> list[tuple[Segment, int]]:
        return self._best(size, [segment.tables.published for segment in self._segments])

    def _most_relevant(self, words: str, size: int) -> list[tuple[Segment, int]]:
        rarities = self._rarities()
        asked = title_key(words)
        scores = []
        for (segment, hits), weights in zip(self._each(), self._weights, strict=True):
            score = _scores(segment, hits, weights, rarities)
            for document in hits.intersection(frequencies(segment.reader, "title_key", asked)[0]):
                score[document] += 1e6
            scores.append(score)
        return self._best(size, scores)

    def _best(self, size: int, worths: Sequence[Mapping[int, float] | Sequence[float]]) -> list[tuple[Segment, int]]:
        """The documents of highest worth; `worths` gives a worth by document for each segment."""
        best = []
        for number, (hits, worth) in enumerate(zip(self._hits, worths, strict=True)):
            # The newest have the highest numbers: from that end the heap changes least, and they win a tie.
            top = heapq.nlargest(size, sorted(hits, reverse=True), key=worth.__getitem__)
            best += [(worth[document], number, document) for document in top]
        best.sort(reverse=True)
        return [(self._segments[number], document) for _, number, document in best[:size]]

    def _rarities(self) -> list[float]:
        documents = sum(segment.tables.size - len(segment.deleted) for segment in self._segments)
        having = (sum(map(len, weights)) for weights in zip(*self._weights, strict=True))
        return [ranking.rarity(number, documents) for number in having]

    def _each(self) -> Iterator[tuple[Segment, set[int]]]:
        return zip(self._segments, self._hits, strict=True)


def _found(segment: Segment, weights: Sequence[Weights], excluded: Sequence[Clause]) -> set[int]:
    if weights:
        fewest, *others = sorted(weights, key=len)
        found = set(fewest).intersection(*others)
    else:
        found = segment.live()
    return found.difference(*(_weights(segment, clause) for clause in excluded))


def _passing(segment: Segment, found: set[int], filters: Mapping[str, frozenset[str]]) -> dict[str, set[int]]:
    """For each filter those of the documents that pass it."""
    tables = segment.tables.facets
    return {name: tables[name].having(found, wanted) if name in tables else set() for name, wanted in filters.items()}


def _scores(segment: Segment, hits: set[int], weights: Sequence[Weights], rarities: Sequence[float]) -> Weights:
    scores = dict.fromkeys(hits, 0.0)
    for rarity, weight in zip(rarities, weights, strict=True):
        scores = {document: score + rarity * weight[document] for document, score in scores.items()}
    nudges = segment.tables.nudges
    return {document: score * nudges[document] for document, score in scores.items()}


def _weights(segment: Segment, clause: Clause) -> Weights:
    """The documents that have the clause, with what their fields give for it before its rarity."""
    weights: Weights = {}
    for name, weight in ranking.FIELD_WEIGHTS.items():
        _add_field(weights, segment, name, weight, clause)
    for document in segment.deleted:
        weights.pop(document, None)
    return weights


def _add_field(weights: Weights, segment: Segment, name: str, weight: float, clause: Clause) -> None:
    documents, times = _times(segment, name, clause)
    if name == "body":  # the first of the fields, and the one in which most documents have a word
        weights |= ranking.weighed(documents, times, segment.tables.body_rooms, weight)
        return
    room, known = ranking.room(name, 0), weights.get
    for document, often in zip(documents, times, strict=True):
        weights[document] = known(document, 0.0) + weight * ranking.saturated(often, room)


def _times(segment: Segment, field: str, clause: Clause) -> Times:
    """How often each document has the clause in the field; of several sequences the most frequent counts."""
    found = [_sequence_times(segment, field, sequence) for sequence in clause.sequences]
    found = sorted((times for times in found if times[0]), key=lambda times: -len(times[0]))
    if len(found) <= 1:
        return found[0] if found else ((), ())
    most = dict(zip(*found[0], strict=True))
    for documents, times in found[1:]:
        for document, often in zip(documents, times, strict=True):
            if often > most.get(document, 0):
                most[document] = often
    return list(most.keys()), list(most.values())


def _sequence_times(segment: Segment, field: str, sequence: tuple[str, ...]) -> Times:
    if len(sequence) == 1:
        return frequencies(segment.reader, field, sequence[0])
    return _phrase_times(segment, field, sequence)


def _phrase_times(segment: Segment, field: str, sequence: tuple[str, ...]) -> Times:
    """The documents in which the words stand side by side in the field, and how often."""
    places: dict[str, Places] = {}
    candidates: set[int] | None = None
    # Long words are rare, and once no document has all words so far the others need not be read.
    for term in sorted(set(sequence), key=len, reverse=True):
        places[term] = positions(segment.reader, field, term)
        having = places[term].documents
        candidates = having if candidates is None else candidates & having
        if not candidates:
            return (), ()
    first, *others = (places[term] for term in sequence)
    documents, times = [], []
    for document in candidates or ():
        ends = set(first[document])
        for following in others:
            ends = {place + 1 for place in ends}.intersection(following[document])
        if ends:
            documents.append(document)
            times.append(float(len(ends)))
    return documents, times
