"""What holds for every page of every type."""

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from domain.field_values import VISIT, VOCABULARIES, pages
from kmwiki.domain.content import Content
from kmwiki.domain.fields import (
    check,
    fields_from_form,
    fields_to_form,
    json_schema,
    move_to_edition,
    parse_fields,
    plain_text,
)
from kmwiki.domain.kept import KEPT
from kmwiki.domain.page_type import Limit
from kmwiki.domain.problems import Level

SCHEMA = Draft202012Validator(json_schema(VISIT, VOCABULARIES, Level.DRAFT))
#: A page has many values of its own, so that fewer pages will do.
forty = settings(max_examples=40, deadline=None)
LEVELS = st.sampled_from([Level.DRAFT, Level.SHORT, Level.FULL, Level.OPTIONAL])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@forty
@given(pages())
def test_good_values_are_parsed_without_problems(raw):
    assert parse_fields(VISIT, raw, VOCABULARIES).problems == []


@forty
@given(pages())
def test_parsing_what_was_parsed_changes_nothing(raw):
    parsed = parse_fields(VISIT, raw, VOCABULARIES, "fr")

    assert parse_fields(VISIT, parsed.fields, VOCABULARIES, "en") == parsed


@forty
@given(pages())
def test_a_form_gives_the_same_values_back(raw):
    parsed = parse_fields(VISIT, raw, VOCABULARIES, "fr")

    from_form = fields_from_form(VISIT, fields_to_form(VISIT, parsed.fields))

    assert parse_fields(VISIT, from_form, VOCABULARIES, "fr").fields == without_untouched_rows(parsed.fields)


def without_untouched_rows(fields):
    """A form cannot tell a row that holds the preset alone from one that nobody touched."""
    rows = [row for row in fields.get("questions", ()) if not is_untouched(row)]
    return {**fields, "questions": rows} if rows else {id: fields[id] for id in fields if id != "questions"}


def is_untouched(row):
    return {name: value for name, value in row.items() if name not in ("id", "uid")} == {"knowledge": "facts"}


@forty
@given(pages())
def test_the_json_schema_takes_what_can_be_saved(raw):
    SCHEMA.validate(raw)
    SCHEMA.validate(parse_fields(VISIT, raw, VOCABULARIES).fields)


@forty
@given(st.dictionaries(st.sampled_from([*VISIT.fields, KEPT, "colour"]), json_values, max_size=6))
def test_anything_else_is_a_problem_and_never_an_exception(raw):
    parsed = parse_fields(VISIT, raw, VOCABULARIES)

    assert all(problem.level is Level.DRAFT and problem.message for problem in parsed.problems)
    assert all(problem.field in {*VISIT.fields, KEPT, "colour"} for problem in parsed.problems)
    assert Content("visit", 1, "en", "CC-BY-4.0", parsed.fields).digest()
    str([problem.to_json() for problem in parsed.problems]).encode("utf-8")


@forty
@given(pages(), json_values, st.sampled_from(list(VISIT.fields)))
def test_one_bad_value_among_good_ones_is_named(raw, bad, id):
    parsed = parse_fields(VISIT, raw | {id: bad}, VOCABULARIES)

    assert {problem.field for problem in parsed.problems} <= {id}


@forty
@given(pages(), LEVELS)
def test_every_problem_names_a_field_of_the_type(raw, level):
    fields = parse_fields(VISIT, raw, VOCABULARIES).fields

    for problem in check(VISIT, fields, level, VOCABULARIES):
        field = VISIT.fields[problem.field]
        assert problem.column is None or field.column(problem.column)
        assert problem.message


@forty
@given(pages())
def test_what_holds_in_full_holds_in_short_but_for_limits_of_short_pages(raw):
    fields = parse_fields(VISIT, raw, VOCABULARIES).fields
    limits = {rule.id for rule in VISIT.rules if isinstance(rule, Limit)}

    in_full = check(VISIT, fields, Level.FULL, VOCABULARIES)
    in_short = [
        found for found in check(VISIT, fields, Level.SHORT, VOCABULARIES) if found.code not in limits
    ]

    assert [found for found in in_short if found not in in_full] == []


@forty
@given(pages())
def test_the_search_reads_every_page(raw):
    fields = parse_fields(VISIT, raw, VOCABULARIES).fields

    text = plain_text(VISIT, fields, VOCABULARIES)

    assert text.title == fields.get("title", "")
    assert all(row["question"] in text.questions for row in fields.get("questions", ()) if "question" in row)


@forty
@given(pages())
def test_a_page_of_the_same_edition_moves_unchanged(raw):
    fields = parse_fields(VISIT, raw, VOCABULARIES).fields

    assert move_to_edition(VISIT, fields) == fields
