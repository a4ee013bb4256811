"""What a person types into the search box, taken apart: words, "phrases", -exclusions. Never an error.

Words are all required. Words of a language that say nothing by themselves are passed over unless there are no
others. A hyphen, a script without spaces and a number with a point join words to a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kmwiki.backends.analysis import WORD, forms_of, is_spaceless, is_stop_word

LONGEST_QUERY = 200
MOST_WORDS = 8
# A character of a spaceless script is less than a word; so many are about eight words.
MOST_CHARACTERS = 24
_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"/&,;:+|()\[\]{}!?*<>=~^]+))')


@dataclass(frozen=True)
class QueryPart:
    """One or several words that must stand side by side; `words` are (start, end) in the query."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    is_excluded: bool = False
    is_quoted: bool = False


@dataclass(frozen=True)
class Clause:
    """A part as the index knows it: one of the sequences must stand in one of a document's fields."""

    sequences: frozenset[tuple[str, ...]]
    is_excluded: bool = False


def parts_of(words: str) -> tuple[QueryPart, ...]:
    """The parts of a query, in order, as many as its bounds allow."""
    text = words[:LONGEST_QUERY].translate(_QUOTES)
    found = [_part(match) for match in _PART.finditer(text)]
    return _bounded([part for part in found if part.words])


def clauses_of(parts: Sequence[QueryPart], languages: Sequence[str]) -> tuple[Clause, ...]:
    """The parts in the words of the index, stop words left out, for pages in any of the languages."""
    telling = [part for part in parts if not _says_nothing(part, languages)]
    if not any(not part.is_excluded for part in telling):
        telling = list(parts)
    return tuple(clause_of(part, languages) for part in telling)


def clause_of(part: QueryPart, languages: Sequence[str]) -> Clause:
    """One part in the words of the index."""
    sequences: set[tuple[str, ...]] = set()
    for language in languages:
        forms = forms_of(part.words, language)
        sequences.add(tuple(form[0] for form in forms))
        sequences.add(tuple(form[-1] for form in forms))
    return Clause(frozenset(sequences), part.is_excluded)


def marked_terms(clauses: Sequence[Clause]) -> frozenset[str]:
    """What excerpts mark: the required sequences, words joined by spaces."""
    required = (clause.sequences for clause in clauses if not clause.is_excluded)
    return frozenset(" ".join(sequence) for sequences in required for sequence in sequences)


def _part(match: re.Match[str]) -> QueryPart:
    group = "quoted" if match["quoted"] is not None else "plain"
    found = list(WORD.finditer(match[group]))
    shift = match.start(group)
    return QueryPart(
        words=tuple(word.group() for word in found),
        spans=tuple((word.start() + shift, word.end() + shift) for word in found),
        is_excluded=match["minus"] is not None,
        is_quoted=group == "quoted",
    )


def _bounded(parts: list[QueryPart]) -> tuple[QueryPart, ...]:
    kept, room = [], 1.0
    for part in parts:
        count = 0
        for word in part.words:
            room -= 1 / MOST_CHARACTERS if is_spaceless(word) else 1 / MOST_WORDS
            if room < -0.001:
                break
            count += 1
        if count:
            kept.append(QueryPart(part.words[:count], part.spans[:count], part.is_excluded, part.is_quoted))
    return tuple(kept)


def _says_nothing(part: QueryPart, languages: Sequence[str]) -> bool:
    if part.is_quoted or part.is_excluded or len(part.words) > 1:
        return False
    return any(is_stop_word(part.words[0], language) for language in languages)
