"""Three-way merge by line."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmwiki.domain.line_merge import Origin, Passage, merge_lines, text_of

LINES = st.lists(st.sampled_from(["", "one", "two", "three", "four"]), max_size=12)
TEXTS = LINES.map("\n".join)


def merged(base, mine, theirs):
    return text_of(passage.merged for passage in merge_lines(base, mine, theirs))


def kinds(base, mine, theirs):
    return [passage.kind for passage in merge_lines(base, mine, theirs)]


def test_edits_of_different_paragraphs_combine():
    base = "First.\n\nSecond.\n\nThird."

    result = merged(base, base.replace("First", "1st"), base.replace("Third", "3rd"))

    assert result == "1st.\n\nSecond.\n\n3rd."


def test_edits_of_adjacent_lines_are_a_conflict():
    passages = merge_lines("a\nb\nc", "A\nb\nc", "a\nB\nc")

    assert passages == [
        Passage(Origin.CONFLICT, "a\nb\n", "A\nb\n", "a\nB\n"),
        Passage(Origin.SAME, "c\n", "c\n", "c\n"),
    ]


def test_a_line_added_at_the_end_leaves_the_line_before_alone():
    assert merged("a\nb", "A\nb", "a\nb\nc") == "A\nb\nc"


def test_the_same_edit_on_both_sides_is_no_conflict():
    assert kinds("a\nb", "a\nc", "a\nc") == [Origin.SAME, Origin.BOTH]


def test_different_lines_added_at_one_place_are_a_conflict_without_base():
    assert merge_lines("a", "a\nmine", "a\ntheirs")[1] == Passage(Origin.CONFLICT, "", "mine\n", "theirs\n")


def test_a_line_removed_on_one_side_and_changed_on_the_other_is_a_conflict():
    assert Passage(Origin.CONFLICT, "b\n", "", "B\n") in merge_lines("a\nb\nc", "a\nc", "a\nB\nc")


def test_only_a_line_feed_ends_a_line():
    assert merged("a\u2028b\fc", "a\u2028B\fc", "a\u2028b\fc") == "a\u2028B\fc"


@given(TEXTS, TEXTS)
def test_a_text_changed_on_one_side_only_is_that_side(base, changed):
    assert merged(base, changed, base) == changed
    assert merged(base, base, changed) == changed
    assert merged(base, changed, changed) == changed


@given(TEXTS, TEXTS, TEXTS)
def test_passages_hold_all_three_texts_without_gaps(base, mine, theirs):
    passages = merge_lines(base, mine, theirs)

    assert text_of(passage.base for passage in passages) == base
    assert text_of(passage.mine for passage in passages) == mine
    assert text_of(passage.theirs for passage in passages) == theirs


@given(TEXTS, TEXTS, TEXTS)
def test_every_line_that_either_side_added_is_kept_or_shown_in_a_conflict(base, mine, theirs):
    passages = merge_lines(base, mine, theirs)

    shown = [passage.merged for passage in passages]
    shown += [passage.theirs for passage in passages if passage.kind is Origin.CONFLICT]
    lines = set("".join(shown).splitlines())
    assert (set(mine.split("\n")) | set(theirs.split("\n"))) - set(base.split("\n")) <= lines


@given(TEXTS, TEXTS, TEXTS)
def test_sides_exchanged_give_the_same_passages_exchanged(base, mine, theirs):
    other = {Origin.MINE: Origin.THEIRS, Origin.THEIRS: Origin.MINE}
    passages = merge_lines(base, mine, theirs)

    exchanged = [Passage(other.get(p.kind, p.kind), p.base, p.theirs, p.mine) for p in passages]
    assert merge_lines(base, theirs, mine) == exchanged


@given(st.lists(st.integers(0, 10), min_size=3, max_size=12, unique=True), st.data())
def test_edits_with_an_unchanged_line_between_them_both_stand(numbers, data):
    base = [f"line {number}" for number in numbers]
    at = data.draw(st.integers(1, len(base) - 2))
    mine = [*base[: at - 1], "mine", *base[at:]]
    theirs = [*base[: at + 1], "theirs", *base[at + 2 :]]

    result = merged("\n".join(base), "\n".join(mine), "\n".join(theirs))

    assert result.split("\n") == [*base[: at - 1], "mine", base[at], "theirs", *base[at + 2 :]]


def every_fiftieth_changed(lines, first, word):
    return "\n".join(word if k % 50 == first else line for k, line in enumerate(lines))


@pytest.mark.parametrize(
    "lines",
    [
        [f"Line {k} of a long page." for k in range(5000)],
        [f"Line {k % 7}." for k in range(5000)],
        ["a", "b"] * 2500,
        [""] * 5000,
    ],
    ids=["different", "seven", "abab", "empty"],
)
def test_slow_merge_of_five_thousand_lines_takes_well_under_a_second(lines):
    mine, theirs = every_fiftieth_changed(lines, 0, "mine"), every_fiftieth_changed(lines, 25, "theirs")
    start = process_time()

    passages = merge_lines("\n".join(lines), mine, theirs)

    assert process_time() - start < 0.4
    assert text_of(passage.mine for passage in passages) == mine
