"""Codes and names that CLDR (through babel) keeps for the world: territories, languages, currencies."""

from __future__ import annotations

import re
from collections.abc import Mapping

from babel import Locale, UnknownLocaleError

from kmwiki.domain.words import Words

#: The lists that a vocabulary may be made from, with the codes that belong in each. CLDR also has groups of
#: countries in its territories; those come from elsewhere.
LISTINGS = {
    "territories": r"[A-Z]{2}",
    "languages": r"[a-z]{2,3}(_[A-Za-z0-9]+)*",
    "currencies": r"[A-Z]{3}",
}


def codes_of(listing: str) -> list[str]:
    """The codes of a list, in alphabetical order; languages in the form "zh-Hans"."""
    names: Mapping[str, str] = getattr(Locale("en"), listing)
    fitting = re.compile(LISTINGS[listing])
    return sorted(code.replace("_", "-") for code in names if fitting.fullmatch(code))


class CldrWords(Words):
    """The name of a territory, language or currency in every language that CLDR knows, looked up when asked.

    `renamed` are the site's own words for it; they win in their languages.
    """

    __slots__ = ("_code", "_listing")

    def __init__(self, listing: str, code: str, renamed: Mapping[str, str] | None = None) -> None:
        super().__init__(renamed or {})
        self._listing = listing
        self._code = code

    def in_language(self, code: str) -> str:
        return self._texts.get(code) or self._cldr_name(code) or self._texts.get("en") or self._english()

    def renamed(self, texts: Mapping[str, str]) -> Words:
        return CldrWords(self._listing, self._code, {**self._texts, **texts})

    def to_json(self) -> dict[str, str]:
        """The name in English and in the languages of the renaming; others are looked up when asked."""
        return {"en": self._english(), **self._texts}

    def _english(self) -> str:
        return self._cldr_name("en") or self._code

    def _cldr_name(self, language: str) -> str | None:
        try:
            names: Mapping[str, str] = getattr(Locale.parse(language, sep="-"), self._listing)
        except (UnknownLocaleError, ValueError):
            return None
        return names.get(self._code.replace("-", "_"))
