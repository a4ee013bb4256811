"""A site's own words and levels for the fields of a type, in `<type>/site.yaml`."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from domain.field_values import DATA, VISIT, VOCABULARIES
from kmwiki.domain.fields import check, depth_of, facets, fields_from_form, json_schema, parse_fields, plain_text
from kmwiki.domain.page_type_file import load_page_types
from kmwiki.domain.problems import Level
from kmwiki.domain.vocabulary import load_vocabularies
from kmwiki.domain.words import Words
from kmwiki.errors import PageTypeError

ROOT = Path(__file__).parents[2]


def visit_here(folder, _raw=None, **fields):
    """The type of the tests as a site has it that says this of its fields."""
    write(folder, _raw or {"fields": fields})
    return load_page_types([DATA / "page_types", folder], VOCABULARIES).get("visit")


def write(folder, data, type_name="visit"):
    (folder / type_name).mkdir(exist_ok=True)
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    (folder / type_name / "site.yaml").write_text(text, encoding="utf-8")


def faults_of(folder, _raw=None, **fields):
    with pytest.raises(PageTypeError) as raised:
        visit_here(folder, _raw, **fields)
    assert {file.rpartition("/")[2] for file, _place, _fault in raised.value.faults} == {"site.yaml"}
    return [(place, fault) for _file, place, fault in raised.value.faults]


def problems(page_type, fields, level=Level.FULL):
    return [(found.field, found.level) for found in check(page_type, fields, level, VOCABULARIES)]


# ---- words and levels


def test_words_stand_in_place_of_those_of_the_type(tmp_path):
    here = visit_here(
        tmp_path, summary={"label": {"en": "In two lines"}, "guidance": {"en": "Short."}, "example": {"en": "We went."}}
    )
    summary = here.field("summary")

    assert (str(summary.label), str(summary.guidance), str(summary.example)) == ("In two lines", "Short.", "We went.")
    assert summary.level is Level.SHORT
    assert here.field("weather") == VISIT.field("weather")


def test_words_of_the_type_in_other_languages_do_not_stand_beside_those_of_the_site(tmp_path):
    here = visit_here(tmp_path, questions={"label": {"en": "What did people ask?"}})

    assert here.field("questions").label.in_language("fr") == "What did people ask?"


def test_the_type_stays_what_its_file_says(tmp_path):
    here = visit_here(tmp_path, summary={"label": {"en": "In two lines"}}, story={"level": "hidden"})

    assert (here.digest, here.source) == (VISIT.digest, VISIT.source)
    assert list(here.fields) == list(VISIT.fields)


@pytest.mark.parametrize(
    ("id", "level", "needed"),
    [("story", "short", Level.SHORT), ("day", "full", Level.FULL), ("day", "short", Level.SHORT)],
)
def test_a_field_is_needed_at_the_level_that_the_site_says(tmp_path, id, level, needed):
    here = visit_here(tmp_path, **{id: {"level": level}})

    assert (id, needed) in problems(here, {})


def test_an_optional_field_is_not_needed(tmp_path):
    here = visit_here(tmp_path, summary={"level": "optional"})

    assert "summary" in [field for field, _level in problems(VISIT, {})]
    assert "summary" not in [field for field, _level in problems(here, {})]


def test_a_field_raised_to_full_offers_not_to_apply_and_one_that_was_there_does_not_change(tmp_path):
    here = visit_here(tmp_path, day={"level": "full"}, signed={"level": "full"}, story={"level": "optional"})

    assert here.field("day").not_applicable is not None
    assert here.field("signed").not_applicable is None
    assert here.field("story").not_applicable == VISIT.field("story").not_applicable


def test_common_fields_are_worded_for_each_type(tmp_path):
    here = visit_here(tmp_path, host={"label": {"en": "Who received you?"}, "level": "optional"})

    assert str(here.field("host").label) == "Who received you?"


def test_words_hold_for_earlier_editions_and_levels_for_the_newest_only(tmp_path):
    types = tmp_path / "types"
    shutil.copytree(DATA / "page_types", types)
    second = yaml.safe_load((types / "visit/1.yaml").read_text()) | {"edition": 2}
    (types / "visit/2.yaml").write_text(yaml.safe_dump(second, allow_unicode=True, sort_keys=False))
    write(types, {"fields": {"story": {"level": "hidden", "label": {"en": "Tale"}}}})
    first, newest = load_page_types([types], VOCABULARIES).editions("visit")

    assert str(first.field("story").label) == str(newest.field("story").label) == "Tale"
    assert (first.field("story").hidden, newest.field("story").hidden) == (False, True)
    assert first.field("story").level is Level.FULL


# ---- hidden


def test_a_hidden_field_is_not_asked_and_counts_at_no_level(tmp_path):
    here = visit_here(tmp_path, countries={"level": "hidden"})

    asked = [field.id for section in here.asked_of(()) for field in section.fields]
    assert "countries" not in asked and "weather" in asked
    assert "countries" not in [field for field, _level in problems(here, {})]
    assert problems(here, {"countries": ["no-longer-in-the-list"]}) == problems(here, {})


def test_a_hidden_field_is_asked_of_a_page_that_has_it(tmp_path):
    here = visit_here(tmp_path, countries={"level": "hidden"})

    assert "countries" in [field.id for section in here.asked_of({"countries"}) for field in section.fields]


def test_what_a_page_has_in_a_hidden_field_is_kept_found_and_can_be_removed(tmp_path):
    here = visit_here(tmp_path, countries={"level": "hidden"}, story={"level": "hidden"})
    fields = {"countries": ["NE"], "story": "We walked."}

    assert parse_fields(here, fields, VOCABULARIES).fields == fields
    assert facets(here, fields)["country"] == ("NE",)
    assert "walked" in plain_text(here, fields).body
    assert fields_from_form(here, {"story": ["We walked."]}) == {"story": "We walked."}


def test_the_preset_of_a_hidden_field_is_not_put_into_new_pages(tmp_path):
    assert VISIT.field("practices").preset
    assert visit_here(tmp_path, practices={"level": "hidden"}).field("practices").preset is None


def test_rules_that_look_at_a_hidden_field_fall_away(tmp_path):
    here = visit_here(tmp_path, weather={"level": "hidden"}, umbrella={"level": "hidden"})

    assert [rule.id for rule in VISIT.rules] == ["sunny-in-short", "somebody-asked"]
    assert [rule.id for rule in here.rules] == ["somebody-asked"]
    assert problems(here, {"weather": "rain"}, Level.SHORT) == problems(here, {}, Level.SHORT)


def test_a_program_is_told_that_a_field_is_hidden(tmp_path):
    here = visit_here(tmp_path, countries={"level": "hidden"})
    schema = json_schema(here, VOCABULARIES, Level.FULL)

    assert schema["properties"]["countries"]["deprecated"] is True
    assert "minItems" not in schema["properties"]["countries"]["anyOf"][0]
    assert "countries" not in schema["required"] and "weather" in schema["required"]


# ---- faults


@pytest.mark.parametrize(
    ("said", "place", "fault"),
    [
        ({"sory": {"level": "full"}}, "sory", "there is no such field in visit, edition 1"),
        ({"story": {"level": "never"}}, "story", "level: is none of short, full, optional, hidden"),
        ({"story": {"level": "draft"}}, "story", "level: is none of"),
        ({"story": {"label": {"fr": "Récit"}}}, "story", "label: the English words are missing"),
        ({"story": {"label": "Tale"}}, "story", "label: is not a mapping of languages to texts"),
        ({"story": {"kind": "text"}}, "story", "kind: is not known here"),
        ({"story": None}, "story", "is not a mapping"),
        ({"title": {"level": "hidden"}}, "title", "its level stays"),
        ({"title": {"level": "short"}}, "title", "its level stays"),
        ({"weather": {"level": "hidden"}}, "weather", "whether “umbrella” is needed hangs on it"),
        ({"questions": {"level": "hidden"}}, "questions", "“plans” names its rows"),
    ],
)
def test_a_fault_names_file_field_and_fault(tmp_path, said, place, fault):
    found = faults_of(tmp_path, **said)

    assert [name for name, text in found if fault in text] == [place]


def test_a_field_may_hang_on_a_hidden_one_when_it_is_not_needed_itself(tmp_path):
    assert visit_here(tmp_path, weather={"level": "hidden"}, umbrella={"level": "optional"})


def test_all_faults_are_told_at_once_with_those_of_types(tmp_path):
    write(tmp_path, {"fields": {"sory": {}, "story": {"level": "never"}}})
    (tmp_path / "visit/7.yaml").write_text("type: visit")

    with pytest.raises(PageTypeError) as raised:
        load_page_types([DATA / "page_types", tmp_path], VOCABULARIES)

    assert {"visit/7.yaml", "visit/site.yaml"} == {file for file, _place, _fault in raised.value.faults}


@pytest.mark.parametrize(("raw", "fault"), [({"x": 1}, "is missing"), ({"fields": {}, "x": 1}, "is not known here")])
def test_a_file_of_another_shape_is_a_fault(tmp_path, raw, fault):
    assert any(fault in text for _place, text in faults_of(tmp_path, raw))


@pytest.mark.parametrize("name", ["recipe", "common"])
def test_words_for_a_type_that_is_not_there_are_a_fault(tmp_path, name):
    write(tmp_path, {"fields": {}}, name)

    with pytest.raises(PageTypeError, match=f"there is no page type “{name}”"):
        load_page_types([DATA / "page_types", tmp_path], VOCABULARIES)


# ---- the shipped types


def test_the_example_of_the_docs_is_taken(tmp_path):
    docs = (ROOT / "docs/page-types.md").read_text(encoding="utf-8")
    example = re.search(r"For example `good-practice/site\.yaml`:\n\n```yaml\n(.*?)```", docs, re.DOTALL)
    assert example
    (tmp_path / "good-practice").mkdir()
    (tmp_path / "good-practice/site.yaml").write_text(example[1], encoding="utf-8")
    here = load_page_types(
        [ROOT / "kmwiki/page_types", tmp_path], load_vocabularies([ROOT / "kmwiki/vocabularies"])
    ).get("good-practice")

    assert here.field("summary").label.in_language("fr") == "En deux phrases"
    assert [here.field(id).level for id in ("problem", "adapt")] == [Level.SHORT, Level.OPTIONAL]
    assert here.field("markers").hidden
    assert here.field("adapt").example == Words(yaml.safe_load(example[1])["fields"]["adapt"]["example"])


def test_a_page_holds_in_full_without_the_fields_that_a_site_does_not_ask(tmp_path):
    fields = {"title": "A visit", "summary": "Seen.", "weather": "sun", "countries": ["NE"], "host": {"name": "Office"}}
    not_asked = ("questions", "plans", "story", "practices", "umbrella", "signed")
    here = visit_here(tmp_path, **{id: {"level": "hidden"} for id in not_asked})

    assert depth_of(VISIT, fields, VOCABULARIES) is None
    assert depth_of(here, fields, VOCABULARIES) is Level.FULL
