"""How text becomes the words that search compares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.lang import languages

from kmwiki.backends.analysis import WORD, fold, forms, is_stop_word, title_key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Water, pumps_and 3.5", ["Water", "pumps", "and", "3", "5"]),
        ("l'école d’été", ["l'école", "d’été"]),
        ("教育 and 한국", ["教", "育", "and", "한", "국"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("الْعَرَبِيَّة", ["الْعَرَبِيَّة"]),
        ("cafe\u0301", ["cafe\u0301"]),
        ("…!?", []),
    ],
)
def test_text_is_cut_into_words(text, words):
    assert WORD.findall(text) == words


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "trainings", "training"),
        ("en", "Children's", "children"),
        ("en", "don’t", "dont"),
        ("en", "naïve", "naive"),
        ("en-GB", "schools", "school"),
        ("fr", "l'école", "Écoles"),
        ("fr", "jusqu'à", "a"),
        ("fr", "œuvres", "oeuvre"),
        ("es", "educación", "educacion"),
        ("pt", "formações", "formacoes"),
        ("de", "Straßen", "strassen"),
        ("it", "dell'acqua", "acqua"),
        ("nl", "scholen", "Scholen"),
        ("ru", "ёлка", "елка"),
        ("ru", "школы", "школа"),
        ("ar", "الْمُعَلِّم", "معلم"),
        ("ar", "والمدرسة", "مدرسه"),
        ("tr", "İstanbul", "istanbul"),
        ("ja", "ｱ", "ア"),
        ("sw", "ng'ombe", "ngombe"),
        ("en", "cafe\u0301", "café"),
    ],
)
def test_spellings_of_one_word_share_a_form(language, one, other):
    assert set(forms(one, language)) & set(forms(other, language))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("fr", "N'Djamena", "djamena"),
        ("ru", "бой", "боли"),
        ("ja", "か", "が"),
        ("en", "t34", "t35"),
        ("en", "C", "C3"),
    ],
)
def test_different_words_stay_apart(language, one, other):
    assert not set(forms(one, language)) & set(forms(other, language))


def test_stop_words_are_those_of_the_language():
    assert is_stop_word("The", "en") and is_stop_word("été", "fr") and is_stop_word("في", "ar")
    assert not is_stop_word("The", "fr")
    assert not is_stop_word("the", "sw")


def test_a_foreign_word_in_a_russian_text_keeps_its_letters():
    assert forms("învățare", "ru") == ("invatare",)


def test_titles_that_differ_in_case_accents_and_marks_have_one_key():
    assert title_key("L'École, à  Nairobi!") == title_key("l’ecole a nairobi") == "ecole a nairobi"


@given(text=st.text(max_size=40), language=st.sampled_from([*languages, "sw", "zh"]))
def test_every_word_of_any_text_has_one_or_two_forms_without_spaces(text, language):
    for word in WORD.findall(text):
        found = forms(word, language)

        assert 1 <= len(found) <= 2
        assert not any(" " in form for form in found)


@given(word=st.text("abcdeigmnrstéèêíïñóöüçãåşğ", min_size=1, max_size=12), language=st.sampled_from(languages))
def test_a_word_is_found_without_its_accents_in_every_language(word, language):
    assert set(forms(fold(word), language)) & set(forms(word, language))
