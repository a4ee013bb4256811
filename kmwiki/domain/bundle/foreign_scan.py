"""The lines of a Markdown file: which are headings, and which hold code or comments and mean nothing.

Follows CommonMark 0.31 where it matters here: fences (also within list items), indented code, HTML comments,
headings of both kinds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_HEADING = re.compile(r"(#{1,6})(?=[ \t]|$)")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")
_LIST_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_FRONT_MATTER_LINE = re.compile(r"[ \t]*(#.*|- .*|[\w .-]+:( .*)?)?|[ \t]+.*")


@dataclass(frozen=True)
class Heading:
    """A heading of the document itself; it takes the lines from `first` to before `end`, counted from 0."""

    text: str
    level: int
    first: int
    end: int

    def moved(self, lines: int) -> Heading:
        return replace(self, first=self.first + lines, end=self.end + lines)


@dataclass(frozen=True)
class Scan:
    """`literal` tells for each line whether it is code or comment."""

    headings: tuple[Heading, ...]
    literal: tuple[bool, ...]


def scan(lines: Sequence[str]) -> Scan:
    return _Scanner().scan(lines)


def front_matter_end(lines: Sequence[str]) -> int:
    """The number of lines that YAML front matter takes at the beginning, 0 if there is none."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    for number, line in enumerate(lines[1:200], start=1):
        if line.rstrip() in ("---", "..."):
            return number + 1
        if not _FRONT_MATTER_LINE.fullmatch(line):
            return 0
    return 0


class _Scanner:
    def __init__(self) -> None:
        self._headings: list[Heading] = []
        self._fence = ""
        self._in_comment = False
        self._list_indent = 0
        self._after_blank = True
        self._paragraph: int | None = None

    def scan(self, lines: Sequence[str]) -> Scan:
        literal = tuple(self._line(number, lines) for number in range(len(lines)))
        return Scan(tuple(self._headings), literal)

    def _line(self, number: int, lines: Sequence[str]) -> bool:
        """Take in the next line; whether it is literal."""
        line = lines[number].expandtabs(4)
        text = line.lstrip(" ")
        if self._fence:
            return self._in_fence(text)
        if self._in_comment:
            self._in_comment = "-->" not in text
            return True
        if not text:
            self._after_blank, self._paragraph = True, None
            return False
        is_literal = self._block(number, len(line) - len(text), text, lines)
        self._after_blank = False
        return is_literal

    def _in_fence(self, text: str) -> bool:
        bare = text.rstrip()
        if len(bare) >= len(self._fence) and set(bare) == {self._fence[0]}:
            self._fence = ""
            self._after_blank, self._paragraph = True, None
        return True

    def _block(self, number: int, indent: int, text: str, lines: Sequence[str]) -> bool:
        if indent < self._list_indent and (self._after_blank or _HEADING.match(text)):
            self._list_indent = 0
        inner = indent - self._list_indent
        if inner > 3 and (self._after_blank or self._paragraph is None):
            return True
        if inner <= 3 and (fence := _FENCE.match(text)):
            self._fence = fence[1] or fence[2]
            return True
        if inner <= 3 and text.startswith("<!--"):
            self._in_comment = "-->" not in text[4:]
            return True
        if self._is_heading(number, indent, text, lines):
            self._paragraph = None
            return False
        self._text(number, indent, text)
        return False

    def _is_heading(self, number: int, indent: int, text: str, lines: Sequence[str]) -> bool:
        if indent > 3 or (self._list_indent and indent >= self._list_indent):
            return False
        if match := _HEADING.match(text):
            self._headings.append(Heading(_words_of(text[match.end() :]), len(match[1]), number, number + 1))
            return True
        match = _UNDERLINE.match(text)
        if match and self._paragraph == number - 1 and not self._list_indent:
            level = 1 if match[1].startswith("=") else 2
            self._headings.append(Heading(lines[number - 1].strip(), level, number - 1, number + 1))
            return True
        return False

    def _text(self, number: int, indent: int, text: str) -> None:
        if match := _LIST_ITEM.match(text):
            self._list_indent = indent + min(len(match[0]), 5)
            self._paragraph = None if match.end() == len(text) else number
            if fence := _FENCE.match(text[match.end() :]):
                self._fence = fence[1] or fence[2]
        elif self._paragraph is None and not text.startswith((">", "|", "<")):
            self._paragraph = number
        elif self._paragraph is None:
            # A quote, table or HTML goes on with its text, but is never a heading by its underline.
            self._paragraph = -2


def _words_of(heading: str) -> str:
    """The text of a heading without the hashes that may close it."""
    words = heading.strip()
    bare = words.rstrip("#")
    return bare.rstrip() if not bare or bare[-1] in " \t" else words
