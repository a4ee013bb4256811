import dataclasses
import datetime

import pytest

from domain.field_values import VISIT, VOCABULARIES, parse, refusals
from kmwiki.domain.fields import (
    check,
    depth_of,
    facets,
    fields_from_form,
    markdown_fields,
    move_to_edition,
    parse_fields,
    plain_text,
    summary_of,
    title_of,
)
from kmwiki.domain.page_type import Remedy
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.words import Words
from kmwiki.i18n import language

SHORT = {
    "title": "A visit to the well",
    "summary": "What we saw.",
    "questions": [{"id": "q1", "question": "How deep is it?", "asked": True}],
    "weather": "sun",
    "countries": ["NE"],
    "host": {"name": "Water office"},
}
FULL = SHORT | {
    "story": "We **walked** there.",
    "practices": {"not_applicable": "Searched in three offices."},
    "plans": [{"for_need": "q1", "what": "sun"}],
    "signed": True,
}


def problems_of(fields, level):
    return [(found.field, found.level.value) for found in check(VISIT, fields, level, VOCABULARIES)]


def test_a_page_in_short_needs_no_more():
    assert problems_of(SHORT, Level.SHORT) == []
    assert depth_of(VISIT, SHORT, VOCABULARIES) is Level.SHORT


def test_a_page_in_full_has_every_answer():
    assert problems_of(FULL, Level.FULL) == []
    assert depth_of(VISIT, FULL, VOCABULARIES) is Level.FULL


def test_everything_that_is_missing_is_told_with_its_level_in_form_order():
    assert problems_of({"summary": "x"}, Level.FULL) == [
        ("title", "short"),
        ("questions", "short"),
        ("weather", "short"),
        ("countries", "short"),
        ("host", "short"),
        ("story", "full"),
        ("practices", "full"),
        ("plans", "full"),
        ("signed", "full"),
    ]
    assert depth_of(VISIT, {"summary": "x"}, VOCABULARIES) is None


def test_a_draft_needs_nothing():
    assert problems_of({}, Level.DRAFT) == []


def test_a_missing_field_is_named_by_its_label_in_the_language_of_the_reader():
    with language("fr"):
        problem = check(VISIT, {}, Level.SHORT, VOCABULARIES)[0]

    assert problem.message == "«\N{NO-BREAK SPACE}Titre\N{NO-BREAK SPACE}» manque."


def test_a_field_under_a_condition_is_needed_where_it_holds():
    rainy = FULL | {"weather": "rain"}

    assert problems_of(rainy, Level.FULL) == [("umbrella", "full")]


def test_a_limit_counts_only_for_a_page_sent_in_short():
    rainy = FULL | {"weather": "rain", "umbrella": "A blue one"}

    assert [(found.field, found.code) for found in check(VISIT, rainy, Level.SHORT, VOCABULARIES)] == [
        ("weather", "sunny-in-short")
    ]
    assert problems_of(rainy, Level.FULL) == []


def test_a_notice_warns_and_does_not_hinder():
    nobody = SHORT | {"questions": [{"id": "q1", "question": "How?", "asked": False}]}

    assert check(VISIT, nobody, Level.SHORT, VOCABULARIES) == [
        Problem("questions", Level.WARNING, "Nobody was asked.", column="asked", code="somebody-asked")
    ]
    assert depth_of(VISIT, nobody, VOCABULARIES) is Level.SHORT


def test_a_notice_is_silent_where_there_is_nothing_yet():
    assert "somebody-asked" not in {found.code for found in check(VISIT, {}, Level.SHORT, VOCABULARIES)}


REMEDY = Remedy(
    "remedy-fits",
    "questions",
    "plans",
    Words({"en": "Rarely passed on by pages."}),
    knowledge_column="knowledge",
)


