"""What was written and what was struck out between two texts, word by word. Work is bounded for any texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kmwiki.domain.alignment import Block, align, hunks

#: Two texts with more characters together are compared by line first, by word within what differs.
LONG = 60_000
#: An equal stretch of no more characters between two longer changes is taken as changed.
COINCIDENCE = 20


class Op(StrEnum):
    """What happened to a piece of text, or to a row."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    #: of rows
    CHANGED = "changed"
    MOVED = "moved"
    #: of pieces: the same on both sides, and far from any change
    FOLDED = "folded"


@dataclass(frozen=True)
class Piece:
    op: Op
    text: str


def compare_words(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces that make both texts, in reading order; in one place what was removed comes first.

    compare_words(new, old) has the same pieces, added and removed exchanged.
    """
    changes = _by_line(old, new) if len(old) + len(new) > LONG else _by_word(old, new)
    return tuple(_pieces(_without_common_spaces(_without_coincidences(changes))))


def apply(pieces: Iterable[Piece]) -> str:
    """The new text."""
    return "".join(piece.text for piece in pieces if piece.op is not Op.REMOVED)


def folded(pieces: Sequence[Piece], context_words: int = 20) -> tuple[Piece, ...]:
    """The same pieces, where of equal text only so many words next to a change are `same`, the rest `folded`.

    A rest that is no longer than the context stays as it is.
    """
    result: list[Piece] = []
    for number, piece in enumerate(pieces):
        if piece.op is Op.SAME:
            before = context_words if number else 0
            after = context_words if number < len(pieces) - 1 else 0
            result += _folded(piece.text, before, after, context_words)
        else:
            result.append(piece)
    return tuple(result)


@dataclass
class _Change:
    """Text that is the same, and what was removed and added right after it."""

    same: str = ""
    removed: str = ""
    added: str = ""

    @property
    def length(self) -> int:
        return max(len(self.removed), len(self.added))


@dataclass(frozen=True)
class _Word:
    key: str
    space: str


# Scripts without spaces between words (Chinese, Japanese, Thai, Lao, Burmese, Khmer) are compared by sign.
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = r"!-/:-@\[-`{-~\xa1-\xbf\u2010-\u205e\u3000-\u303f\uff01-\uff0f"
_WORD = re.compile(rf"([{_NO_SPACES}]|[{_MARKS}]|[^\s{_NO_SPACES}{_MARKS}]+)(\s*)")


def _words(text: str) -> list[_Word]:
    # Spaces belong to the word before: on their own they would match each other all over the text.
    leading = text[: len(text) - len(text.lstrip())]
    words = [_Word(*match.groups()) for match in _WORD.finditer(text, len(leading))]
    return [_Word("", leading), *words] if leading else words


def _by_word(old: str, new: str) -> Iterator[_Change]:
    old_words, new_words = _words(old), _words(new)
    blocks = align([word.key for word in old_words], [word.key for word in new_words])
    old_end = new_end = 0
    for block in [*blocks, Block(len(old_words), len(new_words), 0)]:
        yield _Change("", _text(old_words[old_end : block.old]), _text(new_words[new_end : block.new]))
        old_end, new_end = block.old + block.size, block.new + block.size
        for a, b in zip(old_words[block.old : old_end], new_words[block.new : new_end], strict=True):
            if a.space == b.space:
                yield _Change(a.key + a.space)
            else:
                yield _Change(a.key, a.space, b.space)


def _text(words: Iterable[_Word]) -> str:
    return "".join(word.key + word.space for word in words)


def _by_line(old: str, new: str) -> Iterator[_Change]:
    """By line, and by word within lines as long as there are few enough of them."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    done, budget = 0, LONG
    for hunk in hunks(old_lines, new_lines):
        yield _Change("".join(old_lines[done : hunk.old_start]))
        removed = "".join(old_lines[hunk.old_start : hunk.old_end])
        added = "".join(new_lines[hunk.new_start : hunk.new_end])
        budget -= len(removed) + len(added)
        if budget >= 0 and removed and added:
            yield from _by_word(removed, added)
        else:
            yield _Change("", removed, added)
        done = hunk.old_end
    yield _Change("".join(old_lines[done:]))


def _without_coincidences(changes: Iterable[_Change]) -> Iterator[_Change]:
    """Take a short equal stretch between longer changes as changed: "the" alone says nothing to a reader."""
    last: _Change | None = None
    for change in _joined(changes):
        if last and len(change.same) <= min(COINCIDENCE, last.length, change.length):
            last.removed += change.same + change.removed
            last.added += change.same + change.added
            continue
        if last:
            yield last
        last = change
    if last:
        yield last


def _without_common_spaces(changes: Iterable[_Change]) -> Iterator[_Change]:
    """Where removed and added end in the same space, that space did not change."""
    space = ""
    for change in changes:
        same = space + change.same
        space = _space_after(change.removed)
        if space and space == _space_after(change.added):
            yield _Change(same, change.removed.removesuffix(space), change.added.removesuffix(space))
        else:
            space = ""
            yield _Change(same, change.removed, change.added)
    yield _Change(space)


def _space_after(text: str) -> str:
    return text[len(text.rstrip()) :]


def _joined(changes: Iterable[_Change]) -> Iterator[_Change]:
    """The changes with something of the same between each two."""
    same: list[str] = []
    removed: list[str] = []
    added: list[str] = []
    for change in changes:
        if change.same and (removed or added):
            yield _Change("".join(same), "".join(removed), "".join(added))
            same, removed, added = [], [], []
        same += [change.same] if change.same else []
        removed += [change.removed] if change.removed else []
        added += [change.added] if change.added else []
    yield _Change("".join(same), "".join(removed), "".join(added))


def _pieces(changes: Iterable[_Change]) -> Iterator[Piece]:
    for change in changes:
        for op, text in ((Op.SAME, change.same), (Op.REMOVED, change.removed), (Op.ADDED, change.added)):
            if text:
                yield Piece(op, text)


def _folded(text: str, before: int, after: int, least: int) -> list[Piece]:
    """Fold all but the first `before` and the last `after` words, if those are more than `least`."""
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    if len(starts) - before - after <= least:
        return [Piece(Op.SAME, text)]
    start = starts[before] if before else 0
    end = starts[-after] if after else len(text)
    parts = (Piece(Op.SAME, text[:start]), Piece(Op.FOLDED, text[start:end]), Piece(Op.SAME, text[end:]))
    return [piece for piece in parts if piece.text]
