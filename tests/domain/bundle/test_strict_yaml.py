"""The YAML of bundles: what is read, what is refused, and that writing can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmwiki.domain.bundle.strict_yaml import YamlFault, read_yaml
from kmwiki.domain.bundle.yaml_writing import write_yaml

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85"), max_size=30)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS
ODD_TEXTS = st.sampled_from(
    [
        *("no", "Yes", "~", "null", "012", "1_000", "2026-03-14", "1e3", "0x1F", ".5", "1:20", "1.0", "-0"),
        *("=", "<<", "#", "'", '"', "|", ">", "---", "...", "-", ":", "?", "[", "{", "&", "*", "!", "%", "@"),
        *("- a", "a: b", "", " a ", "a #b", "\n", "\n a\n\n", "\ta", "a\u2028b", "\ufeff", "\U0001f6b0"),
    ]
)
VALUES = st.recursive(
    SCALARS | TEXTS | ODD_TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | ODD_TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_as_it_was(value: object) -> None:
    assert read_yaml(write_yaml(value), numbers=True) == value


@given(VALUES)
def test_writing_what_was_read_gives_the_same_bytes(value: object) -> None:
    text = write_yaml(value)

    assert write_yaml(read_yaml(text, numbers=True)) == text


@pytest.mark.parametrize(
    "word", ["no", "Yes", "on", "012", "0x10", "2026-03-14", "12:30", "1_000", "3.14", "7", "~", ".inf"]
)
def test_plain_words_are_texts(word: str) -> None:
    assert read_yaml(f"key: {word}") == {"key": word}


def test_true_false_and_null_are_not_texts() -> None:
    assert read_yaml("[true, false, null, 'true', ]") == [True, False, None, "true"]
    assert read_yaml("a:\nb: ''") == {"a": None, "b": ""}


def test_numbers_are_numbers_only_where_they_are_asked_for() -> None:
    assert read_yaml("[7, -0.5, 012, '7']", numbers=True) == [7, -0.5, "012", "7"]


@pytest.mark.parametrize("number", ["9007199254740992", "1.0e+999"])
def test_a_number_that_json_cannot_hold_is_refused(number: str) -> None:
    with pytest.raises(YamlFault, match="too large"):
        read_yaml(number, numbers=True)


def test_an_empty_text_is_null() -> None:
    assert read_yaml("") is None


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("a: &x 1\nb: *x", "anchors", 1),
        ("a: 1\nb: *x", "anchors", 2),
        ("a: !!python/object:os.system x", "tags", 1),
        ("- !foo {}", "tags", 1),
        ("a: 1\nb: 2\na: 3", "twice", 3),
        ("a:\n  b: 1\n  'b': 2", "twice", 3),
        ("a: 1\n---\nb: 2", "second document", 2),
        ("%YAML 1.1\n---\na: 1", "directives", 1),
        ("? [a, b]\n: c", "key", 1),
        ("&k a: 1", "anchors", 1),
        ("a: [1, 2", "did not find", 1),
        ("a: 'x\n", "unexpected end", 1),
        ("a: \x07", "character", 1),
        ("a: \ud800", "character", 1),
        ("[" * 25 + "]" * 25, "levels", 1),
        ("[" * 100_000, "levels", 1),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(text: str, reason: str, line: int) -> None:
    with pytest.raises(YamlFault, match=reason) as caught:
        read_yaml(text)

    assert caught.value.line >= line


def test_only_values_of_json_are_written() -> None:
    with pytest.raises(TypeError, match="tuple"):
        write_yaml({"a": (1, 2)})


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(YamlFault, match="longer than 10 characters"):
        read_yaml("a" * 11, max_characters=10)
