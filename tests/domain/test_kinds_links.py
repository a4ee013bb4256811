import dataclasses

import pytest

from domain.field_values import VISIT, VOCABULARIES, parse, refusals
from kmwiki.domain.fields import check, fields_from_form, fields_to_form
from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.problems import Faults, Level

LINKS = [
    {"page": "water-points", "row": "q2", "relation": "rain", "note": "As they do it"},
    {"change": "01a203f0-8f7b-7aa6-a96c-bc1148fa9dd1"},
    {"wanted": "How to mend a pump"},
]


def test_a_link_leads_to_a_page_a_change_or_a_wanted_title():
    assert parse("practices", LINKS) == LINKS


def test_links_go_through_a_form_and_back():
    assert fields_from_form(VISIT, fields_to_form(VISIT, {"practices": LINKS})) == {"practices": LINKS}


def test_an_untouched_line_of_the_form_is_no_link():
    form = {"practices.0.page": [""], "practices.0.relation": ["sun"], "practices.1.wanted": ["Pumps"]}

    assert fields_from_form(VISIT, form) == {"practices": [{"wanted": "Pumps"}]}


@pytest.mark.parametrize(
    "link",
    [
        "water-points",
        {},
        {"row": "q1"},
        {"page": "a", "wanted": "b"},
        {"page": "no page"},
        {"page": "a" * 81},
        {"page": 7},
        {"wanted": " "},
        {"wanted": "a\nb"},
        {"page": "a", "row": "first"},
        {"page": "a", "relation": "hail"},
        {"page": "a", "note": "a\x00"},
        {"page": "a", "title": "A"},
    ],
)
def test_what_is_no_link_is_refused_at_its_place(link):
    problems = refusals("practices", [{"page": "fine"}, link])

    assert [(found.field, found.row) for found in problems] == [("practices", "1")]


def test_links_without_relations_have_none():
    field = dataclasses.replace(VISIT.field("practices"), relation=None, rows_of=None)

    with pytest.raises(Faults, match="have no relation"):
        KINDS["links"].parse([{"page": "a", "relation": "sun"}], field, Context(VOCABULARIES))
    assert KINDS["links"].check([{"page": "a"}], field, Context(VOCABULARIES)) == []
    assert "relation" not in str(KINDS["links"].json_schema(field, Context(VOCABULARIES), Level.DRAFT))


@pytest.mark.parametrize("raw", ["water-points", {"page": "a"}, [{"page": "a"}] * 101])
def test_what_is_no_list_of_links_is_refused(raw):
    assert len(refusals("practices", raw)) == 1


def test_a_link_is_published_with_its_relation_and_row():
    problems = check(VISIT, {"practices": LINKS}, Level.FULL, VOCABULARIES)

    lacking = [(found.row, found.level) for found in problems if found.field == "practices"]
    assert lacking == [("1", Level.FULL), ("1", Level.FULL), ("2", Level.FULL)]
