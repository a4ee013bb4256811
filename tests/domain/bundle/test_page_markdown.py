"""One content, one file: what is written is read as it was, and what is read was written so."""

import pytest
from hypothesis import given, settings

from domain.bundle.samples import CONTENTS, PICTURE, Types, content, page_type, sha256
from kmwiki.domain.bundle.page_markdown import PageFileFault, read_page, write_page
from kmwiki.domain.content import Content

TYPES = Types()


def written(said: Content) -> str:
    return write_page(said, page_type())


@settings(max_examples=200, deadline=None)
@given(CONTENTS)
def test_what_is_written_is_read_as_it_was(said: Content) -> None:
    text = written(said)

    again = read_page(text, TYPES)

    assert again == said
    assert written(again) == text


def test_a_page_file_reads_well() -> None:
    assert written(content()) == (
        "---\ntype: tip\nedition: 1\nlanguage: en\nlicence: CC-BY-4.0\nfields:\n"
        "  title: Keeping a store of spare parts\n  summary: A box, a key, a book.\n"
        "  steps:\n  - id: r1\n    uid: 3c6d8a59-c26c-5ef5-9de0-d549e2b3d4d2\n"
        "    what: Buy a box\n    who: Treasurer\n"
        "  level: local\nfiles:\n- name: pump.png\n"
        f"  sha256: {sha256(PICTURE)}\n"
        "  media_type: image/png\n  alt: A pump\n  credit: ''\n  licence: ''\n  consent: ''\n"
        "sections:\n- practice\n---\n\n# Keeping a store of spare parts\n\n<!-- field: practice -->\n"
        "## About practice\n\nChoose a *keeper*.\n\n![Pump](pump.png)\n\n"
    )


def test_headings_stand_in_the_language_of_the_page() -> None:
    assert "\n## Sur practice\n" in written(content(language="fr"))
    assert "\n## About practice\n" in written(content(language="sw"))


def test_keys_stand_in_the_order_of_the_type_however_they_came() -> None:
    fields = dict(reversed(content().fields.items()))

    assert written(content(fields=fields)) == written(content())


def test_a_text_may_hold_the_marker_of_a_field() -> None:
    said = content(fields={"practice": "a\n\n<!-- field: limits -->\n## x\n\nb", "limits": "c"})

    assert "\n<!-- \\field: limits -->\n" in written(said)
    assert read_page(written(said), TYPES) == said


def changed(old: str, new: str) -> str:
    text = written(content(fields={"title": "T", "practice": "one", "limits": "two"}, files=()))
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("---\n", "", "line 1: the front matter"),
        ("type: tip\n", "type: tip\ntype: tip\n", "line 3: the key “type” stands twice"),
        ("type: tip\n", "type: &a tip\n", "line 2: aliases"),
        ("type: tip\n", "kind: tip\n", "“kind” is not known"),
        ("type: tip\n", "", "does not name type and edition"),
        ("edition: 1\n", "edition: 9\n", "does not know edition 9 of the page type “tip”"),
        ("edition: 1\n", "edition: true\n", "does not name type and edition"),
        ("language: en\n", "", "revision: language is missing"),
        ("  title: T\n", "  titel: T\n", "“titel” is no field of the type tip"),
        (
            "  title: T\n",
            "  title: T\n  limits: two\n",
            "“limits” stands in the front matter and as a section",
        ),
        ("fields:\n  title: T\n", "fields: none\n", "“fields” in the front matter is not a list"),
        (
            "sections:\n- practice\n- limits\n",
            "sections: none\n",
            "“sections” in the front matter is not a list",
        ),
        ("- limits\n", "- {}\n", "“sections” in the front matter is not a list"),
        ("- limits\n", "", "the section of “limits” is not named"),
        ("<!-- field: limits -->\n", "", "the section of “limits” is missing"),
        (
            "<!-- field: limits -->",
            "<!-- field: practice -->",
            "line 20: the section of “practice” stands twice",
        ),
        ("<!-- field: limits -->", "<!-- field: level -->", "line 20: “level” is no Markdown field"),
        ("<!-- field: limits -->", "<!-- field: other -->", "line 20: “other” is no Markdown field"),
        ("## About limits", "## Limits", "line 21: this is not written as kmwiki writes it"),
        ("# T\n", "# U\n", "line 13: this is not written as kmwiki writes it"),
        ("language: en", "language: 'en'", "line 4: this is not written as kmwiki writes it"),
        ("two\n", "two", "line 23: this is not written as kmwiki writes it"),
    ],
)
def test_a_file_at_fault_is_refused_with_its_line(old: str, new: str, fault: str) -> None:
    with pytest.raises(PageFileFault) as caught:
        read_page(changed(old, new), TYPES)

    assert any(fault in told for told in caught.value.faults), caught.value.faults


def test_front_matter_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(PageFileFault, match="line 2: the front matter is not a list of names"):
        read_page("---\n- a\n---\n", TYPES)


def test_every_fault_of_the_sections_is_told_at_once() -> None:
    text = changed("<!-- field: limits -->", "<!-- field: a -->\n<!-- field: b -->")

    with pytest.raises(PageFileFault) as caught:
        read_page(text, TYPES)

    assert len(caught.value.faults) == 2
