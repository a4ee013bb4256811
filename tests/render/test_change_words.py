"""What changed, in lines of plain words."""

from typing import Any

import pytest

from kmwiki.config import load_config
from kmwiki.domain.compare import compare
from kmwiki.domain.content import Content
from kmwiki.render.change_words import lines_of
from kmwiki.render.values import Around, ShownLink
from kmwiki.site import open_site
from pages import practice

SITE = open_site(load_config({"KMWIKI_DATA": "unused"}))
TYPE = SITE.page_type("good-practice")


def lines(old: dict[str, Any], new: dict[str, Any], limit: int = 1_500) -> list[str]:
    before, after = (
        Content(type="good-practice", edition=TYPE.edition, language="en", licence="CC-BY-4.0", fields=fields)
        for fields in (old, new)
    )
    around = Around(SITE.vocabularies, lambda link: ShownLink("A page") if link.get("page") == "seen" else None)
    return lines_of(TYPE, compare(TYPE, before, after), after, around, limit)


def row(id: str, result: str) -> dict[str, str]:
    return {"id": id, "uid": id, "result": result, "evidence": "own-monitoring"}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ({"summary": "A store."}, {"summary": "A store and a list."}, "was “A store.”, now “A store and a list.”"),
        ({"countries": ["MW"]}, {"countries": ["MW", "ZM"]}, "was “Malawi”, now “Malawi, Zambia”"),
        ({}, {"subtitle": "A store"}, "changed"),
        ({}, {"sdgs": ["2"]}, "added “Zero hunger”"),
        ({"sdgs": ["2"]}, {}, "taken out “Zero hunger”"),
        ({"results": [row("r1", "3 days")]}, {"results": [row("r1", "4 days")]}, "was “3 days”, now “4 days”"),
        ({"results": [row("r1", "3 days")]}, {"results": [row("r1", "3 days"), row("r2", "Rice")]}, "Rice"),
        ({"practice": "**Old** [words](https://x.example).\n"}, {"practice": "New.\n"}, "was “Old words.”, now “New.”"),
    ],
    ids=["words", "codes", "unknown", "new", "gone", "a cell", "a row", "Markdown"],
)
def test_each_thing_that_differs_is_a_line(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    (told,) = lines(practice(results=[]) | old, practice(results=[]) | new)

    assert line in told


def test_of_a_long_text_only_what_stands_around_the_change_is_told() -> None:
    words = " ".join(f"word{number}" for number in range(500))

    (told,) = lines(practice(practice=words), practice(practice=words.replace("word250 ", "WORD ")))

    assert "word249 WORD word251" in told
    assert "word100" not in told
    assert len(told) < 500


def test_what_is_too_much_ends_with_a_word_of_more() -> None:
    old = practice(results=[row(f"r{number}", "a" * 200) for number in range(30)])
    new = practice(results=[row(f"r{number}", "b" * 200) for number in range(30)])

    told = lines(old, new)

    assert told[-1] == "And more."
    assert sum(map(len, told)) <= 1_520


def test_a_page_that_its_reader_may_not_see_is_not_named() -> None:
    link = {"page": "unseen", "relation": "fully"}

    told = lines(practice(), practice(addresses=[link]))

    assert "unseen" not in "".join(told)
    assert len(told) == 1
