import datetime

import pytest

from domain.field_values import VISIT, VOCABULARIES, parse, refusals
from kmwiki.domain.fields import check
from kmwiki.domain.kinds.date import first_day, last_day
from kmwiki.domain.problems import Level


@pytest.mark.parametrize("date", ["2026", "2026-03", "2026-03-14", "2024-02-29"])
def test_a_date_is_a_year_a_month_or_a_day(date):
    assert parse("day", date) == date


@pytest.mark.parametrize(
    "raw",
    [
        "2026-13",
        "2025-02-29",
        "2026-3",
        "26",
        "03/2026",
        "0999",
        "2026-03-14T00:00",
        "2026\n",
        "٢٠٢٦",
        2026,
        ["2026"],
        True,
    ],
)
def test_what_is_no_day_of_the_calendar_is_refused(raw):
    assert "2026-03-14" in refusals("day", raw)[0].message


def test_a_date_has_a_first_and_a_last_day():
    assert (first_day("2024"), last_day("2024")) == (datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))
    assert (first_day("2024-02"), last_day("2024-02")) == (
        datetime.date(2024, 2, 1),
        datetime.date(2024, 2, 29),
    )
    assert first_day("2024-02-03") == last_day("2024-02-03") == datetime.date(2024, 2, 3)


@pytest.mark.parametrize("period", [{"from": "2019", "to": "2022-05"}, {"from": "2019"}, {"to": "2022"}])
def test_a_period_may_have_an_open_end(period):
    assert parse("time", period) == period


def test_an_empty_end_of_a_period_is_not_stored():
    assert parse("time", {"from": "2019", "to": ""}) == {"from": "2019"}
    assert parse("time", {"from": None, "to": ""}) is None


@pytest.mark.parametrize(
    "raw", ["2019", {"from": "soon"}, {"from": 2019}, {"since": "2019"}, ["2019", "2020"]]
)
def test_what_is_no_period_is_refused(raw):
    assert refusals("time", raw)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"from": "2022", "to": "2019"}, "ends before it begins"),
        ({"from": "2022-05", "to": "2022-04"}, "ends before it begins"),
        ({"to": "2022"}, "say when it began"),
    ],
)
def test_a_period_that_cannot_be_is_a_problem_of_publication(period, words):
    problems = check(VISIT, {"time": period}, Level.SHORT, VOCABULARIES)

    assert [found.level for found in problems if words in found.message] == [Level.SHORT]


def test_a_period_of_one_year_is_no_problem():
    problems = check(VISIT, {"time": {"from": "2022-05", "to": "2022"}}, Level.SHORT, VOCABULARIES)

    assert "time" not in {found.field for found in problems}
