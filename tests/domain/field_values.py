"""The page type that the tests of fields use, and values for its fields as people and programs give them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from kmwiki.domain.fields import parse_fields
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.page_type_file import load_page_types
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.vocabulary import Vocabularies, load_vocabularies

DATA = Path(__file__).parent / "data"
VOCABULARIES = load_vocabularies([DATA / "vocabularies"])
PAGE_TYPES = load_page_types([DATA / "page_types"], VOCABULARIES)
VISIT = PAGE_TYPES.get("visit")

_characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
lines = st.text(_characters, min_size=1, max_size=40).filter(str.strip)
markdown = st.text(st.sampled_from("ab é\n\t*#_-1"), max_size=80)
dates = st.one_of(
    st.dates().filter(lambda day: day.year >= 1000 and day.year < 3000).map(str),
    st.sampled_from(["2026", "2026-03", "1999-12", "2024-02-29"]),
)
amounts = st.one_of(
    lines, st.sampled_from(["about 1 200", "3–5 days", "< 10 %", "1,5", "1.500,25 €", "2 million"])
)
numbers = st.integers(0, 5000).map(str) | st.sampled_from(["1 200", "13,5", "0.50", "-0", "007"])
positions = st.sampled_from(["13.51, 2.11", "https://www.openstreetmap.org/#map=9/13.51/2.11"])
uuids = st.uuids().map(str)


def values_of(field: Field, vocabularies: Vocabularies) -> st.SearchStrategy[object]:
    """Values that can be saved, in the shapes that the API takes."""
    codes = list(vocabularies.union(field.vocabulary).entries)[:20] if field.vocabulary else []
    match field.kind:
        case "choice":
            return st.sampled_from(codes)
        case "choices":
            return st.lists(st.sampled_from(codes), unique=True, max_size=field.maximum or 4)
        case "links":
            return st.lists(_links(field, vocabularies), max_size=4)
        case "rows":
            return st.lists(_rows(field, vocabularies), max_size=4).map(_with_own_ids)
        case "place":
            members = {"country": st.sampled_from(codes), "name": lines, "position": positions}
            return st.fixed_dictionaries({}, optional=members)
    return {
        "text": lines,
        "md": markdown,
        "number": numbers,
        "amount": amounts,
        "date": dates,
        "period": st.fixed_dictionaries({}, optional={"from": dates, "to": dates}),
        "organisation": lines | st.fixed_dictionaries({"name": lines}, optional={"id": uuids}),
        "yes_no": st.booleans() | st.sampled_from(["yes", "no"]),
        "row": st.sampled_from(["q1", "q2"]),
        "target": st.sampled_from(["https://example.org/a?b=c#d", "manual.pdf", "mailto:office@example.org"]),
    }[field.kind]


def pages(
    page_type: PageType = VISIT, vocabularies: Vocabularies = VOCABULARIES
) -> st.SearchStrategy[dict[str, object]]:
    """Raw fields of a page, some of them answered, some said not to apply."""
    reasons = lines.map(lambda reason: {"not_applicable": reason})
    answers = {id: values_of(field, vocabularies) for id, field in page_type.fields.items()}
    for id, field in page_type.fields.items():
        if field.not_applicable:
            answers[id] |= reasons
    return st.fixed_dictionaries({}, optional=answers)


def _links(field: Field, vocabularies: Vocabularies) -> st.SearchStrategy[object]:
    names = st.sampled_from(["a-page", "01a203f0-8f7b-7aa6-a96c-bc1148fa9dd1"])
    rest: dict[str, st.SearchStrategy[object]] = {"row": st.just("q1"), "note": lines}
    if field.relation:
        rest["relation"] = st.sampled_from(list(vocabularies[field.relation].entries))
    return st.one_of(
        st.fixed_dictionaries({"page": names}, optional=rest),
        st.fixed_dictionaries({"change": names}, optional=rest),
        st.fixed_dictionaries({"wanted": lines}, optional=rest),
    )


def _rows(field: Field, vocabularies: Vocabularies) -> st.SearchStrategy[dict[str, object]]:
    cells = {column.id: values_of(column, vocabularies) for column in field.columns}
    return st.fixed_dictionaries({}, optional={**cells, "id": st.just(""), "uid": uuids})


def _with_own_ids(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows that are to have an id get one of their own."""
    return [{**row, "id": f"q{number}"} if "id" in row else row for number, row in enumerate(rows, start=1)]


def parse(id: str, raw: object, language: str = "en") -> object:
    """What is stored for a value of this field of the visit; None if nothing."""
    parsed = parse_fields(VISIT, {id: raw}, VOCABULARIES, language)
    assert parsed.problems == []
    return parsed.fields.get(id)


def refusals(id: str, raw: object) -> list[Problem]:
    """The problems of a value that cannot be stored."""
    parsed = parse_fields(VISIT, {id: raw}, VOCABULARIES)
    assert id not in parsed.fields
    assert all(problem.field == id and problem.level is Level.DRAFT for problem in parsed.problems)
    return parsed.problems
