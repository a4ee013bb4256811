"""What was written and what was struck out between two texts, word by word. Work is bounded for any texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from kmwiki.domain.alignment import align, hunks

#: Two texts with more characters together are compared by line first.
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


def compare_words(old: str, new: str, most_by_word: int = LONG) -> tuple[Piece, ...]:
    """The pieces that make both texts, in reading order; in one place what was removed comes first.

    compare_words(new, old) has the same pieces, added and removed exchanged. Texts with more than
    `most_by_word` characters together are compared by line first, and only so many of what differs by word.
    """
    short = len(old) + len(new) <= most_by_word
    changes = _by_word(old, new) if short else _by_line(old, new, most_by_word)
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


#: A word, and the space after it.
_Word: TypeAlias = tuple[str, str]

# Scripts without spaces between words (Chinese, Japanese, Thai, Lao, Burmese, Khmer) are compared by sign.
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = r"!-/:-@\[-`{-~\xa1-\xbf\u2010-\u205e\u3000-\u303f\uff01-\uff0f"
_WORD = re.compile(rf"([{_NO_SPACES}]|[{_MARKS}]|[^\s{_NO_SPACES}{_MARKS}]+)(\s*)")


def _words(text: str) -> list[_Word]:
    # Spaces belong to the word before: on their own they would match each other all over the text.
    leading = text[: len(text) - len(text.lstrip())]
    words: list[_Word] = _WORD.findall(text, len(leading))
    return [("", leading), *words] if leading else words


def _by_word(old: str, new: str) -> Iterator[_Change]:
    old_words, new_words = _words(old), _words(new)
    old_end = new_end = 0
    for block in align([word for word, _ in old_words], [word for word, _ in new_words]):
        yield _Change("", _text(old_words[old_end : block.old]), _text(new_words[new_end : block.new]))
        old_end, new_end = block.old + block.size, block.new + block.size
        yield from _spaces_changed(old_words[block.old : old_end], new_words[block.new : new_end])
    yield _Change("", _text(old_words[old_end:]), _text(new_words[new_end:]))


def _spaces_changed(old: list[_Word], new: list[_Word]) -> Iterator[_Change]:
    """The same words, which may have other spaces after them."""
    if old == new:
        yield _Change(_text(old))
        return
    for (word, old_space), (_, new_space) in zip(old, new, strict=True):
        if old_space == new_space:
            yield _Change(word + old_space)
        else:
            yield _Change(word, old_space, new_space)


def _text(words: Iterable[_Word]) -> str:
    return "".join([word + space for word, space in words])


def _by_line(old: str, new: str, most_by_word: int) -> Iterator[_Change]:
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    done, budget = 0, most_by_word
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
    run: list[_Change] = []
    removed = added = 0
    for change in _joined(changes):
        is_coincidence = len(change.same) <= min(COINCIDENCE, max(removed, added), change.length)
        if run and not is_coincidence:
            yield _as_one(run)
            run, removed, added = [], 0, 0
        run.append(change)
        removed += len(change.removed)
        added += len(change.added)
    yield _as_one(run)


def _as_one(run: list[_Change]) -> _Change:
    """One change of what was the same between these as well."""
    first, rest = run[0], run[1:]
    removed = [first.removed, *(change.same + change.removed for change in rest)]
    added = [first.added, *(change.same + change.added for change in rest)]
    return _Change(first.same, "".join(removed), "".join(added))


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
