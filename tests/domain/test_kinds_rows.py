import pytest

from domain.field_values import VISIT, VOCABULARIES, parse, refusals
from kmwiki.domain.fields import check, fields_from_form, fields_to_form
from kmwiki.domain.problems import Level

UID = "01a203f0-8f7b-7aa6-a96c-bc1148fa9dd1"


def test_rows_keep_their_ids_and_new_ones_have_none():
    rows = [{"id": "q2", "uid": UID, "question": "How?"}, {"question": "Where?"}]

    assert parse("questions", rows) == rows


def test_cells_are_parsed_by_the_kind_of_their_column():
    row = {
        "question": "How?",
        "people": "1 200",
        "cost": "3–5 days",
        "asked": "yes",
        "asked_by": "FAO",
        "during": {},
    }

    assert parse("questions", [row]) == [
        {
            "question": "How?",
            "people": "1200",
            "cost": {"text": "3–5 days"},
            "asked": True,
            "asked_by": {"name": "FAO"},
        }
    ]


def test_rows_that_say_nothing_are_dropped():
    assert parse("questions", [{"id": "q1"}, {"question": " "}, {}, {"question": "How?"}]) == [
        {"question": "How?"}
    ]
    assert parse("questions", [{"id": "q1"}]) is None


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"question": 3}, ("0", "question")),
        ({"id": "q7", "question": 3}, ("q7", "question")),
        ({"question": "How?", "knowledge": "wisdom"}, ("0", "knowledge")),
        ({"question": "How?", "colour": "red"}, ("0", None)),
        ({"id": "Q 1", "question": "How?"}, ("0", None)),
        ({"id": 7, "question": "How?"}, ("0", None)),
        ({"uid": "7", "question": "How?"}, ("0", None)),
        ({"uid": UID.upper(), "question": "How?"}, ("0", None)),
        ("How?", ("0", None)),
        ([], ("0", None)),
    ],
)
def test_a_fault_in_a_row_names_row_and_column(row, where):
    problems = refusals("questions", [row])

    assert [(found.field, found.row, found.column) for found in problems] == [("questions", *where)]


def test_all_faults_of_all_rows_are_found():
    rows = [
        {"question": 3, "people": "many"},
        {"question": "How?"},
        {"id": "q1", "needed_by": "soon", "x": 1},
    ]

    assert [(found.row, found.column) for found in refusals("questions", rows)] == [
        ("0", "question"),
        ("0", "people"),
        ("q1", None),
        ("q1", "needed_by"),
    ]


@pytest.mark.parametrize("raw", ["How?", {"question": "How?"}, [{"question": "How?"}] * 201])
def test_what_are_no_rows_is_refused(raw):
    assert len(refusals("questions", raw)) == 1


def test_two_rows_cannot_have_one_id():
    problems = refusals("questions", [{"id": "q1", "question": "A"}, {"id": "q1", "question": "B"}])

    assert [found.row for found in problems] == ["q1"]


def test_a_needed_column_is_missing_from_a_page_in_short():
    problems = check(VISIT, {"plans": [{"id": "r1", "what": "sun"}]}, Level.SHORT, VOCABULARIES)

    missing = next(found for found in problems if found.field == "plans")
    assert (missing.row, missing.column, missing.level) == ("r1", "for_need", Level.SHORT)
    assert missing.message == "“For which question” is missing."


def test_a_row_must_name_a_row_that_is_there():
    fields = {
        "questions": [{"id": "q1", "question": "How?"}],
        "plans": [{"for_need": "q1", "what": "sun"}, {"for_need": "q9", "what": "sun"}],
    }

    problems = check(VISIT, fields, Level.SHORT, VOCABULARIES)

    assert [(found.row, found.column) for found in problems if found.field == "plans"] == [("1", "for_need")]


def test_rows_of_a_form_come_in_the_order_of_their_numbers():
    form = {
        "questions.10.question": ["Last"],
        "questions.2.question": ["First"],
        "questions.2.id": ["q4"],
        "questions.3.id": ["q5"],
        "questions.3.question": [""],
        "questions.add": ["1"],
        "questions.2.up": ["1"],
        "questions.x.question": ["?"],
    }

    assert fields_from_form(VISIT, form) == {
        "questions": [{"id": "q4", "question": "First"}, {"question": "Last"}]
    }


def test_a_row_that_holds_only_what_the_form_had_put_there_was_not_touched():
    form = {"questions.0.knowledge": ["facts"], "questions.1.knowledge": ["skill"]}

    assert fields_from_form(VISIT, form) == {"questions": [{"knowledge": "skill"}]}


def test_rows_become_names_and_values_of_a_form():
    fields = {"questions": [{"id": "q1", "question": "How?", "seen_in": ["NE", "NO"], "asked": False}]}

    assert fields_to_form(VISIT, fields) == {
        "questions.0.id": ["q1"],
        "questions.0.question": ["How?"],
        "questions.0.seen_in": ["NE", "NO"],
        "questions.0.asked": ["no"],
    }
