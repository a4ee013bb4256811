"""The inline stage: the text of one paragraph, heading or cell into pieces, in one pass.

Python-Markdown's own stage runs a regular expression for each kind of mark over the whole text,
again for each hit; `[` by the thousand keeps it busy for minutes. This one looks at each mark once.
Source: GFM 0.29, appendix "A parsing strategy", phase 2.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from xml.etree.ElementTree import Element

from kmwiki.render.gfm.pieces import Piece

_MARK = re.compile(
    r"""(?P<mark>[\\`*_~\[\]<&\n]|!\[)
    |(?P<web>(?<![^\W_])https?://|(?<![^\s*_~(])www\.)
    |(?P<mail>(?<![A-Za-z0-9.+-])[A-Za-z0-9.+_-]{1,64}+@)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(slots=True)
class Bracket:
    """A `[` or `![` that may become the beginning of a link or picture."""

    place: int  # of its own piece
    position: int  # of the text behind it
    is_picture: bool
    holds_bracket: bool = False


class Notes(Protocol):
    """Knows the footnotes of the text."""

    def reference(self, label: str) -> Element | None: ...


@dataclass(slots=True)
class Knowledge:
    """What the inline stage knows of the whole text."""

    links: Mapping[str, tuple[str, str]]
    notes: Notes
    # Characters that link definitions may still add; else `[a]` × 10,000 repeats a long address.
    characters_to_add: int

    def may_add(self, characters: int) -> bool:
        self.characters_to_add -= characters
        return self.characters_to_add >= 0


Rule = Callable[["InlineReader"], bool]


@dataclass(slots=True)
class InlineReader:
    """Reads one text. A rule looks at `position`; it adds pieces and moves on, or returns False."""

    text: str
    knowledge: Knowledge
    rules: Mapping[str, Rule]
    position: int = 0
    pieces: list[Piece] = field(default_factory=list)
    brackets: list[Bracket] = field(default_factory=list)
    closed_brackets: int = 0  # so many, from the first, stand before a link and cannot begin another
    backtick_runs: dict[int, list[int]] | None = None

    def read(self) -> list[Piece]:
        while match := _MARK.search(self.text, self.position):
            self.add(self.text[self.position : match.start()])
            self.position = match.start()
            name = match[0] if match.lastgroup == "mark" else match.lastgroup
            if not self.rules[name or ""](self):
                self.add(match[0])
                self.position = match.end()
        self.add(self.text[self.position :])
        return self.pieces

    def add(self, piece: Piece) -> None:
        if piece != "":
            self.pieces.append(piece)
