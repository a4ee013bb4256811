"""The page types that kmwiki ships, under the rules that hold for every type."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

import kmwiki
from domain.field_values import pages
from kmwiki.domain.fields import (
    check,
    facets,
    fields_to_form,
    json_schema,
    parse_fields,
    plain_text,
    summary_of,
)
from kmwiki.domain.page_type_file import load_page_types
from kmwiki.domain.problems import Level
from kmwiki.domain.vocabulary import load_vocabularies

PACKAGE = Path(kmwiki.__file__).parent
VOCABULARIES = load_vocabularies([PACKAGE / "vocabularies"])
PAGE_TYPES = load_page_types([PACKAGE / "page_types"], VOCABULARIES)


@pytest.mark.parametrize("name", PAGE_TYPES.names())
def test_pages_of_a_shipped_type_are_saved_checked_and_told(name):
    page_type = PAGE_TYPES.get(name)
    schema = Draft202012Validator(json_schema(page_type, VOCABULARIES, Level.DRAFT))

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(pages(page_type, VOCABULARIES))
    def every_page_can_be_saved(raw):
        parsed = parse_fields(page_type, raw, VOCABULARIES, "fr")

        assert parsed.problems == []
        assert parse_fields(page_type, parsed.fields, VOCABULARIES, "en") == parsed
        schema.validate(parsed.fields)
        assert {found.field for found in check(page_type, parsed.fields, Level.FULL, VOCABULARIES)} <= {
            *page_type.fields
        }
        assert plain_text(page_type, parsed.fields, VOCABULARIES, "fr").summary == summary_of(
            page_type, parsed.fields
        )
        assert facets(page_type, parsed.fields).keys() <= {
            "country",
            "sector",
            "sdg",
            "level",
            "maturity",
            "outcome",
            "organisation",
        }
        assert fields_to_form(page_type, parsed.fields).keys() >= {
            id for id in parsed.fields if id == "title"
        }

    every_page_can_be_saved()


@pytest.mark.parametrize("level", [Level.DRAFT, Level.SHORT, Level.FULL])
@pytest.mark.parametrize("name", PAGE_TYPES.names())
def test_the_json_schema_of_a_shipped_type_is_one(name, level):
    Draft202012Validator.check_schema(json_schema(PAGE_TYPES.get(name), VOCABULARIES, level))


@pytest.mark.parametrize("name", PAGE_TYPES.names())
def test_what_a_new_form_shows_can_be_saved(name):
    page_type = PAGE_TYPES.get(name)
    presets = {field.id: field.preset for field in page_type.fields.values() if field.preset is not None}

    assert parse_fields(page_type, presets, VOCABULARIES).problems == []
    assert parse_fields(page_type, presets, VOCABULARIES).fields == presets
