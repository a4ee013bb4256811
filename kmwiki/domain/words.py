"""Labels that data carries in several languages: of page types, fields, codes.

Texts of the interface itself go through kmwiki.i18n instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from kmwiki.i18n import current_language


class Words:
    """One text in several languages; str() gives it in the reader's."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    def __str__(self) -> str:
        return self.in_language(current_language())

    def in_language(self, code: str) -> str:
        """The text in this language, else in its main form ("pt" for "pt-BR"), in English, in any."""
        for wanted in (code, code.partition("-")[0], "en"):
            if text := self._texts.get(wanted):
                return text
        return next(iter(self._texts.values()), "")

    def renamed(self, texts: Mapping[str, str]) -> Words:
        """The same words with these in place of those of their languages."""
        return Words({**self._texts, **texts})

    def to_json(self) -> dict[str, str]:
        return dict(self._texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(frozenset(self.to_json().items()))

    def __repr__(self) -> str:
        return f"Words({self.to_json()!r})"
