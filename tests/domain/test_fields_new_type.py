"""Adding a type is adding a file: from form to problems, JSON Schema and plain text without any code."""

import pytest
from jsonschema import Draft202012Validator, ValidationError

from kmwiki.domain.fields import check, fields_from_form, json_schema, parse_fields, plain_text
from kmwiki.domain.page_type_file import load_page_types
from kmwiki.domain.problems import Level
from kmwiki.domain.vocabulary import Vocabularies

RECIPE = """
type: recipe
edition: 1
label: {en: Recipe}
plural: {en: Recipes}
invitation: {en: Share a recipe}
sign: plain
sections:
  - id: short
    label: {en: In short}
    fields:
      - {id: title, kind: text, label: {en: Dish}, guidance: {en: Its name.}, level: draft}
      - id: ingredients
        kind: rows
        label: {en: Ingredients}
        level: short
        minimum: 2
        columns:
          - {id: name, kind: text, required: true, label: {en: Ingredient}}
          - {id: quantity, kind: amount, label: {en: Quantity}}
  - id: full
    label: {en: The full picture}
    fields:
      - {id: steps, kind: md, label: {en: Steps}, level: full}
  - {id: found, label: {en: To be found}, fields: []}
"""
FORM = {
    "title": ["Millet porridge"],
    "ingredients.0.name": ["Millet"],
    "ingredients.0.quantity.text": ["about 1 200 g"],
    "ingredients.1.name": [""],
}


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "recipe").mkdir()
    (tmp_path / "recipe/1.yaml").write_text(RECIPE, encoding="utf-8")
    return load_page_types([tmp_path], Vocabularies()).get("recipe")


@pytest.fixture
def fields(recipe):
    return parse_fields(recipe, fields_from_form(recipe, FORM), Vocabularies()).fields


def test_its_form_is_read(fields):
    assert fields == {
        "title": "Millet porridge",
        "ingredients": [{"name": "Millet", "quantity": {"text": "about 1 200 g", "number": "1200"}}],
    }


def test_its_problems_are_named(recipe, fields):
    assert [found.message for found in check(recipe, fields, Level.FULL, Vocabularies())] == [
        "“Ingredients” needs at least 2 entries; there is 1 so far.",
        "“Steps” is missing.",
    ]


def test_its_json_schema_knows_the_levels(recipe, fields):
    Draft202012Validator(json_schema(recipe, Vocabularies(), Level.DRAFT)).validate(fields)

    with pytest.raises(ValidationError):
        Draft202012Validator(json_schema(recipe, Vocabularies(), Level.SHORT)).validate(fields)


def test_its_guidance_stands_in_the_json_schema(recipe):
    assert json_schema(recipe, Vocabularies())["properties"]["title"]["description"] == "Its name."


def test_the_search_reads_it(recipe, fields):
    text = plain_text(recipe, fields)

    assert (text.title, text.questions, text.body) == ("Millet porridge", "Millet", "about 1 200 g")
