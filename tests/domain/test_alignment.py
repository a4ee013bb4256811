"""Alignment of sequences: right, the same from both sides, and bounded."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kmwiki.domain import alignment
from kmwiki.domain.alignment import Block, align, hunks

SEQUENCES = st.lists(st.sampled_from("abcd"), max_size=30)


@given(SEQUENCES, SEQUENCES)
def test_blocks_are_equal_elements_in_order(old, new):
    blocks = align(old, new)

    for block in blocks:
        assert block.size > 0
        assert old[block.old : block.old + block.size] == new[block.new : block.new + block.size]
    for before, after in pairwise(blocks):
        assert before.old + before.size <= after.old
        assert before.new + before.size <= after.new


@given(SEQUENCES, SEQUENCES)
def test_sides_exchanged_give_the_same_blocks_exchanged(old, new):
    assert align(new, old) == [Block(b, a, size) for a, b, size in align(old, new)]


@given(SEQUENCES, SEQUENCES)
def test_hunks_carried_out_make_the_new_sequence(old, new):
    result, done = [], 0
    for hunk in hunks(old, new):
        result += old[done : hunk.old_start] + new[hunk.new_start : hunk.new_end]
        done = hunk.old_end

    assert result + old[done:] == new


@given(SEQUENCES, SEQUENCES)
def test_short_sequences_share_as_much_as_is_possible(old, new):
    assert sum(block.size for block in align(old, new)) == _longest_common_length(old, new)


@given(SEQUENCES, SEQUENCES, st.sampled_from([0, 30]))
def test_sequences_beyond_the_bounds_are_still_aligned_rightly(old, new, most_elements):
    before = alignment.EXACT_PAIRS, alignment.MOST_ELEMENTS
    alignment.EXACT_PAIRS, alignment.MOST_ELEMENTS = 12, most_elements
    try:
        test_blocks_are_equal_elements_in_order.hypothesis.inner_test(old, new)
        test_sides_exchanged_give_the_same_blocks_exchanged.hypothesis.inner_test(old, new)
    finally:
        alignment.EXACT_PAIRS, alignment.MOST_ELEMENTS = before


def test_long_sequences_are_cut_where_both_have_an_element_once():
    old = ["x"] * 3000 + ["middle"] + ["y"] * 3000
    new = ["z"] + ["y"] * 3000 + ["middle"] + ["x"] * 3000 + ["z"]

    assert align(old, new) == [Block(3000, 3001, 1)]


def _longest_common_length(old, new):
    lengths = [0] * (len(new) + 1)
    for element in old:
        diagonal = 0
        for k, other in enumerate(new, start=1):
            here = diagonal + 1 if element == other else max(lengths[k], lengths[k - 1])
            diagonal, lengths[k] = lengths[k], here
    return lengths[-1]
