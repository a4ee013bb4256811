"""Organisation, place, target, yes or no."""

import pytest

from domain.field_values import VISIT, VOCABULARIES, parse, refusals
from kmwiki.domain.fields import check, fields_from_form, fields_to_form
from kmwiki.domain.kinds.target import is_address
from kmwiki.domain.problems import Level


def test_an_organisation_is_new_by_its_name_or_known_by_its_id():
    assert parse("host", "FAO") == {"name": "FAO"}
    assert parse("host", {"id": "42", "name": "FAO"}) == {"id": "42", "name": "FAO"}
    assert parse("host", {"name": " "}) is None


@pytest.mark.parametrize(
    "raw", [7, ["FAO"], {"id": "42"}, {"id": 42, "name": "FAO"}, {"name": "a\nb"}, {"name": "F", "url": "x"}]
)
def test_what_is_no_organisation_is_refused(raw):
    assert len(refusals("host", raw)) == 1


def test_a_new_name_in_the_form_without_an_id_is_a_new_organisation():
    assert fields_from_form(VISIT, {"host.name": ["FAO"], "host.id": [""]}) == {"host": {"name": "FAO"}}
    assert fields_from_form(VISIT, {"host.name": [""], "host.id": ["42"]}) == {}


@pytest.mark.parametrize(
    "position",
    [
        "13.51, 2.11",
        "13.51;2.11",
        "geo:13.51,2.11",
        "https://www.google.com/maps/@13.51,2.11,12z",
        "https://maps.example/?q=13.51,2.11",
        "https://www.openstreetmap.org/#map=12/13.51/2.11",
        "https://www.openstreetmap.org/?mlat=13.51&mlon=2.11#map=5/1.0/2.0",
    ],
)
def test_a_pasted_position_becomes_latitude_and_longitude(position):
    place = parse("site", {"country": "NE", "name": "Niamey", "position": position})

    assert place == {"country": "NE", "name": "Niamey", "lat": "13.51", "lon": "2.11"}


@pytest.mark.parametrize(
    "raw",
    [
        "Niamey",
        {"country": "XX"},
        {"country": "NE", "lat": "13"},
        {"country": "NE", "lat": "91", "lon": "0"},
        {"country": "NE", "lat": "0", "lon": "-180.5"},
        {"country": "NE", "lat": "north", "lon": "0"},
        {"country": "NE", "lat": [1], "lon": "0"},
        {"country": "NE", "position": "near the well"},
        {"country": "NE", "village": "x"},
    ],
)
def test_what_is_no_place_is_refused(raw):
    assert len(refusals("site", raw)) == 1


def test_a_place_is_published_with_its_country():
    problems = check(VISIT, {"site": {"name": "Niamey"}}, Level.SHORT, VOCABULARIES)

    assert "choose the country" in next(found.message for found in problems if found.field == "site")


def test_a_place_goes_through_a_form_and_back():
    place = {"country": "NE", "lat": "13.51", "lon": "2.11"}

    assert fields_from_form(VISIT, fields_to_form(VISIT, {"site": place})) == {"site": place}


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("https://example.org/a?b=c#d", True),
        ("HTTP://example.org", True),
        ("mailto:office@example.org", True),
        ("manual (2).pdf", False),
        ("Guide à lire.docx", False),
    ],
)
def test_a_target_is_an_address_or_the_name_of_a_file(target, address):
    assert parse("leaflet", target) == target
    assert is_address(target) is address


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "https://",
        "https://user@example.org",
        "//example.org",
        "../a.pdf",
        "a/b.pdf",
        ".profile",
        "ftp://a",
        7,
    ],
)
def test_another_target_is_refused(raw):
    assert len(refusals("leaflet", raw)) == 1


@pytest.mark.parametrize(
    ("raw", "value"), [(True, True), (False, False), ("yes", True), ("no", False), ("true", True)]
)
def test_yes_and_no_are_true_and_false(raw, value):
    assert parse("signed", raw) is value


@pytest.mark.parametrize("raw", ["maybe", 1, 0, ["yes"]])
def test_neither_yes_nor_no_is_refused(raw):
    assert len(refusals("signed", raw)) == 1
