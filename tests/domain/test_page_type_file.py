import shutil

import pytest
import yaml

from domain.field_values import DATA, PAGE_TYPES, VISIT, VOCABULARIES
from kmwiki.domain.page_type_file import load_page_types
from kmwiki.domain.problems import Level
from kmwiki.domain.words import Words
from kmwiki.errors import PageTypeError, UnknownPageType


def test_a_type_file_becomes_a_page_type():
    assert (VISIT.name, VISIT.edition, VISIT.sign, VISIT.check_again_months) == ("visit", 1, "plain", 6)
    assert VISIT.label.in_language("fr") == "Visite"
    assert [section.id for section in VISIT.sections] == ["short", "full", "found"]
    assert VISIT.source == (DATA / "page_types/visit/1.yaml").read_text(encoding="utf-8")
    assert len(VISIT.digest) == 64


def test_fields_stand_in_the_order_of_the_form_with_the_common_ones_at_the_end_of_their_section():
    ids = list(VISIT.fields)

    assert ids[:7] == ["title", "summary", "questions", "weather", "countries", "host", "story"]


def test_a_field_says_what_its_file_says():
    countries = VISIT.field("countries")

    assert countries.kind == "choices"
    assert countries.level is Level.SHORT
    assert (countries.minimum, countries.maximum) == (1, 3)
    assert countries.vocabulary == ("places", "weather")
    assert VISIT.field("questions").column("question").required
    assert VISIT.field("umbrella").when.any_of == ("rain",)


def test_not_applicable_is_offered_where_the_full_page_needs_an_answer():
    assert VISIT.field("story").not_applicable is not None
    assert VISIT.field("weather").not_applicable is None
    assert VISIT.field("signed").not_applicable is None
    assert VISIT.field("practices").not_applicable.label == Words({"en": "None seen"})


def test_the_newest_edition_is_the_one_that_is_asked_for_without_a_number(tmp_path):
    copy_types(tmp_path)
    second = read(tmp_path) | {
        "edition": 2,
        "renamed": {"day": "date"},
        "release_note": {"en": "A new name."},
    }
    field(second, "day")["id"] = "date"
    write(tmp_path, second, edition=2)

    page_types = load_page_types([tmp_path], VOCABULARIES)

    assert page_types.get("visit").edition == 2
    assert page_types.get("visit", 1).edition == 1
    assert [page_type.edition for page_type in page_types.editions("visit")] == [1, 2]
    assert [page_type.edition for page_type in page_types.newest()] == [2]
    assert page_types.names() == ("visit",)


@pytest.mark.parametrize(("name", "edition"), [("travel", None), ("visit", 2)])
def test_an_unknown_type_or_edition_is_not_found(name, edition):
    with pytest.raises(UnknownPageType):
        PAGE_TYPES.get(name, edition)


def test_the_digest_tells_another_file_and_other_common_fields(tmp_path):
    copy_types(tmp_path)
    (tmp_path / "common/1.yaml").open("a").write("# changed\n")

    assert load_page_types([tmp_path], VOCABULARIES).get("visit").digest != VISIT.digest


def test_the_vocabularies_of_a_site_may_stand_beside_its_types(tmp_path):
    shutil.copytree(DATA / "vocabularies", tmp_path / "vocabularies")
    copy_types(tmp_path)

    assert load_page_types([tmp_path], VOCABULARIES).names() == ("visit",)


def test_a_type_in_another_folder_is_one_more_type(tmp_path):
    trip = read(DATA / "page_types") | {"type": "trip"}
    write(tmp_path, trip, name="trip")

    assert load_page_types([DATA / "page_types", tmp_path], VOCABULARIES).names() == ("visit", "trip")


def change(id, /, **members):
    """Give the field, or the type itself, these members."""
    return lambda data: (field(data, id) if id else data).update(members)


def remedy(**members):
    """Add a rule of this kind."""
    rule = {
        "id": "fit",
        "kind": "remedy",
        "needs": "questions",
        "interventions": "plans",
        "message": {"en": "No."},
    }
    return lambda data: data["rules"].append(rule | members)


