"""How text becomes the words that search compares: one way for pages, queries and excerpts.

A word is lower-cased, loses its accents and is cut to its stem by the language of its page. Scripts without
spaces (Chinese, Japanese, Thai, Khmer …) give one word a character; several side by side are then searched as
a phrase. Splitting does not depend on the language, so that a query splits as the pages do whatever language
they are in.

Nothing here may change without a new FORMAT in whoosh_folder.py: an index holds words made the old way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from whoosh.lang import has_stemmer, stemmer_for_language
from whoosh.lang.stopwords import stoplists

#: Characters of scripts that put no space between words.
_SPACELESS = (
    "\u0e00-\u0e30\u0e32\u0e33\u0e3f-\u0e46\u0e4f-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec7\u0ece-\u0eff"  # Thai, Lao
    "\u1000-\u102a\u103f-\u1055\u105a-\u109f\u1780-\u17b3\u17d4-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"  # Han, kana
    "\uac00-\ud7af\U00020000-\U0003ffff"
)
_SPACELESS_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u1056-\u1059\u17b4-\u17d3"
)
# Python's \w leaves out vowel signs and points, which would cut a Hindi or a vocalised Arabic word to pieces.
_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
_LETTERS = rf"[^\W_{_SPACELESS}]+(?:[{_MARKS}]+[^\W_{_SPACELESS}]*)*"
#: Finds the words of a text, with their places.
WORD = re.compile(rf"[{_SPACELESS}][{_SPACELESS_MARKS}]*|{_LETTERS}(?:['’ʼ]{_LETTERS})*")
_IS_SPACELESS = re.compile(rf"[{_SPACELESS}]")

# l'école and d'Abidjan are found by école and Abidjan; N'Djamena and M'Bour, where a consonant follows, stay
# whole.
_ELIDED = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|un|dell|all|nell|sull|dall|quell)['’ʼ]"
    r"(?=[aeiouyhàâæéèêëíîïóôöœúùûü])"
)
_APOSTROPHES = re.compile("['’ʼ]s$|['’ʼ]")

_LETTERS_FOLDED = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i",
    "ё": "е", "ґ": "г", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
}  # fmt: skip
_DROPPED = re.compile(
    "[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200c\u200d]"
)
_ARABIC_STOP_WORDS = """
    في من على الى عن مع هذا هذه ذلك تلك التي الذي الذين ما لا لم لن ان او ثم قد كان كانت هو هي هم كل بين بعد
    قبل حتى كما عند غير اي اذا لكن و
"""
_SHORTEST_TO_STEM = 3


def is_spaceless(word: str) -> bool:
    """Whether the word is one character of a script that puts no space between words."""
    return _IS_SPACELESS.match(word) is not None


@lru_cache(maxsize=50_000)
def forms(word: str, language: str) -> tuple[str, ...]:
    """One or two spellings under which a word of a page (or query) in this language is found.

    The first is stemmed with its accents, the last without: stemmers know "educación" and not "educacion",
    and only the second form brings the two together. Where both agree there is one.
    """
    stem = _stemmer(language)
    spoken = plain(word)
    with_accents = fold(stem(spoken))
    if (folded := fold(spoken)) == spoken or (without := fold(stem(folded))) == with_accents:
        return (with_accents,)
    return with_accents, without


def forms_of(words: Iterable[str], language: str) -> list[tuple[str, ...]]:
    """The forms of each word in turn."""
    return [forms(word, language) for word in words]


def plain(word: str) -> str:
    """The word in lower case and common characters, without elided article, possessive and apostrophes."""
    if word.isascii():
        lower = word.lower()
        return lower if lower.isalnum() else _APOSTROPHES.sub("", _ELIDED.sub("", lower, count=1))
    lower = unicodedata.normalize("NFKC", word).lower()
    return _APOSTROPHES.sub("", _ELIDED.sub("", lower, count=1))


def fold(text: str) -> str:
    """The text without accents and points; letters of other scripts than Latin and Greek stay as they are."""
    return text if text.isascii() else text.translate(_Folding.table)


def title_key(title: str) -> str:
    """What two titles share that differ in nothing but case, accents, punctuation and spaces."""
    return " ".join(fold(plain(word)) for word in WORD.findall(title))[:300]


def is_stop_word(word: str, language: str) -> bool:
    """Whether the word says nothing by itself in this language."""
    return fold(plain(word)) in _stop_words(_code(language))


class _Folding(dict[int, str]):
    """A table for str.translate that learns each character when it first meets it."""

    table: _Folding

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_Folding.table = _Folding()


def _fold_character(character: str) -> str:
    if character in _LETTERS_FOLDED:
        return _LETTERS_FOLDED[character]
    if _DROPPED.match(character):
        return ""
    base = unicodedata.normalize("NFKD", character)[0]
    # Only here is a mark an ornament: й without its breve would be another letter, so would が
    # without its dots.
    return base if unicodedata.name(base, "").startswith(("LATIN", "GREEK")) else character


def _code(language: str) -> str:
    primary = language.partition("-")[0].lower()
    return "no" if primary in ("nb", "nn") else primary


@cache
def _stop_words(code: str) -> frozenset[str]:
    if code == "ar":
        return frozenset(map(fold, _ARABIC_STOP_WORDS.split()))
    return frozenset(fold(word) for word in stoplists.get(code, ()))


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    """A function that leaves short words, everything with a digit and words of another script as they are."""
    code = _code(language)
    if code == "ar":
        return _arabic_stem
    if not has_stemmer(code):  # type: ignore[no-untyped-call]
        return str
    stem: Callable[[str], str] = stemmer_for_language(code)  # type: ignore[no-untyped-call]

    def can_stem(word: str) -> bool:
        # The Russian stemmer works in Latin letters and would bring foreign words back half in Cyrillic.
        return len(word) >= _SHORTEST_TO_STEM and word.isalpha() and (code != "ru" or word[0] >= "а")

    return lambda word: stem(word) if can_stem(word) else word


_ARABIC_PREFIX = re.compile("^(?:وال|بال|كال|فال|لل|ال)(?=.{2})|^و(?=.{3})")
_ARABIC_SUFFIX = re.compile("(?<=..)(?:ها|ان|ات|ون|ين|يه|ية|ه|ة|ي)$")


def _arabic_stem(word: str) -> str:
    """Light stemming: article, conjunction and endings go.

    Whoosh's own Arabic stemmer goes on to the root, where "school", "lesson" and "teaching" are one word.
    Source: Larkey, Ballesteros & Connell, "Improving Stemming for Arabic Information Retrieval" (2002),
    light10.
    """
    stem = _ARABIC_PREFIX.sub("", word)
    for _ in range(2):
        stem = _ARABIC_SUFFIX.sub("", stem)
    return stem
