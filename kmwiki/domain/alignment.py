"""Which elements of two sequences are the same: the ground under merging and comparing.

An element may be a line, a word or the key of a row; nothing here knows which. Work is bounded for any input.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import isqrt
from typing import NamedTuple, TypeAlias

from rapidfuzz.distance import LCSseq

#: Up to so many pairs of elements the longest common subsequence is exact (16 million take 5 ms).
EXACT_PAIRS = 16_000_000
#: With more elements on both sides together only the beginning and the end are aligned.
MOST_ELEMENTS = 40_000


#: Positions of equal elements.
Pair: TypeAlias = tuple[int, int]


class Block(NamedTuple):
    """`size` elements from `old` on are those from `new` on."""

    old: int
    new: int
    size: int


class Hunk(NamedTuple):
    """old[old_start:old_end] was replaced by new[new_start:new_end]; either may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def align(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The blocks that both have, in order; align(new, old) gives the same blocks with sides exchanged.

    A longest common subsequence where the sequences are short. Longer ones are cut first at the elements
    that each has once, and what is still too long is compared piece by piece.
    Source: Bram Cohen's patience diff, for the cutting.
    """
    start, end = _common_ends(old, new)
    inner = _pairs(old[start : len(old) - end], new[start : len(new) - end])
    blocks = [Block(0, 0, start), *_blocks(inner, start), Block(len(old) - end, len(new) - end, end)]
    return [block for block in blocks if block.size]


def hunks(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """What lies between the aligned blocks, in order; never two that touch in both sequences."""
    blocks = [Block(0, 0, 0), *align(old, new), Block(len(old), len(new), 0)]
    between = (Hunk(a.old + a.size, b.old, a.new + a.size, b.new) for a, b in pairwise(blocks))
    return [hunk for hunk in between if hunk.old_start < hunk.old_end or hunk.new_start < hunk.new_end]


def _common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    shorter = min(len(old), len(new))
    start = next((k for k in range(shorter) if old[k] != new[k]), shorter)
    rest = shorter - start
    end = next((k for k in range(rest) if old[-1 - k] != new[-1 - k]), rest)
    return start, end


def _blocks(pairs: Iterable[Pair], offset: int) -> Iterator[Block]:
    """The pairs as blocks, moved by the offset on both sides."""
    size, next_old, next_new = 0, -1, -1
    for old, new in pairs:
        if old != next_old or new != next_new:
            yield Block(next_old - size + offset, next_new - size + offset, size)
            size = 0
        size, next_old, next_new = size + 1, old + 1, new + 1
    yield Block(next_old - size + offset, next_new - size + offset, size)


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """The equal elements, increasing on both sides."""
    if len(old) + len(new) > MOST_ELEMENTS:
        return []
    if list(new) < list(old):
        # Of several longest subsequences the choice must not depend on which side comes first.
        return [(a, b) for b, a in _pairs_of(*_common(new, old))]
    return _pairs_of(*_common(old, new))


class _Side(NamedTuple):
    """What of a sequence is in the other one too: numbers that stand for elements, and where they are."""

    numbers: list[int]
    positions: list[int]


def _common(old: Sequence[str], new: Sequence[str]) -> tuple[_Side, _Side]:
    # An element that the other side lacks is in no common subsequence, so leaving it out loses nothing.
    # Numbers, because rapidfuzz compares hashes: those of small numbers never meet, those of texts might.
    in_new = set(new)
    numbers = {element: k for k, element in enumerate(old) if element in in_new}
    return _side(old, numbers), _side(new, numbers)


def _side(elements: Sequence[str], numbers: Mapping[str, int]) -> _Side:
    positions = [k for k, element in enumerate(elements) if element in numbers]
    return _Side([numbers[elements[k]] for k in positions], positions)


def _pairs_of(old: _Side, new: _Side) -> list[Pair]:
    return [
        (old.positions[a + k], new.positions[b + k])
        for a, b, size in _common_blocks(old.numbers, new.numbers)
        for k in range(size)
    ]


def _common_blocks(old: list[int], new: list[int]) -> Iterator[tuple[int, int, int]]:
    if len(old) * len(new) <= EXACT_PAIRS:
        yield from _longest_common(old, new)
        return
    a0 = b0 = 0
    for a, b in _anchors(old, new):
        yield from _piecewise(old, new, Hunk(a0, a, b0, b))
        yield a, b, 1
        a0, b0 = a + 1, b + 1
    yield from _piecewise(old, new, Hunk(a0, len(old), b0, len(new)))


def _anchors(old: list[int], new: list[int]) -> list[Pair]:
    """Elements that each side has once, as the longest row of them that is in the same order on both."""
    once_in_old, once_in_new = _only_once(old), _only_once(new)
    candidates = [(k, once_in_new[element]) for element, k in once_in_old.items() if element in once_in_new]
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for number, (_, position) in enumerate(candidates):
        pile = bisect_left(tops, position)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [position]
        piles[pile : pile + 1] = [number]
    chain = []
    number = piles[-1] if piles else -1
    while number >= 0:
        chain.append(candidates[number])
        number = before[number]
    return chain[::-1]


def _only_once(elements: list[int]) -> dict[int, int]:
    counts = Counter(elements)
    return {element: k for k, element in enumerate(elements) if counts[element] == 1}


def _piecewise(old: list[int], new: list[int], hunk: Hunk) -> Iterator[tuple[int, int, int]]:
    """The blocks within a hunk; it is cut in pieces where the whole would take too long."""
    a0, a1, b0, b1 = hunk
    pieces = isqrt((a1 - a0) * (b1 - b0) // EXACT_PAIRS) + 1
    for k in range(pieces):
        a, a_end = (a0 + (a1 - a0) * part // pieces for part in (k, k + 1))
        b, b_end = (b0 + (b1 - b0) * part // pieces for part in (k, k + 1))
        for x, y, size in _longest_common(old[a:a_end], new[b:b_end]):
            yield a + x, b + y, size


def _longest_common(old: list[int], new: list[int]) -> list[tuple[int, int, int]]:
    if not old or not new:
        return []
    return [(a, b, size) for a, b, size in LCSseq.opcodes(old, new).as_matching_blocks()]
