"""Markdown as the words that it shows."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmwiki.domain.plain_words import plain_words


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Some **bold** and *soft* `code`", "Some bold and soft code"),
        ("See [[water-point]]", "See water-point"),
        ("See [[water-point|the point]] there", "See the point there"),
        ("See [[needs#n2|this question]]", "See this question"),
        ("A [link](https://example.org 'x') here", "A link here"),
        ("![A pump](pump.png)", "A pump"),
        ("Counted[^1].\n\n[^1]: By hand.", "Counted.\n\n By hand."),
        ("# Title\n\n- one\n- [x] two\n1. three\n> four", "Title\n\none\ntwo\nthree\nfour"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", " a b \n\n 1 2 "),
        ("snake_case and _soft_", "snake_case and soft"),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
    ],
)
def test_marks_and_addresses_go_and_words_stay(markdown: str, words: str) -> None:
    assert plain_words(markdown) == words


@given(st.text(alphabet="ab[]()|#*_`!^:-> \n", max_size=300))
def test_no_letter_is_invented(text: str) -> None:
    assert len(plain_words(text)) <= len(text) + text.count("|")


@pytest.mark.parametrize("unit", ["[", "[[", "![", "[a](", "|", "-", "_", "*", "> ", "[^", "- [ ] ", "1. "])
def test_slow_texts_take_linear_time(unit: str) -> None:
    began = time.process_time()
    plain_words(unit * (100_000 // len(unit)))

    assert time.process_time() - began < 2
