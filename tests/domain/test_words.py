from kmwiki.domain.cldr import CldrWords
from kmwiki.domain.words import Words
from kmwiki.i18n import language


def test_words_are_said_in_the_language_of_the_reader():
    words = Words({"en": "Urgency", "fr": "Urgence"})

    with language("fr"):
        said = str(words)

    assert said == "Urgence"
    assert str(words) == "Urgency"


def test_words_that_a_language_lacks_are_english_or_whatever_there_is():
    assert Words({"en": "Need", "fr": "Besoin"}).in_language("es") == "Need"
    assert Words({"fr": "Besoin"}).in_language("es") == "Besoin"
    assert Words({}).in_language("es") == ""


def test_a_regional_form_falls_back_to_its_language():
    assert Words({"en": "Water", "pt": "Água"}).in_language("pt-BR") == "Água"


def test_equal_words_are_equal_and_have_one_hash():
    first, second = Words({"en": "A", "fr": "B"}), Words({"fr": "B", "en": "A"})

    assert first == second
    assert hash(first) == hash(second)
    assert first != Words({"en": "A"})
    assert first != "A"


def test_words_become_json():
    assert repr(Words({"en": "A"})) == "Words({'en': 'A'})"
    assert Words({"en": "A", "fr": "B"}).to_json() == {"en": "A", "fr": "B"}


def test_renamed_words_keep_the_other_languages():
    assert Words({"en": "A", "fr": "B"}).renamed({"en": "C"}).to_json() == {"en": "C", "fr": "B"}


def test_the_world_has_names_in_every_language():
    niger = CldrWords("territories", "NE")

    assert niger.in_language("es") == "Níger"
    assert niger.in_language("ar") == "النيجر"
    assert niger.in_language("not-a-language") == "Niger"


def test_a_name_in_the_world_can_be_renamed_in_one_language():
    renamed = CldrWords("territories", "NE").renamed({"en": "The Niger"})

    assert renamed.in_language("en") == "The Niger"
    assert renamed.in_language("es") == "Níger"
    assert renamed.to_json() == {"en": "The Niger"}


def test_languages_with_a_script_are_found_under_their_code():
    assert CldrWords("languages", "zh-Hans").in_language("en") == "Simplified Chinese"
