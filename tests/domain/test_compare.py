"""Comparison of two contents, part by part."""

from time import process_time

import pytest
from hypothesis import given

from domain.small_type import TYPE, content, contents, file, row
from kmwiki.domain.compare import View, changed_characters, compare
from kmwiki.domain.word_compare import Op, Piece, apply

EXCHANGED = {Op.ADDED: Op.REMOVED, Op.REMOVED: Op.ADDED}


def only(old, new):
    (comparison,) = compare(TYPE, old, new)
    return comparison


def told(rows):
    return [(row.id, row.op) for row in rows]


def test_parts_that_differ_come_in_the_order_of_the_form():
    old = content(purpose="One.", outcome="worked", title="Wells", zebra="a", _kept={"x": "a"})
    new = content("fr", title="Pumps", purpose="One.", zebra="b", topics=["t"], files=[file("a")])

    names = [comparison.field for comparison in compare(TYPE, old, new)]

    assert names == ["language", "topics", "title", "outcome", "zebra", "_kept.x", "files"]


def test_a_first_version_is_all_new():
    comparison = compare(TYPE, None, content(title="Wells"))[-1]

    assert (comparison.field, comparison.old, comparison.words) == (
        "title",
        None,
        (Piece(Op.ADDED, "Wells"),),
    )


def test_codes_are_shown_as_old_and_new_value():
    comparison = only(content(countries=["NE"]), content(countries=["NE", "ML"]))

    assert (comparison.shape, comparison.old, comparison.new) == (View.VALUE, ["NE"], ["NE", "ML"])


def test_a_text_that_does_not_apply_any_more_is_shown_as_old_and_new_value():
    assert only(content(purpose="One."), content(purpose={"not_applicable": "why"})).shape is View.VALUE


def test_rows_are_added_removed_changed_or_the_same():
    comparison = only(
        content(needs=[row(1), row(2), row(3)]), content(needs=[row(4), row(1), row(3, "new words")])
    )

    assert told(comparison.rows) == [
        ("n4", Op.ADDED),
        ("n1", Op.SAME),
        ("n2", Op.REMOVED),
        ("n3", Op.CHANGED),
    ]
    assert [cell.field for cell in comparison.rows[3].cells] == ["question"]


def test_a_moved_row_is_moved_and_the_others_stay():
    comparison = only(content(needs=[row(1), row(2), row(3)]), content(needs=[row(3), row(1), row(2)]))

    assert told(comparison.rows) == [("n3", Op.MOVED), ("n1", Op.SAME), ("n2", Op.SAME)]


def test_a_row_both_moved_and_changed_tells_both():
    moved = only(
        content(needs=[row(1), row(2), row(3)]), content(needs=[row(3, "new"), row(1), row(2)])
    ).rows[0]

    assert (moved.op, moved.moved) == (Op.CHANGED, True)


def test_cells_are_compared_by_word_or_as_values():
    comparison = only(content(needs=[row(1, "Why?", urgency="soon")]), content(needs=[row(1, "Why not?")]))

    question, urgency = comparison.rows[0].cells
    assert question.words == (Piece(Op.SAME, "Why"), Piece(Op.ADDED, " not"), Piece(Op.SAME, "?"))
    assert (urgency.shape, urgency.old, urgency.new) == (View.VALUE, "soon", None)


def test_links_are_compared_by_target():
    comparison = only(
        content(applies=[{"page": "p1", "relation": "adapted", "note": "a b"}]),
        content(applies=[{"page": "p1", "relation": "in-part", "note": "a c"}, {"page": "p2"}]),
    )

    assert [row.op for row in comparison.rows] == [Op.CHANGED, Op.ADDED]
    assert {cell.field: cell.shape for cell in comparison.rows[0].cells} == {
        "relation": View.VALUE,
        "note": View.WORDS,
    }


def test_files_are_compared_by_name():
    comparison = only(content(files=[file("a"), file("b")]), content(files=[file("a", "11"), file("c")]))

    assert told(comparison.rows) == [("a", Op.CHANGED), ("b", Op.REMOVED), ("c", Op.ADDED)]


def test_changed_characters_count_what_was_added_and_removed():
    old = content(title="old pump", outcome="worked", needs=[row(1, "Why?"), row(2)])
    new = content(title="new pump", outcome="in-part", needs=[row(2), row(1, "Why not?")])

    counted = {comparison.field: changed_characters([comparison]) for comparison in compare(TYPE, old, new)}

    assert counted == {"title": 6, "outcome": 13, "needs": 4}


def test_changed_characters_count_the_text_of_rows_added_and_lists_changed():
    old, new = content(countries=["NE"]), content(countries=["ML"], needs=[row(1, "Why?")])

    assert changed_characters(compare(TYPE, old, new)) == 4 + len('["NE"]') + len('["ML"]')


@given(contents())
def test_comparing_equal_contents_is_empty(content):
    assert compare(TYPE, content, content) == ()


@given(contents(), contents())
def test_different_contents_differ_somewhere(old, new):
    assert bool(compare(TYPE, old, new)) == (old != new)


@given(contents(), contents())
def test_words_of_a_comparison_applied_give_the_new_text(old, new):
    for comparison in compare(TYPE, old, new):
        cells = [cell for row in comparison.rows for cell in row.cells]
        for part in (comparison, *cells):
            if part.shape is View.WORDS:
                assert apply(part.words) == (part.new or "")


@given(contents(), contents())
def test_rows_of_a_comparison_give_both_lists(old, new):
    for comparison in compare(TYPE, old, new):
        if comparison.shape is View.ROWS:
            assert [row.new for row in comparison.rows if row.new is not None] == (comparison.new or [])
            removed = [row for row in comparison.rows if row.new is None]
            assert all(row.op is Op.REMOVED and row.old in comparison.old for row in removed)


@given(contents(), contents())
def test_a_reversed_comparison_swaps_added_and_removed(old, new):
    there, back = compare(TYPE, old, new), compare(TYPE, new, old)

    assert [(c.field, c.shape, c.old, c.new) for c in there] == [
        (c.field, c.shape, c.new, c.old) for c in back
    ]
    for forth, reverse in zip(there, back, strict=True):
        for op in (Op.SAME, Op.ADDED, Op.REMOVED):
            other = EXCHANGED.get(op, op)
            assert texts(forth.words, op) == texts(reverse.words, other)
        ops = {row.id: (EXCHANGED.get(row.op, row.op), row.moved) for row in forth.rows}
        assert ops == {row.id: (row.op, row.moved) for row in reverse.rows}
    assert changed_characters(there) == changed_characters(back)


def texts(pieces, op):
    return [piece.text for piece in pieces if piece.op is op]


def rows_of_words(words, numbers):
    return content(needs=[row(number, words) for number in numbers])


def test_a_page_with_more_changed_text_than_anybody_reads_is_not_compared_by_word():
    old, new = rows_of_words("a b " * 250, range(200)), rows_of_words("a c " * 250, range(200))

    question = only(old, new).rows[0].cells[0]

    assert question.words[0] == Piece(Op.REMOVED, ("a b " * 250).rstrip())


@pytest.mark.parametrize("rows", [57, 200])
def test_slow_comparison_of_rows_made_to_be_slow_takes_less_than_a_second(rows):
    old, new = (
        rows_of_words("a b " * 250, range(rows)),
        rows_of_words("b a a b " * 125, range(rows - 1, -1, -1)),
    )
    start = process_time()

    compare(TYPE, old, new)

    assert process_time() - start < 1
