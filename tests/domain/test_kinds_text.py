import pytest

from domain.field_values import VISIT, VOCABULARIES, parse, refusals
from kmwiki.domain.fields import check, fields_from_form
from kmwiki.domain.problems import Level


def test_line_ends_become_lf_and_nothing_else_is_changed():
    assert parse("story", " a\r\nb\rc\n\té e\u0301 ") == " a\nb\nc\n\té e\u0301 "


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1b", "\x7f", "\u0085", "\x9f", "\ud800", "\udfff"])
@pytest.mark.parametrize("id", ["title", "story"])
def test_control_characters_and_halves_of_characters_are_refused(id, sign):
    problem = refusals(id, f"water{sign}pump")[0]

    assert f"U+{ord(sign):04X}" in problem.message
    assert problem.line == 1


def test_the_line_of_a_bad_character_is_named():
    assert refusals("story", "one\ntwo\nthr\x00ee")[0].line == 3


@pytest.mark.parametrize("raw", [3, 3.5, True, ["a"], {"text": "a"}])
@pytest.mark.parametrize("id", ["title", "story"])
def test_another_kind_of_value_is_refused(id, raw):
    assert "must be a text" in refusals(id, raw)[0].message


@pytest.mark.parametrize(("id", "most"), [("title", 1_000), ("story", 100_000)])
def test_a_text_has_a_hard_bound_against_abuse(id, most):
    assert parse(id, "a" * most) == "a" * most
    assert "can be saved" in refusals(id, "a" * (most + 1))[0].message


def test_a_text_longer_than_asked_for_is_saved_but_not_published():
    problems = check(VISIT, {"title": "a" * 61}, Level.SHORT, VOCABULARIES)

    assert "61 characters" in next(found.message for found in problems if found.field == "title")
    assert not any(
        found.field == "title" for found in check(VISIT, {"title": "a" * 60}, Level.SHORT, VOCABULARIES)
    )


def test_a_line_has_no_line_break():
    assert "one line" in refusals("title", "a\nb")[0].message


def test_a_line_break_typed_into_a_form_is_a_blank():
    assert fields_from_form(VISIT, {"title": ["Water\r\npumps"]}) == {"title": "Water pumps"}


def test_a_text_of_blanks_is_empty():
    assert parse("title", "  ") is None
    assert parse("story", "\n \n") is None


def test_markdown_that_the_renderer_would_choke_on_is_refused_with_its_line():
    problems = refusals("story", "Fine.\n\n" + "> " * 30)

    assert problems[0].line == 3
    assert "line 3" in problems[0].message
