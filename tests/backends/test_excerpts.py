"""Where the words of a query stand in a text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.lang import languages

from kmwiki.backends.analysis import WORD, forms
from kmwiki.backends.excerpts import Piece, excerpt, mark


def shown(pieces):
    """The pieces as one text, marked ones in brackets."""
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in pieces)


def terms(*words):
    return frozenset(words)


def test_a_title_is_marked_as_a_whole():
    assert shown(mark("Training of trainers: trained?", terms("train"), "en")) == "[Training] of trainers: [trained]?"


def test_the_words_of_a_page_are_compared_in_its_language():
    assert shown(mark("L'école, les Écoles", terms("ecol"), "fr")) == "[L'école], les [Écoles]"
    assert shown(mark("والمدرسة هنا", terms("مدرس"), "ar")) == "[والمدرسة] هنا"


def test_a_term_of_several_words_is_marked_only_where_they_stand_side_by_side():
    text = "state of art, the state of the art"

    assert shown(mark(text, terms("state of the art"), "en")) == "state of art, the [state] [of] [the] [art]"


def test_single_characters_of_a_chinese_term_are_not_marked():
    assert shown(mark("教师在教育部门", terms("教 育"), "zh")) == "教师在[教育]部门"


def test_markup_stays_text():
    assert mark("<b>water</b>", terms("water"), "en") == (Piece("<b>"), Piece("water", True), Piece("</b>"))


def test_a_short_text_is_shown_whole_with_its_white_space_as_single_spaces():
    assert shown(excerpt("Clean\n\n  water ", terms("water"), "en")) == "Clean [water] "


def test_a_long_text_is_cut_around_the_words_between_words():
    text = "before " * 100 + "clean water " + "after " * 100

    pieces = excerpt(text, terms("water"), "en", 60)

    assert shown(pieces) == "… before before clean [water] after after after after after …"


def test_the_place_with_most_different_terms_is_chosen():
    text = "pump " + "so on " * 100 + "a pump lifts water " + "so on " * 100

    assert "[pump] lifts [water]" in shown(excerpt(text, terms("pump", "water"), "en"))


def test_without_a_match_the_beginning_is_shown():
    text = "word " * 100

    assert shown(excerpt(text, terms("water"), "en", 20)) == "word word word word …"


def test_a_text_without_spaces_is_cut_too():
    pieces = excerpt("字" * 1000 + "水" + "字" * 1000, terms("水"), "zh", 60)

    assert "[水]" in shown(pieces)
    assert len(shown(pieces)) < 80


def test_an_empty_text_gives_no_pieces():
    assert excerpt("", terms("water"), "en") == mark("", terms("water"), "en") == ()


@given(text=st.text("abc water pumps.\n教育", max_size=400), length=st.integers(20, 200))
def test_pieces_of_an_excerpt_are_of_the_text_and_no_longer_than_wanted(text, length):
    pieces = excerpt(text, terms("water", "pump", "教 育"), "en", length)

    plain = "".join(piece.text for piece in pieces).removeprefix("… ").removesuffix(" …")
    assert plain in re.sub(r"\s+", " ", text)
    assert len(plain) <= length * 1.2 + 30


@given(text=st.text("abc water pumps.\n教育é'", max_size=100))
def test_marking_loses_nothing(text):
    assert "".join(piece.text for piece in mark(text, terms("water", "pump", "教 育"), "en")) == text


LONG_WORDS = (
    "dying lying skies happily yearly générosité éducatives œuvres Übungen größere básicas ações città "
    "qualità onderwijs utdanning opplæring uddannelse koulutuksen oktatás învățare eğitimler обучение общего"
)


@pytest.mark.parametrize("language", [code for code in languages if code != "ar"])
@pytest.mark.parametrize("word", WORD.findall(LONG_WORDS))
def test_looking_at_the_beginning_first_misses_no_form(language, word):
    for form in forms(word, language):
        assert shown(mark(word, terms(form), language)) == f"[{word}]"
