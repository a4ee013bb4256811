"""Three-way merge of pages, and the decision of conflicts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.small_type import TYPE, content, contents, file, row
from kmwiki.domain.conflict import Given, Keep
from kmwiki.domain.line_merge import Origin
from kmwiki.domain.merge import merge, resolve
from kmwiki.domain.parts import parts_of
from kmwiki.errors import Refused, TypeMismatch


def merged_fields(base, mine, theirs):
    merged = merge(TYPE, base, mine, theirs)
    assert merged.conflicts == ()
    return merged.content.fields


def only_conflict(base, mine, theirs):
    (conflict,) = merge(TYPE, base, mine, theirs).conflicts
    return conflict


def test_edits_of_different_fields_merge():
    base = content(title="Wells", outcome="worked")

    merged = merge(
        TYPE, base, content(title="Pumps", outcome="worked"), content(title="Wells", outcome="in-part")
    )

    assert merged.content == content(title="Pumps", outcome="in-part")
    assert (merged.conflicts, merged.both_changed, merged.from_theirs) == ((), (), ("outcome",))


def test_edits_of_different_paragraphs_merge_and_are_named_as_changed_on_both_sides():
    base = content(purpose="One.\n\nTwo.")

    merged = merge(TYPE, base, content(purpose="1.\n\nTwo."), content(purpose="One.\n\n2."))

    assert merged.content.fields["purpose"] == "1.\n\n2."
    assert merged.both_changed == ("purpose",)


def test_a_field_changed_in_two_ways_holds_mine_and_theirs_is_kept_beside_it():
    merged = merge(TYPE, content(title="a"), content(title="b"), content(title="c"))

    assert merged.content.fields["title"] == "b"
    (conflict,) = merged.conflicts
    assert (conflict.field, conflict.base, conflict.mine, conflict.theirs) == ("title", "a", "b", "c")
    assert merged.both_changed == ("title",)


def test_names_of_parts_are_in_the_order_of_the_form():
    mine = content("fr", outcome="a", title="a", _kept={"x": "a"}, zebra="a", files=[file("a", "1")])
    theirs = content("es", title="b", outcome="b", zebra="b", _kept={"x": "b"}, files=[file("a", "2")])

    merged = merge(TYPE, content(), mine, theirs)

    assert merged.both_changed == ("language", "title", "outcome", "zebra", "_kept.x", "files")
    assert tuple(conflict.field for conflict in merged.conflicts) == merged.both_changed


def test_different_rows_changed_on_both_sides_merge():
    base = content(needs=[row(1), row(2), row(3)])

    fields = merged_fields(
        base,
        content(needs=[row(1, "mine"), row(2), row(3)]),
        content(needs=[row(1), row(2), row(3, "theirs")]),
    )

    assert fields["needs"] == [row(1, "mine"), row(2), row(3, "theirs")]


def test_different_cells_of_one_row_merge():
    fields = merged_fields(
        content(needs=[row(1)]), content(needs=[row(1, "mine")]), content(needs=[row(1, urgency="soon")])
    )

    assert fields["needs"] == [row(1, "mine", urgency="soon")]


def test_a_cell_emptied_on_one_side_stays_empty():
    fields = merged_fields(
        content(needs=[row(1, urgency="soon")]),
        content(needs=[row(1)]),
        content(needs=[row(1, "theirs", urgency="soon")]),
    )

    assert fields["needs"] == [row(1, "theirs")]


def test_one_cell_changed_in_two_ways_is_a_conflict_that_names_row_and_column():
    conflict = only_conflict(
        content(needs=[row(1), row(2)]),
        content(needs=[row(1, "mine", urgency="soon"), row(2)]),
        content(needs=[row(1, "theirs", note="n"), row(2)]),
    )

    (place,) = conflict.places
    assert (place.id, place.columns) == ("n1", ("question",))
    assert place.merged == row(1, "mine", urgency="soon", note="n")
    assert place.merged_for_them == row(1, "theirs", urgency="soon", note="n")


def test_rows_added_on_both_sides_stand_after_the_row_they_were_added_to():
    base = content(needs=[row(1), row(2)])

    fields = merged_fields(
        base,
        content(needs=[row(1), row(2), row(3)]),
        content(needs=[row(4), row(1), row(5), row(6), row(2)]),
    )

    assert [need["id"] for need in fields["needs"]] == ["n4", "n1", "n5", "n6", "n2", "n3"]


def test_rows_moved_on_one_side_stay_moved():
    base = content(needs=[row(1), row(2), row(3)])

    fields = merged_fields(
        base, content(needs=[row(1), row(2), row(3), row(4)]), content(needs=[row(3), row(1), row(2)])
    )

    assert [need["id"] for need in fields["needs"]] == ["n3", "n4", "n1", "n2"]


def test_a_row_removed_on_one_side_and_left_alone_on_the_other_is_removed():
    fields = merged_fields(
        content(needs=[row(1), row(2)]), content(needs=[row(2)]), content(needs=[row(1), row(2, "theirs")])
    )

    assert fields["needs"] == [row(2, "theirs")]


@pytest.mark.parametrize("mine_removed", [True, False])
def test_a_row_removed_on_one_side_and_changed_on_the_other_is_a_conflict(mine_removed):
    base, removed = content(needs=[row(1), row(2)]), content(needs=[row(2)])
    changed = content(needs=[row(1, "changed"), row(2)])
    mine, theirs = (removed, changed) if mine_removed else (changed, removed)

    (place,) = only_conflict(base, mine, theirs).places

    assert (place.id, place.mine is None, place.theirs is None) == ("n1", mine_removed, not mine_removed)


def test_rows_with_the_same_id_and_another_uid_are_different_rows():
    mine, theirs = {"id": "n1", "uid": "a", "question": "x"}, {"id": "n1", "uid": "b", "question": "y"}

    fields = merged_fields(content(), content(needs=[mine]), content(needs=[theirs]))

    assert fields["needs"] == [theirs, mine]


def test_all_rows_removed_by_two_people_leave_no_field():
    base = content(needs=[row(1), row(2)])

    assert "needs" not in merged_fields(base, content(needs=[row(1)]), content(needs=[row(2)]))


def test_links_merge_by_their_target():
    base = content(applies=[{"page": "p1", "relation": "adapted"}])

    fields = merged_fields(
        base,
        content(applies=[{"page": "p1", "relation": "in-part"}, {"wanted": "Wells"}]),
        content(applies=[{"page": "p1", "relation": "adapted", "note": "n"}, {"page": "p1", "row": "n2"}]),
    )

    assert fields["applies"] == [
        {"page": "p1", "relation": "in-part", "note": "n"},
        {"page": "p1", "row": "n2"},
        {"wanted": "Wells"},
    ]


def test_topics_merge_as_a_set():
    merged = merge(
        TYPE, content(topics=["a", "b"]), content(topics=["a", "b", "c"]), content(topics=["d", "b"])
    )

    assert merged.content.topics == ("b", "c", "d")
    assert merged.conflicts == ()


def test_files_merge_by_name_and_conflict_as_a_whole():
    base = content(files=[file("a.png"), file("b.png")])

    merged = merge(
        TYPE,
        base,
        content(files=[file("a.png", "11"), file("b.png"), file("c.png")]),
        content(files=[file("a.png", alt="A well"), file("b.png", alt="A pump")]),
    )

    (conflict,) = merged.conflicts
    assert [place.id for place in conflict.places] == ["a.png"]
    assert resolve(merged, {"files": [Keep.THEIRS]}).files == (
        file("a.png", alt="A well"),
        file("b.png", alt="A pump"),
        file("c.png"),
    )


def test_kept_values_merge_key_by_key():
    fields = merged_fields(
        content(_kept={"a": "1"}), content(_kept={"a": "1", "b": "2"}), content(_kept={"c": "3"})
    )

    assert fields["_kept"] == {"b": "2", "c": "3"}


def test_not_applicable_against_a_text_is_a_conflict_as_a_whole():
    conflict = only_conflict(
        content(purpose="One."), content(purpose={"not_applicable": "why"}), content(purpose="Two.")
    )

    assert conflict.places == ()
    assert not conflict.can_keep_both


def test_a_text_removed_and_changed_shows_what_was_changed():
    (place,) = only_conflict(content(purpose="One.\n\nTwo."), content(), content(purpose="1.\n\nTwo.")).places

    assert (place.mine, place.theirs) == ("", "1.\n\nTwo.\n")


@pytest.mark.parametrize("other", [content().replace(type="other"), content().replace(edition=2)])
def test_versions_of_different_types_or_editions_are_not_merged(other):
    with pytest.raises(TypeMismatch):
        merge(TYPE, content(), content(), other)


@given(contents(), contents())
def test_a_page_changed_on_one_side_only_is_that_side(base, changed):
    assert merge(TYPE, base, changed, base).content == changed
    assert merge(TYPE, base, base, changed).content == changed
    assert merge(TYPE, base, changed, changed).content == changed


@given(contents(), contents())
def test_nothing_is_said_to_be_changed_on_both_sides_where_only_one_was(base, changed):
    for mine, theirs in ((base, changed), (changed, base), (changed, changed)):
        merged = merge(TYPE, base, mine, theirs)
        assert (merged.conflicts, merged.both_changed) == ((), ())


@given(contents(), contents(), contents())
def test_everything_that_either_side_added_is_kept_or_shown(base, mine, theirs):
    merged = merge(TYPE, base, mine, theirs)

    found = said(merged.content)
    for conflict in merged.conflicts:
        found |= texts_in({conflict.field: [conflict.mine, conflict.theirs]})
    assert (said(mine) | said(theirs)) - said(base) <= found


@given(contents(), contents(), contents())
def test_merging_is_symmetric_up_to_order_where_nothing_conflicts(base, mine, theirs):
    there, back = merge(TYPE, base, mine, theirs), merge(TYPE, base, theirs, mine)

    assert [conflict.field for conflict in there.conflicts] == [conflict.field for conflict in back.conflicts]
    assert there.both_changed == back.both_changed
    in_conflict = {conflict.field for conflict in there.conflicts}
    assert said(there.content, in_conflict) == said(back.content, in_conflict)


@given(contents(), contents(), contents())
def test_conflicts_decided_for_one_side_hold_that_side(base, mine, theirs):
    merged = merge(TYPE, base, mine, theirs)

    for keep in (Keep.MINE, Keep.THEIRS):
        decided = resolve(merged, {conflict.field: keep for conflict in merged.conflicts})
        for conflict in merged.conflicts:
            expected = conflict.mine if keep is Keep.MINE else conflict.theirs
            assert parts_of(decided).get(conflict.field) == expected


@given(contents(), contents(), contents())
def test_places_decided_for_both_sides_lose_nothing_of_either(base, mine, theirs):
    merged = merge(TYPE, base, mine, theirs)
    possible = [conflict for conflict in merged.conflicts if conflict.can_keep_both]
    choices = {conflict.field: Keep.MINE for conflict in merged.conflicts}
    choices |= {conflict.field: Keep.BOTH for conflict in possible}

    decided = resolve(merged, choices)

    for conflict in possible:
        sides = texts_in({conflict.field: [conflict.mine, conflict.theirs]})
        assert sides - texts_in({conflict.field: conflict.base}) <= said(decided)


def said(content, without=()):
    """Every line, cell and code of a content, each with the name of its part; orders and row ids aside."""
    return texts_in({name: value for name, value in parts_of(content).items() if name not in without})


def texts_in(parts):
    return {f"{name}: {text}" for name, value in parts.items() for text in _texts(value)}


def _texts(value):
    if isinstance(value, dict):
        return {
            text for name, member in value.items() if name not in ("id", "uid") for text in _texts(member)
        }
    if isinstance(value, list):
        return {text for item in value for text in _texts(item)}
    return set() if value is None else set(re.split(r"\n| / ", str(value)))


def three_passages():
    return merge(
        TYPE,
        content(purpose="One.\n\nTwo.\n\nThree."),
        content(purpose="1.\n\nTwo.\n\nDrei."),
        content(purpose="I.\n\nII.\n\nTrois."),
    )


def test_passages_are_decided_one_by_one_and_the_rest_combines():
    merged = three_passages()

    decided = resolve(merged, {"purpose": [Keep.THEIRS, Given("Tres.")]})

    assert decided.fields["purpose"] == "I.\n\nII.\n\nTres."


def test_both_puts_theirs_after_mine_as_a_paragraph_of_its_own():
    decided = resolve(three_passages(), {"purpose": [Keep.BOTH, Keep.MINE]})

    assert decided.fields["purpose"] == "1.\n\nI.\n\nII.\n\nDrei."


def test_both_of_two_items_of_a_list_stays_one_list():
    merged = merge(TYPE, content(purpose="- a"), content(purpose="- a\n- b"), content(purpose="- a\n- c"))

    assert resolve(merged, {"purpose": Keep.BOTH}).fields["purpose"] == "- a\n- b\n- c"


def test_a_field_can_be_decided_by_a_new_value():
    assert resolve(three_passages(), {"purpose": Given("New.")}).fields["purpose"] == "New."


def test_a_passage_can_be_decided_to_be_nothing():
    decided = resolve(three_passages(), {"purpose": [Given(""), Keep.MINE]})

    assert decided.fields["purpose"] == "\nII.\n\nDrei."


def conflicting_rows():
    return merge(
        TYPE,
        content(needs=[row(1), row(2)]),
        content(needs=[row(1, "mine")]),
        content(needs=[row(1, "theirs"), row(2, "changed")]),
    )


def test_rows_are_decided_one_by_one():
    decided = resolve(conflicting_rows(), {"needs": [Keep.THEIRS, Keep.MINE]})

    assert decided.fields["needs"] == [row(1, "theirs")]


def test_both_of_a_row_makes_theirs_a_new_row_and_keeps_what_one_side_removed():
    decided = resolve(conflicting_rows(), {"needs": [Keep.BOTH, Keep.BOTH]})

    assert decided.fields["needs"] == [row(1, "mine"), {"question": "theirs"}, row(2, "changed")]


def test_a_row_can_be_decided_by_a_new_row_or_none():
    decided = resolve(conflicting_rows(), {"needs": [Given(row(1, "new")), Given(None)]})

    assert decided.fields["needs"] == [row(1, "new")]


def test_both_of_two_lists_of_codes_is_their_union():
    merged = merge(
        TYPE, content(countries=["NE"]), content(countries=["ML"]), content(countries=["TD", "ML"])
    )

    assert resolve(merged, {"countries": Keep.BOTH}).fields["countries"] == ["ML", "TD"]


@pytest.mark.parametrize(
    "choices", [{}, {"outcome": Keep.BOTH}, {"outcome": [Keep.MINE]}], ids=["none", "both", "too many"]
)
def test_choices_that_decide_nothing_are_refused_and_name_the_field(choices):
    merged = merge(TYPE, content(outcome="a"), content(outcome="b"), content(outcome="c"))

    with pytest.raises(Refused) as refusal:
        resolve(merged, choices)

    assert [problem.field for problem in refusal.value.problems] == ["outcome"]


def test_both_of_one_file_is_refused():
    merged = merge(
        TYPE, content(files=[file("a")]), content(files=[file("a", "1")]), content(files=[file("a", "2")])
    )

    for choice in (Keep.BOTH, [Keep.BOTH]):
        with pytest.raises(Refused):
            resolve(merged, {"files": choice})


@given(st.permutations(range(1, 6)), st.permutations(range(1, 6)))
def test_rows_moved_on_both_sides_stand_in_my_order(mine, theirs):
    base = content(needs=[row(k) for k in range(1, 6)])

    merged = merge(TYPE, base, content(needs=[row(k) for k in mine]), content(needs=[row(k) for k in theirs]))

    expected = mine if mine != sorted(mine) else theirs
    assert [need["id"] for need in merged.content.fields["needs"]] == [f"n{k}" for k in expected]
    assert merged.conflicts == ()


def test_a_row_merge_tells_who_changed_what():
    conflict = only_conflict(
        content(needs=[row(1), row(2), row(3), row(4)]),
        content(needs=[row(1, "mine"), row(2, "m"), row(3), row(4)]),
        content(needs=[row(1, "theirs"), row(2, note="t"), row(3, "theirs"), row(4)]),
    )

    assert [merge.kind for merge in conflict.rows] == [
        Origin.CONFLICT,
        Origin.BOTH,
        Origin.THEIRS,
        Origin.SAME,
    ]
