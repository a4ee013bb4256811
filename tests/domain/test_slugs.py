import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmwiki.domain.slugs import MAX_LENGTH, RESERVED, check_slug, free_slug, slug_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Pompes solaires à Tillabéri, 2019–2022", "pompes-solaires-a-tillaberi-2019-2022"),
        ("Вода для всех", "voda-dlia-vsekh"),
        ("水", "shui"),
        ("!!!", "untitled"),
        ("New", "new-page"),
        ("History", "history-page"),
    ],
)
def test_a_title_suggests_a_slug(title, slug):
    assert slug_of(title) == slug


@given(st.text(max_size=300))
def test_every_title_suggests_a_slug_that_can_be_used(title):
    assert check_slug(slug_of(title)) == []


def test_a_title_that_looks_like_an_id_does_not_become_one():
    assert check_slug(slug_of("01a203f0-8f7b-7aa6-a96c-bc1148fa9dd1")) == []


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "Water",
        "a b",
        "-a",
        "a--b",
        "a_b",
        "é",
        "a/b",
        "a\n",
        "a" * 81,
        "search",
        "01a203f0-8f7b-7aa6-a96c-bc1148fa9dd1",
    ],
)
def test_a_slug_that_cannot_be_used_is_refused_with_a_reason(slug):
    assert check_slug(slug)


def test_the_words_of_the_address_map_are_reserved():
    addresses = (
        "new search pages changes review account admin p shared about vocabularies gaps evidence lessons"
    )
    machines = "connect map export recent feed sitemap oai healthz readyz metrics api static edit history"

    assert set(f"{addresses} {machines}".split()) <= RESERVED


def test_a_free_slug_stays_as_it_is():
    assert free_slug("water", lambda slug: False) == "water"


def test_a_taken_slug_gets_the_first_free_number():
    assert free_slug("water", {"water", "water-2"}.__contains__) == "water-3"


def test_a_long_slug_stays_within_its_length_with_a_number():
    wish = "a" * MAX_LENGTH

    slug = free_slug(wish, {wish}.__contains__)

    assert len(slug) == MAX_LENGTH
    assert slug.endswith("a-2")