@pytest.mark.parametrize(
    ("knowledge", "planned", "warns"),
    [
        ("skill", ["sun"], True),
        ("skill", ["sun", "rain"], False),
        ("skill", ["none-yet"], False),
        ("skill", [], False),
        ("facts", ["rain"], False),
        ("experience", ["sun", "rain"], True),
    ],
)
def test_a_remedy_that_suits_no_such_question_is_warned_of(knowledge, planned, warns):
    fields = {
        "questions": [{"id": "q1", "question": "How?", "asked": True, "knowledge": knowledge}],
        "plans": [{"for_need": "q1", "what": what} for what in planned],
    }

    problems = [
        found for found in check(with_remedy(), fields, Level.SHORT, VOCABULARIES) if found.code == REMEDY.id
    ]

    assert [(found.field, found.row, found.level) for found in problems] == [
        ("questions", "q1", Level.WARNING)
    ] * warns


def test_the_warning_names_what_would_suit():
    fields = {
        "questions": [{"id": "q1", "question": "How?", "asked": True, "knowledge": "skill"}],
        "plans": [{"for_need": "q1", "what": "sun"}],
    }

    messages = [found.message for found in check(with_remedy(), fields, Level.SHORT, VOCABULARIES)]

    assert "Rarely passed on by pages. What suits: Rain." in messages


def with_remedy():
    return dataclasses.replace(VISIT, rules=(*VISIT.rules, REMEDY))


def test_not_applicable_is_an_answer_where_it_is_offered():
    assert parse("story", {"not_applicable": "We never went."}) == {"not_applicable": "We never went."}
    assert "cannot be answered" in refusals("weather", {"not_applicable": "No idea"})[0].message


@pytest.mark.parametrize("reason", ["", " ", None, 3, "a" * 1_001, "a\x00"])
def test_not_applicable_needs_a_reason(reason):
    assert len(refusals("story", {"not_applicable": reason})) == 1


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        (
            {"story.not_applicable_on": ["1"], "story.not_applicable": ["Why"], "story": ["x"]},
            {"not_applicable": "Why"},
        ),
        ({"story.not_applicable_on": ["1"]}, {"not_applicable": ""}),
        ({"story.not_applicable": ["Why"]}, {"not_applicable": "Why"}),
        ({"story.not_applicable": ["Why"], "story": ["Because"]}, "Because"),
    ],
)
def test_a_form_says_not_applicable_by_its_tick_or_by_a_reason_alone(form, raw):
    assert fields_from_form(VISIT, form) == {"story": raw}


def test_an_unknown_field_is_refused_with_those_that_come_near():
    problems = parse_fields(VISIT, {"wether": "sun"}, VOCABULARIES).problems

    assert problems == [
        Problem(
            "wether",
            Level.DRAFT,
            "There is no field “wether” in this type of page. Did you mean: weather?",
        )
    ]


def test_of_very_many_unknown_fields_the_first_are_told():
    raw = {f"field{number}": 1 for number in range(10_000)}

    assert 0 < len(parse_fields(VISIT, raw, VOCABULARIES).problems) < 100


@pytest.mark.parametrize("empty", [None, "", []])
def test_empty_values_empty_a_field(empty):
    assert parse_fields(VISIT, dict.fromkeys(VISIT.fields, empty), VOCABULARIES).fields == {}


def test_a_page_as_a_whole_has_a_bound():
    rows = [{"question": "How?", "answer": "a" * 90_000} for _ in range(5)]

    problems = parse_fields(VISIT, {"questions": rows}, VOCABULARIES).problems

    assert [(found.field, found.level) for found in problems] == [("", Level.DRAFT)]


def test_fields_that_are_no_object_are_refused():
    assert len(parse_fields(VISIT, ["title"], VOCABULARIES).problems) == 1


def test_what_is_kept_of_an_older_edition_stays():
    assert parse_fields(VISIT, {"_kept": {"age": ["a", {"b": 1}]}}, VOCABULARIES).fields == {
        "_kept": {"age": ["a", {"b": 1}]}
    }


