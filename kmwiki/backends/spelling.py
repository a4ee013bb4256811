"""Did you mean: a query that finds nothing, in words that stand in titles and questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, product
from typing import Protocol

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kmwiki.backends.analysis import WORD, fold, is_spaceless, plain
from kmwiki.backends.query_words import parts_of
from kmwiki.backends.search import SearchQuery

_TRIES = 4
_CANDIDATES = 3
_SHORTEST = 4


class Finds(Protocol):
    """Whether a query finds anything under these filters."""

    def __call__(self, words: str, filters: Mapping[str, frozenset[str]]) -> bool: ...


def suggest(query: SearchQuery, vocabulary: Mapping[str, int], finds: Finds) -> str | None:
    """The query with each word that is on no page replaced by its nearest; None unless that finds something.

    `vocabulary` counts the documents of each of their spelled_words().
    """
    unknown = [
        (span, near)
        for part in parts_of(query.words)
        if not part.is_excluded
        for word, span in zip(part.words, part.spans, strict=True)
        if _can_be_wrong(word) and not finds(word, {}) and (near := nearest(word, vocabulary))
    ]
    if not unknown:
        return None
    spans = [span for span, _ in unknown]
    for choice in islice(product(*(near for _, near in unknown)), _TRIES):
        wording = _replaced(query.words, spans, choice)
        if finds(wording, query.active_filters):
            return wording
    return None


def spelled_words(text: str) -> frozenset[str]:
    """The words of a text as people write them, to suggest from."""
    return frozenset(plain(word) for word in WORD.findall(text) if word.isalpha() and len(word) > 1)


def nearest(word: str, vocabulary: Mapping[str, int]) -> list[str]:
    """Up to three words at one or two slips of the keyboard, the likeliest first."""
    wanted = fold(plain(word))
    folded = {known: fold(known) for known in vocabulary}
    slips = 1 if len(wanted) < 6 else 2
    near = extract(wanted, folded, scorer=OSA.distance, score_cutoff=slips, limit=50)
    # People get the first letter right.
    ordered = sorted(near, key=lambda one: (one[1], one[0][:1] != wanted[:1], -vocabulary[one[2]], one[2]))
    return [known for _, _, known in ordered[:_CANDIDATES]]


def _can_be_wrong(word: str) -> bool:
    """Numbers and codes are what they are, and one character of Chinese is no word to correct."""
    return len(word) >= _SHORTEST and not any(map(str.isdigit, word)) and not is_spaceless(word)


def _replaced(words: str, spans: Sequence[tuple[int, int]], choice: Sequence[str]) -> str:
    for (start, end), word in sorted(zip(spans, choice, strict=True), reverse=True):
        words = words[:start] + word + words[end:]
    return words