FAULTS = [
    ("type", "does not match the folder", change(None, type="travel")),
    ("edition", "is not the number in the name", change(None, edition=3)),
    ("label", "is missing", lambda data: data.pop("label")),
    ("plural", "the English words are missing", change(None, plural={"fr": "V"})),
    ("sign", "is none of need", change(None, sign="star")),
    ("colour", "is not known here", change(None, colour="red")),
    ("common", "there is no edition 7", change(None, common=7)),
    ("sections", "must be short, full, found", lambda data: data["sections"].pop()),
    ("summary", "there is no field “gist”", change(None, summary="gist")),
    ("check_again_months", "whole number", change(None, check_again_months="6")),
    ("edition", "are for newer editions", change(None, dropped=["age"])),
    ("title", "every type has a field title", lambda data: data["sections"][0]["fields"].pop(0)),
    ("title", "level draft", change("title", level="short")),
    ("day", "two fields of this id", change("story", id="day")),
    ("My story", "small letters", change("story", id="My story")),
    ("story", "there is no kind “markdown”", change("story", kind="markdown")),
    ("story", "level: is none of", change("story", level="always")),
    ("story", "level: is missing", lambda data: field(data, "story").pop("level")),
    ("story", "label: is not a mapping", change("story", label="Story")),
    ("story", "length: is not a whole number", change("story", length=0)),
    ("story", "vocabulary: does not go with", change("story", vocabulary="weather")),
    ("story", "required: is not known here", change("story", required=True)),
    ("story", "card: is neither true nor false", change("story", card="yes")),
    ("story", "lable: is not known", change("story", not_applicable={"lable": 1})),
    ("weather", "vocabulary: is missing", lambda data: field(data, "weather").pop("vocabulary")),
    ("weather", "no vocabulary “winds”", change("weather", vocabulary="winds")),
    ("weather", "preset: “Weather”", change("weather", preset="hail")),
    ("weather", "does not offer", change("weather", preset={"not_applicable": "x"})),
    ("cost", "not in the shape", change("cost", preset="10")),
    ("countries", "greater than maximum", change("countries", minimum=4)),
    ("questions", "columns: is missing", lambda data: field(data, "questions").pop("columns")),
    ("questions", "prefix: is not", change("questions", prefix="Q1")),
    ("questions", "“id” stands twice, or is kept", lambda data: column(data, 0).update(id="id")),
    ("questions", "“answer” stands twice", lambda data: column(data, 0).update(id="answer")),
    ("questions.answer", "no kind “rows” here", lambda data: column(data, 1).update(kind="rows")),
    ("questions.answer", "level: is not known", lambda data: column(data, 1).update(level="short")),
    ("questions.seen_in", "no vocabulary “x”", lambda data: column(data, 3).update(vocabulary=["x"])),
    (
        "plans.for_need",
        "no field of rows “people”",
        lambda data: field(data, "plans")["columns"][0].update(rows_of="people"),
    ),
    ("practices", "no page type “trip”", change("practices", types=["trip"])),
    ("practices", "no field of rows “title”", change("practices", rows_of="title")),
    ("practices", "no vocabulary “ties”", change("practices", relation="ties")),
    ("umbrella", "no field “sky”", change("umbrella", when={"field": "sky", "any_of": ["rain"]})),
    ("umbrella", "has no code “hail”", change("umbrella", when={"field": "weather", "any_of": ["hail"]})),
    ("umbrella", "neither any_of nor none_of", change("umbrella", when={"field": "weather"})),
    ("sunny-in-short", "no kind of rule “law”", lambda data: data["rules"][0].update(kind="law")),
    ("sunny-in-short", "no field “sky”", lambda data: data["rules"][0].update(field="sky")),
    ("sunny-in-short", "has no code “hail”", lambda data: data["rules"][0].update(any_of=["hail"])),
    ("sunny-in-short", "message: is missing", lambda data: data["rules"][0].pop("message")),
    ("somebody-asked", "no field “questions.who”", lambda data: data["rules"][1].update(column="who")),
    ("somebody-asked", "any_of: is missing", lambda data: data["rules"][1].pop("any_of")),
    ("fit", "needs: there is no field “title.knowledge_type”", remedy(needs="title")),
    ("fit", "interventions: there is no field “story.what”", remedy(interventions="story")),
    ("somebody-asked", "two rules of this id", lambda data: data["rules"][0].update(id="somebody-asked")),
]


@pytest.mark.parametrize(
    ("place", "fault", "breaks"), FAULTS, ids=[f"{place}-{fault}" for place, fault, _breaks in FAULTS]
)
def test_a_broken_type_names_file_field_and_fault(tmp_path, place, fault, breaks):
    copy_types(tmp_path)
    data = read(tmp_path)
    breaks(data)
    write(tmp_path, data)

    with pytest.raises(PageTypeError) as raised:
        load_page_types([tmp_path], VOCABULARIES)

    assert ("visit/1.yaml", place) in [found[:2] for found in raised.value.faults if fault in found[2]]


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    copy_types(tmp_path)
    data = read(tmp_path)
    field(data, "story")["kind"] = "prose"
    field(data, "day")["level"] = "never"
    write(tmp_path, data)

    with pytest.raises(PageTypeError) as raised:
        load_page_types([tmp_path], VOCABULARIES)

    assert {place for _file, place, _fault in raised.value.faults} == {"story", "day"}


def test_a_field_that_an_edition_loses_without_a_word_is_a_fault(tmp_path):
    copy_types(tmp_path)
    second = read(tmp_path) | {"edition": 2, "renamed": {"age": "year"}, "dropped": ["title"]}
    field(second, "day")["id"] = "date"
    write(tmp_path, second, edition=2)

    with pytest.raises(PageTypeError) as raised:
        load_page_types([tmp_path], VOCABULARIES)

    assert {place for _file, place, _fault in raised.value.faults} == {"day", "age", "title"}


def test_the_same_edition_in_two_folders_is_a_fault():
    with pytest.raises(PageTypeError, match="in another folder already"):
        load_page_types([DATA / "page_types", DATA / "page_types"], VOCABULARIES)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"common": 2}, "is not the number"),
        ({"fields": [{"id": "x"}]}, "section: is none of"),
        ({"x": 1}, "is not known"),
    ],
)
def test_a_broken_file_of_common_fields_is_named(tmp_path, change, fault):
    copy_types(tmp_path)
    path = tmp_path / "common/1.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | change))

    with pytest.raises(PageTypeError, match=fault) as raised:
        load_page_types([tmp_path], VOCABULARIES)

    assert raised.value.faults[0][0] == "common/1.yaml"


def copy_types(folder):
    shutil.copytree(DATA / "page_types", folder, dirs_exist_ok=True)


def read(folder):
    return yaml.safe_load((folder / "visit/1.yaml").read_text(encoding="utf-8"))


def write(folder, data, name="visit", edition=1):
    (folder / name).mkdir(exist_ok=True)
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    (folder / name / f"{edition}.yaml").write_text(text, encoding="utf-8")


def field(data, id):
    return next(field for section in data["sections"] for field in section["fields"] if field["id"] == id)


def column(data, position):
    return field(data, "questions")["columns"][position]
