"""How documents are weighed against each other: the numbers and the formula, for every backend that has no
own.

A document's score is the sum over the clauses of rarity × (sum over its fields of weight × saturated(times)),
nudged a little by depth and date. The exact title comes first whatever the score. After Robertson & Zaragoza,
"The Probabilistic Relevance Framework: BM25 and Beyond" (2009), but with a constant in place of the average
length, so that what is worked out for one part of an index stays right when another part changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

#: The fields words are looked for in, with what a word in them weighs; "lead" is summary and questions.
FIELD_WEIGHTS = {"body": 1.0, "lead": 3.0, "title": 6.0}
_SATURATION = 1.2
_USUAL_LENGTH = 600
_DEPTHS = {"full": 0.04, "short": 0.02}
_YEAR = 31_557_600


def room(field: str, body_words: int) -> float:
    """How slowly a word that comes again adds: slower in a long body, where it would come anyway."""
    return _SATURATION * (0.5 + 0.5 * body_words / _USUAL_LENGTH) if field == "body" else _SATURATION


def saturated(times: float, room: float) -> float:
    """What a word that stands so many times counts: 0 to 2.2, most of it for the first time."""
    return times * (_SATURATION + 1) / (times + room)


def weighed(
    documents: Iterable[int], times: Iterable[float], rooms: Sequence[float], weight: float
) -> dict[int, float]:
    """weight × saturated(times, room) of each document; written out, as it is the longest loop of a search."""
    gain = _SATURATION + 1
    pairs = zip(documents, times, strict=True)
    return {document: weight * (often * gain / (often + rooms[document])) for document, often in pairs}


def rarity(having: int, documents: int) -> float:
    """What a word tells that so many of the documents have."""
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def nudge(depth: str, published_seconds: float) -> float:
    """The factor, near 1, by which of two documents alike the fuller and then the newer comes first."""
    return 1 + _DEPTHS.get(depth, 0) + published_seconds / _YEAR / 10_000
