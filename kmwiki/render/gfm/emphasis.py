"""Emphasis, strong emphasis and strikethrough: `*x*`, `**x**`, `_x_`, `__x__`, `~~x~~`, `~x~`.

Source: GFM 0.29, sections 6.4 and 6.5, and the appendix "An algorithm for parsing nested emphasis
and links". Python-Markdown looks for each pair anew, which is quadratic and knows no `*a **b***`.
"""

import re
import unicodedata
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from kmwiki.render.gfm.inline_reader import InlineReader
from kmwiki.render.gfm.pieces import Node, Piece, Run, depth, fill

# Deeper emphasis stays text: the serialiser is recursive.
EMPHASIS_DEPTH_MAX = 30

_RUN = re.compile(r"\*++|_++|~++")
_ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def read_run(reader: InlineReader) -> bool:
    """Note a row of marks; what it opens or closes is seen when all of them are known."""
    match = _RUN.match(reader.text, reader.position)
    if not match:
        return False
    before = reader.text[max(match.start() - 1, 0) : match.start()]
    run = _run(match[0], before, reader.text[match.end() : match.end() + 1])
    reader.add(run if run.can_open or run.can_close else match[0])
    reader.position = match.end()
    return True


def resolve(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with every pair of marks made an element and the marks left over made text."""
    return _Resolver().resolve(pieces)


class _Resolver:
    def __init__(self) -> None:
        self._done: list[Piece] = []
        self._openers: list[int] = []  # places in _done
        # Below these no opener fits a closer of that kind: makes the search linear in sum.
        self._bottoms: dict[tuple[str, bool, int], int] = {}

    def resolve(self, pieces: Sequence[Piece]) -> list[Piece]:
        for piece in pieces:
            if isinstance(piece, Run):
                self._take(piece)
            else:
                self._done.append(piece)
        return self._done

    def _take(self, run: Run) -> None:
        while run.count and run.can_close and self._close(run):
            pass
        if run.count:
            if run.can_open:
                self._openers.append(len(self._done))
            self._done.append(run)

    def _close(self, closer: Run) -> bool:
        """Pair the closer with the nearest opener that fits; False if there is none."""
        place = self._find_opener(closer)
        inner = self._done[self._openers[place] + 1 :] if place is not None else []
        if place is None or depth(inner) >= EMPHASIS_DEPTH_MAX:
            self._bottoms[_kind(closer)] = len(self._openers)
            return False
        opener = self._done[self._openers[place]]
        assert isinstance(opener, Run)
        used = _marks_used(opener, closer)
        self._cut_back(place, opener, used)
        closer.count -= used
        self._done.append(_node(closer.mark, used, inner))
        return True

    def _find_opener(self, closer: Run) -> int | None:
        for place in range(len(self._openers) - 1, self._bottoms.get(_kind(closer), 0) - 1, -1):
            opener = self._done[self._openers[place]]
            if isinstance(opener, Run) and _fit(opener, closer):
                return place
        return None

    def _cut_back(self, place: int, opener: Run, used: int) -> None:
        """Take what the new element holds off the pieces, and the marks that it used."""
        del self._done[self._openers[place] + 1 :]
        del self._openers[place + 1 :]
        opener.count -= used
        if not opener.count:
            self._done.pop()
            self._openers.pop()
        for kind, bottom in self._bottoms.items():
            self._bottoms[kind] = min(bottom, len(self._openers))


def _run(marks: str, before: str, after: str) -> Run:
    """Which side of words the marks stand on. Source: GFM 0.29, section 6.4, flanking runs."""
    opens_words = not _is_blank(after) and (not _is_punctuation(after) or _is_blank(before) or _is_punctuation(before))
    ends_words = not _is_blank(before) and (not _is_punctuation(before) or _is_blank(after) or _is_punctuation(after))
    mark = marks[0]
    if mark == "_":  # snake_case is no emphasis
        can_open = opens_words and (not ends_words or _is_punctuation(before))
        can_close = ends_words and (not opens_words or _is_punctuation(after))
        return Run(mark, len(marks), can_open, can_close)
    if mark == "~" and len(marks) > 2:
        return Run(mark, len(marks), False, False)
    return Run(mark, len(marks), opens_words, ends_words)


def _fit(opener: Run, closer: Run) -> bool:
    if opener.mark != closer.mark:
        return False
    if opener.mark == "~":
        return opener.count == closer.count
    is_both = opener.can_close or closer.can_open
    return not is_both or bool((opener.length + closer.length) % 3) or not opener.length % 3


def _marks_used(opener: Run, closer: Run) -> int:
    if opener.mark == "~":
        return closer.count
    return 2 if min(opener.count, closer.count) >= 2 else 1


def _kind(closer: Run) -> tuple[str, bool, int]:
    return closer.mark, closer.can_open, closer.length % 3


def _node(mark: str, used: int, inner: Sequence[Piece]) -> Node:
    element = Element("del" if mark == "~" else ("em", "strong")[used - 1])
    fill(element, inner)
    return Node(element, depth(inner) + 1, any(isinstance(piece, Node) and piece.is_link for piece in inner))


def _is_blank(character: str) -> bool:
    return not character or character.isspace()


def _is_punctuation(character: str) -> bool:
    return character in _ASCII_PUNCTUATION or unicodedata.category(character).startswith("P")
