"""MAP.yaml: what it may say, and what is told where it is wrong."""

from pathlib import Path

import pytest

from domain.bundle.samples import page_type
from kmwiki.domain.bundle.foreign_map import ForeignMap, heading_key, read_map
from kmwiki.domain.fields import parse_fields
from kmwiki.domain.page_type_file import load_page_types
from kmwiki.domain.vocabulary import load_vocabularies
from kmwiki.errors import BundleError

TIP = page_type()


def faults_of(text: str) -> list[str]:
    with pytest.raises(BundleError) as caught:
        read_map(text, "map.yaml", TIP)
    return list(caught.value.faults)


def test_a_map_may_say_nothing_but_where_the_rest_goes() -> None:
    assert read_map("rest: practice", "map.yaml", TIP) == ForeignMap(("**/*.md",), {}, rest="practice")


def test_a_map_says_everything() -> None:
    text = """
        type: tip
        source: village
        include: [tips/*.md, "**/more-*.md"]
        language: fr
        licence: CC0-1.0
        title: [Name, Nom]
        headings: {Patlet: summary, Solution: practice, Solutions: practice}
        rest: limits
        defaults: {level: local}
        not_applicable: {practice: Nobody told.}
        files: {credit: Ana, licence: CC0-1.0}
    """

    assert read_map(text, "map.yaml", TIP) == ForeignMap(
        include=("tips/*.md", "**/more-*.md"),
        headings={
            "name": "title",
            "nom": "title",
            "patlet": "summary",
            "solution": "practice",
            "solutions": "practice",
        },
        rest="limits",
        defaults={"level": "local"},
        not_applicable={"practice": "Nobody told."},
        source="village",
        language="fr",
        licence="CC0-1.0",
        credit_of_files="Ana",
        licence_of_files="CC0-1.0",
    )


def test_headings_can_be_listed_by_field() -> None:
    by_field = read_map("headings: {practice: [Solution, Solutions], limits: Dangers}", "map.yaml", TIP)

    assert by_field.headings == {"solution": "practice", "solutions": "practice", "dangers": "limits"}


def test_a_heading_that_is_called_like_its_field_is_no_riddle() -> None:
    assert read_map("headings: {practice: practice, limits: practice}", "map.yaml", TIP).headings == {
        "practice": "practice",
        "limits": "practice",
    }


@pytest.mark.parametrize("spelling", ["What it takes", "what  it TAKES:", "**What** it `takes`", " What it takes "])
def test_spellings_of_a_heading_have_one_key(spelling: str) -> None:
    assert heading_key(spelling) == "what it takes"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a", "The map is not a list of names and values."),
        ("a: &x b", "line 1: aliases and anchors are not allowed"),
        ("include: x\ninclude: y", "line 2: the key “include” stands twice"),
        ("headlines: {}", "“headlines” is not known here."),
        ("files: {owner: x}", "“files: owner” is not known here."),
        ("type: case-study", "The map is for pages of the type “case-study”."),
        ("source: [a]", "“source” is not a text."),
        ("headings: [a]", "“headings” is not a list of names and values."),
        ("headings: {A: story}", "There is no field “story” in this page type."),
        ("headings: {A: [story]}", "“headings: A” leads to no field."),
        ("headings: {A: steps}", "The field “steps” cannot be filled from a section."),
        ("headings: {practice: [[a]]}", "“headings: practice” is neither a text nor a list of texts."),
        ("headings: {A: practice, a: limits}", "The heading “a” stands twice."),
        ("rest: story", "“story” cannot take the rest: it is no Markdown field."),
        ("rest: summary", "“summary” cannot take the rest: it is no Markdown field."),
        ("include: ../x.md", "“../x.md” in include leads out of the folder."),
        ("include: /x.md", "“/x.md” in include leads out of the folder."),
        ("include: {a: b}", "“include” is neither a text nor a list of texts."),
        ("defaults: {story: x}", "There is no field “story” in this page type."),
        ("not_applicable: {level: ''}", "“not_applicable: level” needs a reason."),
        ("defaults: {level: a}\nnot_applicable: {level: b}", "“level” has a default and is not applicable."),
    ],
)
def test_a_map_at_fault_is_told(text: str, fault: str) -> None:
    assert f"map.yaml: {fault}" in faults_of(text)


def test_every_fault_of_a_map_is_told_at_once() -> None:
    assert len(faults_of("headings: {A: story}\nrest: story\nmore: 1\nsource: []")) == 4


def test_the_map_that_the_documents_show_fits_the_page_type_that_is_shipped() -> None:
    root = Path(__file__).parents[3]
    vocabularies = load_vocabularies([root / "kmwiki" / "vocabularies"])
    good_practice = load_page_types([root / "kmwiki" / "page_types"], vocabularies).get("good-practice")
    text = (root / "docs" / "examples" / "innersource-patterns.map.yaml").read_text()

    shown = read_map(text, "innersource-patterns.map.yaml", good_practice)

    raw = dict(shown.defaults) | {id: {"not_applicable": why} for id, why in shown.not_applicable.items()}
    assert parse_fields(good_practice, raw, vocabularies).problems == []
