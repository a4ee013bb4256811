"""How values of every kind are told: to the search as text, to conditions and facets as codes."""

import pytest

from domain.field_values import VISIT, VOCABULARIES
from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.rules import codes_at

TOLD = [
    ("title", "Water", "Water", ("Water",)),
    ("story", "Water *and* sand", "Water and sand", ()),
    ("weather", "rain", "Rain downpour shower", ("rain",)),
    ("countries", ["NE", "rain"], "The Niger\nRain downpour shower", ("NE", "rain")),
    ("host", {"id": "42", "name": "FAO"}, "FAO", ("42",)),
    ("host", {"name": "FAO"}, "FAO", ("FAO",)),
    ("visitors", "12", "12", ("12",)),
    ("cost", {"text": "3–5 days"}, "3–5 days", ("3–5 days",)),
    ("day", "2026-03", "2026-03", ("2026-03",)),
    ("time", {"from": "2019", "to": "2022"}, "2019 2022", ("2019", "2022")),
    ("time", {"from": "2019"}, "2019", ("2019",)),
    ("site", {"country": "NE", "name": "Niamey"}, "Niamey", ("NE",)),
    ("site", {"name": "Niamey"}, "Niamey", ()),
    ("signed", True, "", ("true",)),
    ("signed", False, "", ("false",)),
    ("leaflet", "manual.pdf", "manual.pdf", ("manual.pdf",)),
    (
        "practices",
        [{"page": "a", "relation": "sun", "note": "as we do"}, {"wanted": "Pumps"}],
        "as we do\nPumps",
        ("sun",),
    ),
    ("questions", [{"id": "q1", "question": "How?", "seen_in": ["NE"]}], "How?\nThe Niger", ("q1",)),
    ("plans", [{"for_need": "q1", "what": "sun"}], "Sunshine", ()),
]


@pytest.mark.parametrize(("id", "value", "text", "codes"), TOLD)
def test_a_value_is_told_as_text_and_as_codes(id, value, text, codes):
    field = VISIT.field(id)

    assert KINDS[field.kind].plain_text(value, field, Context(VOCABULARIES)) == text
    assert codes_at(VISIT, {id: value}, id, None) == codes


def test_the_codes_of_a_column_come_row_by_row():
    rows = [{"seen_in": ["NE", "NO"]}, {"question": "How?"}, {"seen_in": ["FR"], "asked": True}]

    assert codes_at(VISIT, {"questions": rows}, "questions", "seen_in") == ("NE", "NO", "FR")
    assert codes_at(VISIT, {"questions": rows}, "questions", "asked") == ("true",)
    assert codes_at(VISIT, {"questions": {"not_applicable": "None"}}, "questions", "asked") == ()


def test_every_kind_is_told_here():
    assert {VISIT.field(id).kind for id, *_rest in TOLD} == KINDS.keys() - {"row"}