@pytest.mark.parametrize(
    "kept", ["a", ["a"], {"a": 1.5}, {"a": 2**53}, {"a": "\ud800"}, {"\x00": 1}, {"a": [0] * 30_000}]
)
def test_what_cannot_be_kept_is_refused(kept):
    problems = parse_fields(VISIT, {"_kept": kept}, VOCABULARIES).problems

    assert [found.field for found in problems] == ["_kept"]


def test_something_nested_without_end_is_refused_and_not_followed():
    nested = []
    for _ in range(100_000):
        nested = [nested]

    problems = parse_fields(VISIT, dict.fromkeys([*VISIT.fields, "_kept"], nested), VOCABULARIES).problems

    assert {found.field for found in problems} == {*VISIT.fields, "_kept"}


def test_a_newer_edition_moves_renamed_fields_and_keeps_the_rest():
    newer = dataclasses.replace(VISIT, renamed={"gist": "summary"})
    fields = {
        "title": "A visit",
        "gist": "What we saw.",
        "age": "7",
        "questions": [{"id": "q1", "question": "How?", "colour": "red"}],
        "_kept": {"older": "x"},
    }

    assert move_to_edition(newer, fields) == {
        "title": "A visit",
        "summary": "What we saw.",
        "questions": [{"id": "q1", "question": "How?"}],
        "_kept": {"older": "x", "age": "7", "questions.q1.colour": "red"},
    }


def test_the_search_reads_titles_questions_and_the_rest_apart():
    text = plain_text(VISIT, FULL | {"weather": "rain"}, VOCABULARIES, "en")

    assert text.title == "A visit to the well"
    assert text.summary == "What we saw."
    assert text.questions == "How deep is it?"
    assert "We walked there." in text.body
    assert "Rain downpour shower" in text.body
    assert "Searched" not in text.body


def test_without_vocabularies_codes_say_nothing_to_the_search():
    assert "Rain" not in plain_text(VISIT, FULL | {"weather": "rain"}).body


def test_facets_come_from_fields_and_columns_each_value_once():
    fields = FULL | {
        "questions": [{"question": "A", "seen_in": ["NO", "NE"]}, {"question": "B", "seen_in": ["FR"]}]
    }

    assert facets(VISIT, fields) == {
        "country": ("NO", "NE", "FR"),
        "weather": ("sun",),
        "organisation": ("Water office",),
    }


def test_a_field_that_does_not_apply_feeds_no_facet():
    assert facets(VISIT, {"weather": {"not_applicable": "x"}}) == {}


def test_the_summary_falls_back_to_the_beginning_of_the_first_markdown():
    assert summary_of(VISIT, FULL) == "What we saw."
    assert summary_of(VISIT, {"story": "## We **walked**\n\nthere."}) == "We walked there."
    assert summary_of(VISIT, {"story": "word " * 200}).endswith("word…")
    assert len(summary_of(VISIT, {"story": "word " * 200})) <= 301
    assert summary_of(VISIT, {}) == ""


def test_an_untitled_page_is_called_by_its_day():
    day = datetime.date(2026, 11, 22)

    assert title_of(VISIT, SHORT, day) == "A visit to the well"
    assert title_of(VISIT, {}, day) == "Untitled, 22 November"


def test_markdown_is_found_in_fields_and_in_rows():
    fields = {"story": "A", "questions": [{"id": "q1", "answer": "B"}, {"answer": "C"}, {"question": "D"}]}

    assert list(markdown_fields(VISIT, fields)) == [
        ("questions.q1.answer", "B"),
        ("questions.1.answer", "C"),
        ("story", "A"),
    ]


def test_a_problem_becomes_json_without_what_it_does_not_say():
    problem = Problem("questions", Level.SHORT, "Missing.", row="q1", column="question")

    assert problem.to_json() == {
        "field": "questions",
        "row": "q1",
        "column": "question",
        "level": "short",
        "message": "Missing.",
    }
