"""Comparison of two texts by word."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmwiki.domain.word_compare import Op, Piece, apply, compare_words, folded

WORDS = st.sampled_from(["a", "pump", "water", "committee", ", ", ". ", " ", "  ", "\n\n", "水", "की"])
TEXTS = st.lists(WORDS, max_size=25).map("".join) | st.text(max_size=40)
EXCHANGED = {Op.ADDED: Op.REMOVED, Op.REMOVED: Op.ADDED}


def said(pieces, op):
    return [piece.text for piece in pieces if piece.op is op]


def test_a_replaced_word_is_removed_and_added():
    assert compare_words("The pump is broken.", "The pump is repaired.") == (
        Piece(Op.SAME, "The pump is "),
        Piece(Op.REMOVED, "broken"),
        Piece(Op.ADDED, "repaired"),
        Piece(Op.SAME, "."),
    )


def test_a_replaced_word_leaves_the_space_after_it_alone():
    assert said(compare_words("the old pump", "the new pump"), Op.SAME) == ["the ", " pump"]


def test_words_added_at_the_end_leave_the_word_before_alone():
    assert compare_words("a b", "a b c") == (Piece(Op.SAME, "a b"), Piece(Op.ADDED, " c"))


def test_a_paragraph_broken_in_two_shows_the_space_only():
    assert compare_words("One. Two.", "One.\n\nTwo.") == (
        Piece(Op.SAME, "One."),
        Piece(Op.REMOVED, " "),
        Piece(Op.ADDED, "\n\n"),
        Piece(Op.SAME, "Two."),
    )


def test_a_sentence_written_anew_is_not_torn_apart_by_small_words():
    pieces = compare_words(
        "Start. Farmers in the valley have waited for a long time. End.",
        "Start. Now the committee keeps a store of parts. End.",
    )

    assert said(pieces, Op.REMOVED) == ["Farmers in the valley have waited for a long time"]
    assert said(pieces, Op.ADDED) == ["Now the committee keeps a store of parts"]


def test_scripts_without_spaces_are_compared_by_sign():
    assert compare_words("我们修水泵", "我们买水泵") == (
        Piece(Op.SAME, "我们"),
        Piece(Op.REMOVED, "修"),
        Piece(Op.ADDED, "买"),
        Piece(Op.SAME, "水泵"),
    )


def test_signs_that_combine_stay_within_their_word():
    assert said(compare_words("पानी की पंप", "पानी का पंप"), Op.ADDED) == ["का"]


@given(TEXTS, TEXTS, st.sampled_from([0, 12, 1000]))
def test_a_comparison_applied_gives_its_target(old, new, most_by_word):
    pieces = compare_words(old, new, most_by_word)

    assert apply(pieces) == new
    assert "".join(piece.text for piece in pieces if piece.op is not Op.ADDED) == old


@given(TEXTS, TEXTS, st.sampled_from([0, 12, 1000]))
def test_a_reversed_comparison_swaps_added_and_removed(old, new, most_by_word):
    there, back = compare_words(old, new, most_by_word), compare_words(new, old, most_by_word)

    for op in (Op.SAME, Op.ADDED, Op.REMOVED):
        assert said(there, op) == said(back, EXCHANGED.get(op, op))


@given(TEXTS)
def test_equal_texts_have_nothing_added_or_removed(text):
    assert {piece.op for piece in compare_words(text, text)} <= {Op.SAME}


def test_one_word_changed_in_a_long_text_is_found():
    lines = [f"Line {k} of a long page." for k in range(5000)]
    new = [*lines[:2000], lines[2000].replace("long", "short"), *lines[2001:]]

    pieces = compare_words("\n".join(lines), "\n".join(new))

    assert (said(pieces, Op.REMOVED), said(pieces, Op.ADDED)) == (["long"], ["short"])


def test_equal_text_far_from_a_change_is_folded():
    text = " ".join(f"w{k}" for k in range(100))

    pieces = folded(compare_words(text + " old", text + " new"), context_words=3)

    assert [piece.op for piece in pieces] == [Op.FOLDED, Op.SAME, Op.REMOVED, Op.ADDED]
    assert pieces[1].text == "w97 w98 w99 "


@given(TEXTS, TEXTS, st.integers(0, 3))
def test_folding_loses_no_text(old, new, context_words):
    assert apply(folded(compare_words(old, new), context_words)) == new


MEGABYTE = 1_000_000
OLD_LINES = [f"old {k}" for k in range(100_000)]
NEW_LINES = [f"new {k}" for k in range(100_000)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("a b " * 250_000, "b a a b " * 125_000, id="words"),
        pytest.param("ab" * 500_000, "ba" * 500_000, id="one word"),
        pytest.param("a\nb\n" * 250_000, "b\na\na\nb\n" * 125_000, id="lines"),
        pytest.param("a\nb\n" * 10_000, "b\na\na\nb\n" * 5_000, id="fewer lines"),
        pytest.param("\n".join(OLD_LINES), "\n".join(NEW_LINES), id="all different"),
        pytest.param("\n".join(OLD_LINES[:20_000]), "\n".join(OLD_LINES[:20_000][::-1]), id="upside down"),
        pytest.param(
            ("s\n" + "o" * 98 + "\n") * 9_900, ("s\n" + "n" * 98 + "\n") * 9_900, id="every other line"
        ),
        pytest.param("." * MEGABYTE, "," * MEGABYTE, id="marks"),
        pytest.param(".," * 15_000, ",..," * 7_500, id="fewer marks"),
        pytest.param("\n" * MEGABYTE, "\n " * (MEGABYTE // 2), id="empty lines"),
        pytest.param(" " * MEGABYTE + "a", " " * MEGABYTE + "b", id="spaces"),
    ],
)
def test_slow_comparison_of_texts_made_to_be_slow_takes_less_than_a_second(old, new):
    start = process_time()

    pieces = compare_words(old, new)

    assert process_time() - start < 1
    assert apply(pieces) == new
