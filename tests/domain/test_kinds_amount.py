import pytest

from domain.field_values import parse, refusals
from kmwiki.domain.kinds.amount import read_number
from kmwiki.domain.kinds.number import decimal_string

NO_BREAK, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("about 1 200", "en", "1200"),
        (f"environ 1{NARROW}200 €", "fr", "1200"),
        (f"1{NO_BREAK}200{NO_BREAK}000", "fr", "1200000"),
        ("USD 30,000 per year", "en", "30000"),
        ("30.000 USD al año", "es", "30000"),
        ("1,500.25 EUR", "en", "1500.25"),
        ("1.500,25 EUR", "pt", "1500.25"),
        ("CHF 1'200", "de", "1200"),
        ("1,5 jour", "fr", "1.5"),
        ("1.5 days", "en", "1.5"),
        ("< 10 %", "en", "10"),
        ("5km", "en", "5"),
        ("-4 degrees", "en", "-4"),
        ("~12", "xx", "12"),
        ("١٢٠٠", "ar", "1200"),
        ("7 mills", "en", "7"),
    ],
)
def test_a_clear_number_is_read_by_the_language_of_the_page(text, language, number):
    assert read_number(text, language) == number


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("3–5 days", "en"),
        ("10 to 20", "en"),
        ("1,5", "en"),
        ("1.5", "fr"),
        ("2 million", "en"),
        ("2 millions", "fr"),
        ("12k", "en"),
        ("1/3", "en"),
        ("2026-03", "en"),
        ("12:30", "en"),
        ("COVID-19", "en"),
        ("H2O", "en"),
        ("in 2019 500 people", "en"),
        ("1,2,3", "en"),
        ("1.2.3", "en"),
        ("several", "en"),
        ("", "en"),
        ("9" * 400, "en"),
    ],
)
def test_what_is_not_clearly_one_number_is_left_alone(text, language):
    assert read_number(text, language) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1200", "1200"),
        (" 1 200 ", "1200"),
        (f"1{NARROW}200,50", "1200.5"),
        ("-13.50", "-13.5"),
        ("−3", "-3"),
        ("007", "7"),
        ("-0", "0"),
        ("0.0", "0"),
        ("100", "100"),
        ("1.234", "1.234"),
    ],
)
def test_a_number_is_stored_in_its_shortest_form(typed, number):
    assert decimal_string(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "1,234", "1.2.3", "1e5", "NaN", "Infinity", "12 34", "٣", "about 3", "9" * 16]
)
def test_what_could_be_read_in_two_ways_is_no_number(typed):
    assert decimal_string(typed) is None


def test_numbers_of_json_become_decimal_strings():
    assert parse("visitors", 12) == "12"
    assert parse("visitors", 12.5) == "12.5"


@pytest.mark.parametrize(
    "raw", [True, float("nan"), float("inf"), 10**400, [1], {"a": 1}, "many", -1, "5001"]
)
def test_what_is_no_number_in_its_bounds_is_refused(raw):
    assert len(refusals("visitors", raw)) == 1


def test_an_amount_keeps_what_was_typed_with_the_number():
    assert parse("cost", "about 1 200") == {"text": "about 1 200", "number": "1200"}
    assert parse("cost", {"text": "3–5 days"}) == {"text": "3–5 days"}


def test_a_number_that_comes_with_an_amount_is_kept():
    assert parse("cost", {"text": "two hundred", "number": "200"}) == {"text": "two hundred", "number": "200"}


@pytest.mark.parametrize(
    "raw",
    [
        7,
        ["7"],
        {"text": 7},
        {"text": "7", "unit": "m"},
        {"text": "7", "number": 7},
        {"text": "7", "number": "1,2"},
        "a\nb",
    ],
)
def test_what_is_no_amount_is_refused(raw):
    assert len(refusals("cost", raw)) == 1


def test_an_amount_without_text_is_empty():
    assert parse("cost", {"text": " ", "number": "1"}) is None
