"""Where the words of a query stand in a text: pieces, some marked, for a template to dress. Never HTML.

`terms` are those of SearchAnswer, `language` is the page's. A result shows mark() of its title, then
excerpt() of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kmwiki.backends.analysis import WORD, fold, forms, plain

USUAL_LENGTH = 240
# So much of a text is looked through, and so many places in it compared: an excerpt is shown, not studied.
_FARTHEST = 60_000
_NEAR = 3_000
_MOST_PLACES = 30
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is marked or not."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True)
class _Place:
    start: int
    end: int
    term: str


def mark(text: str, terms: frozenset[str], language: str) -> tuple[Piece, ...]:
    """The whole text with the words of the query marked; their joined texts are the text."""
    return _joined(_pieces(text, 0, len(text), _places(text, terms, language)))


def excerpt(text: str, terms: frozenset[str], language: str, length: int = USUAL_LENGTH) -> tuple[Piece, ...]:
    """About `length` characters where most of the terms stand close together, or else the beginning.

    White space is one space, "…" stands where text was left out. An empty text gives no pieces.
    """
    places = list(_first(_places(text, terms, language)))
    start, end = _window(text, places, length)
    pieces = [Piece(_SPACE.sub(" ", piece.text), piece.is_marked) for piece in _pieces(text, start, end, places)]
    before = [Piece("… ")] if text[:start].strip() else []
    after = [Piece(" …")] if text[end:].strip() else []
    return _joined([*before, *pieces, *after])


def _places(text: str, terms: frozenset[str], language: str) -> Iterator[_Place]:
    """Where terms stand; a term of several words is one place for each of them."""
    sequences = [tuple(term.split(" ")) for term in terms]
    single = {words[0] for words in sequences if len(words) == 1}
    phrases = [words for words in sequences if len(words) > 1]
    telling = _telling_spellings(text[:_FARTHEST], {word for words in sequences for word in words}, language)
    side_by_side: list[tuple[int, int, tuple[str, ...]]] = []
    for word in WORD.finditer(text, 0, _FARTHEST) if telling else ():
        spelled = telling.get(word[0])
        if spelled is None:
            side_by_side.clear()
            continue
        side_by_side.append((word.start(), word.end(), spelled))
        if found := single.intersection(spelled):
            yield _Place(word.start(), word.end(), min(found))
        elif phrases:
            yield from _phrase_ending(side_by_side, phrases)


def _phrase_ending(
    side_by_side: list[tuple[int, int, tuple[str, ...]]], phrases: list[tuple[str, ...]]
) -> Iterator[_Place]:
    """The words of a phrase that ends with the last of these words."""
    for words in phrases:
        last = side_by_side[-len(words) :]
        if len(last) == len(words) and all(one in two[2] for one, two in zip(words, last, strict=True)):
            yield from (_Place(start, end, " ".join(words)) for start, end, _ in last)
            return


def _telling_spellings(text: str, wanted: set[str], language: str) -> dict[str, tuple[str, ...]]:
    """The spellings in the text that are among the wanted words in a form, with their forms.

    Words that begin otherwise than all wanted ones are not stemmed: to stem each word of ten pages takes
    longer than the search. All stemmers but the Arabic cut at the end only.
    """
    beginnings = {_beginning(word) for word in wanted}
    beginnings |= {beginning.replace("i", "y") for beginning in beginnings}
    spellings = {
        spelling
        for spelling in set(WORD.findall(text))
        if spelling[:2].lower() in beginnings or not spelling.isalpha() or not spelling.isascii()
    }
    every = {
        spelling: forms(spelling, language)
        for spelling in spellings
        if language.startswith("ar") or _beginning(fold(plain(spelling))) in beginnings
    }
    return {spelling: spelled for spelling, spelled in every.items() if not wanted.isdisjoint(spelled)}


def _beginning(word: str) -> str:
    """Stemmers take y and i for one (dying, die)."""
    return word[:2].replace("y", "i")


def _first(places: Iterator[_Place]) -> Iterator[_Place]:
    farthest = _FARTHEST
    for number, place in enumerate(places):
        if number == 0:
            farthest = place.start + _NEAR
        if place.start > farthest or number == _MOST_PLACES:
            return
        yield place


def _window(text: str, places: list[_Place], length: int) -> tuple[int, int]:
    """The stretch with most different terms in it, the earliest of several, between whole words."""
    if len(text) <= length * 1.2:
        return 0, len(text)
    best, most = 0, 0
    for number, place in enumerate(places):
        within = {other.term for other in places[number:] if other.end <= place.start + length * 2 // 3}
        if len(within) > most:
            best, most = place.start, len(within)
    start = max(0, min(best - length // 3, len(text) - length)) if most else 0
    return _after_space(text, start), _before_space(text, start + length)


def _after_space(text: str, start: int) -> int:
    """The start of the next word, unless none begins near (scripts without spaces)."""
    if start == 0:
        return 0
    space = _SPACE.search(text, start - 1, start + 30)
    return space.end() if space else start


def _before_space(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    spaces = list(_SPACE.finditer(text, end - 30, end + 1))
    return spaces[-1].start() if spaces else end


def _pieces(text: str, start: int, end: int, places: Iterable[_Place]) -> Iterator[Piece]:
    """The stretch from start to end, cut where marked words begin and end."""
    at = start
    for place in sorted(places, key=lambda one: one.start):
        if place.start < at or place.end > end:
            continue
        if place.start > at:
            yield Piece(text[at : place.start])
        yield Piece(text[place.start : place.end], True)
        at = place.end
    if at < end:
        yield Piece(text[at:end])


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbours that are both marked or both not are one piece."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].is_marked == piece.is_marked:
            piece = Piece(joined.pop().text + piece.text, piece.is_marked)
        joined.append(piece)
    return tuple(joined)
