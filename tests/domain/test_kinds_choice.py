import pytest

from domain.field_values import VISIT, VOCABULARIES, parse, refusals
from kmwiki.domain.fields import check
from kmwiki.domain.problems import Level


def test_a_code_of_the_vocabulary_is_stored():
    assert parse("weather", "rain") == "rain"


def test_an_unknown_code_is_refused_with_those_that_come_near():
    problem = refusals("weather", "rian")[0]

    assert problem.field == "weather"
    assert problem.level is Level.DRAFT
    assert "“rian” is not in the list" in problem.message
    assert "Rain (rain)" in problem.message


def test_a_label_leads_to_its_code():
    assert "Sunshine (sun)" in refusals("weather", "sun shine")[0].message


def test_nothing_is_proposed_where_nothing_comes_near():
    assert "Did you mean" not in refusals("weather", "volcano")[0].message


def test_at_most_three_codes_are_proposed():
    assert refusals("countries", ["N"])[0].message.count("(") <= 3


@pytest.mark.parametrize("raw", [3, True, ["rain"], {"code": "rain"}])
def test_what_is_no_code_is_refused(raw):
    assert len(refusals("weather", raw)) == 1


def test_a_strange_code_is_quoted_in_a_form_that_can_be_sent():
    message = refusals("weather", "\ud800\x00" * 500)[0].message

    assert len(message.encode("utf-8")) < 300


def test_choices_come_from_the_union_of_their_vocabularies():
    assert parse("countries", ["NE", "rain"]) == ["NE", "rain"]


def test_every_unknown_code_of_several_is_named():
    assert len(refusals("countries", ["NE", "XX", "YY"])) == 2


@pytest.mark.parametrize("raw", ["NE", {"NE": True}, ["NE", "NE"], [["NE"]], ["NE", "NO", "FR", "ET"]])
def test_what_are_no_choices_is_refused(raw):
    assert len(refusals("countries", raw)) == 1


def test_too_few_choices_are_a_problem_of_the_level_that_needs_them():
    problems = check(VISIT, {"countries": []}, Level.SHORT, VOCABULARIES)

    assert [found.level for found in problems if found.field == "countries"] == [Level.SHORT]


def test_a_code_that_the_site_has_taken_away_is_to_be_chosen_again():
    problems = check(VISIT, {"weather": "snow", "countries": ["NE", "XX"]}, Level.SHORT, VOCABULARIES)

    gone = [found for found in problems if "no longer in the list" in found.message]
    assert [(found.field, found.level) for found in gone] == [
        ("weather", Level.SHORT),
        ("countries", Level.SHORT),
    ]
