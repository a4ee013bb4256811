import json

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.field_values import VISIT, VOCABULARIES, pages
from kmwiki.domain.content import Content, FileEntry, canonical_json
from kmwiki.domain.fields import parse_fields

PICTURE = FileEntry("pump.jpg", "ab" * 32, "image/jpeg", alt="A pump", credit="R. Diallo", consent="agreed")
CONTENT = Content(
    type="visit",
    edition=1,
    language="fr",
    licence="CC-BY-4.0",
    fields={"title": "Pompe", "countries": ["NE"]},
    translation_of="01a203f0-8f7b-7aa6-a96c-bc1148fa9dd1",
    topics=("water", "pumps"),
    files=(PICTURE,),
)


def test_content_comes_back_from_its_json():
    assert Content.from_json(json.loads(json.dumps(CONTENT.to_json()))) == CONTENT


def test_the_json_has_every_member_of_a_revision():
    members = "type, edition, language, licence, translation_of, replaces, topics, fields, files"

    assert ", ".join(CONTENT.to_json()) == members


@settings(max_examples=40, deadline=None)
@given(pages(), st.randoms())
def test_equal_content_has_one_digest_in_whatever_order_it_was_written(raw, random):
    fields = parse_fields(VISIT, raw, VOCABULARIES).fields
    shuffled = dict(random.sample(list(fields.items()), len(fields)))

    assert CONTENT.replace(fields=shuffled).digest() == CONTENT.replace(fields=fields).digest()


def test_every_member_counts_in_the_digest():
    others = [
        CONTENT.replace(type="plan"),
        CONTENT.replace(edition=2),
        CONTENT.replace(language="en"),
        CONTENT.replace(licence="CC0-1.0"),
        CONTENT.replace(translation_of=None),
        CONTENT.replace(replaces="01a203f0-8f7b-7aa6-a96c-bc1148fa9dd1"),
        CONTENT.replace(topics=("water",)),
        CONTENT.replace(fields={}),
        CONTENT.replace(files=()),
    ]

    assert len({content.digest() for content in [CONTENT, *others]}) == 10


def test_the_digest_is_the_one_that_older_versions_gave():
    assert CONTENT.digest() == "4b22efd2fd4d1b867b3c66b93671590f20e7aea944f5634cde23f84d07d6cc83"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"edition": "1"}, "edition is not a whole number"),
        ({"edition": True}, "edition is not a whole number"),
        ({"language": None}, "language is not a text"),
        ({"replaces": 3}, "replaces is not a text"),
        ({"topics": "water"}, "topics is not a list"),
        ({"topics": [1]}, "topics is not a list of texts"),
        ({"fields": []}, "fields is not an object"),
        ({"files": [{"name": "a"}]}, "sha256 is missing"),
        ({"files": ["a"]}, "file: not an object"),
    ],
)
def test_what_is_no_content_is_refused_by_the_name_of_the_member(change, fault):
    with pytest.raises(ValueError, match=fault):
        Content.from_json({**CONTENT.to_json(), **change})


def test_a_missing_member_is_named():
    with pytest.raises(ValueError, match="licence is missing"):
        Content.from_json({name: value for name, value in CONTENT.to_json().items() if name != "licence"})


_texts = st.text(st.characters(exclude_categories=["Cs"]))
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _texts,
    lambda inner: st.lists(inner) | st.dictionaries(_texts, inner),
    max_leaves=30,
)


@given(_json)
def test_the_fast_canonical_form_is_that_of_the_standard(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type]
