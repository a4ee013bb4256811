"""Reading posting lists by block gives what Whoosh gives posting by posting."""

import random

import pytest
from backends.documents import document

from kmwiki.backends import whoosh_postings
from kmwiki.backends.search import SearchQuery
from kmwiki.backends.whoosh_folder import IndexFolder
from kmwiki.backends.whoosh_postings import frequencies, packed, positions, unpacked
from kmwiki.backends.whoosh_search import WhooshSearch

WORDS = ["water", "pump", "solar", "school", "clean", "rare"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """1,300 documents, so that a list has several blocks, some of them deleted, in two segments."""
    dice = random.Random(3)
    folder = tmp_path_factory.mktemp("search") / "index"
    search = WhooshSearch(folder)
    bodies = (" ".join(dice.choices(WORDS, (50, 20, 9, 9, 9, 1), k=dice.randint(0, 9))) for _ in range(1300))
    search.replace_all(document(str(number), body=body) for number, body in enumerate(bodies))
    search.delete([str(number) for number in range(0, 1300, 3)])
    search.put([document("new", body="water water pump")])
    return folder


@pytest.fixture
def leaves(folder):
    reader = IndexFolder(folder).open("build-1").reader()
    yield [leaf for leaf, _ in reader.leaf_readers()]
    reader.close()


def live(leaf, lists):
    """Pairs (document, what it has) without the deleted documents, of which either reading may give some."""
    return [(number, value) for number, value in zip(*lists, strict=True) if not leaf.is_deleted(number)]


@pytest.mark.parametrize("read", [frequencies, positions])
@pytest.mark.parametrize("word", [*WORDS, "nowhere"])
def test_blocks_give_the_same_as_whooshs_own_reading(leaves, word, read, monkeypatch):
    by_block = [live(leaf, read(leaf, "body", word)) for leaf in leaves]
    monkeypatch.setattr(whoosh_postings, "_PRIVATE", ("an_attribute_that_whoosh_has_lost",))

    assert by_block == [live(leaf, read(leaf, "body", word)) for leaf in leaves]
    assert len(by_block) == 2


def test_a_word_stands_in_as_many_places_as_it_is_counted(leaves):
    documents, times = frequencies(leaves[0], "body", "pump")
    same_documents, places = positions(leaves[0], "body", "pump")

    assert list(documents) == list(same_documents)
    assert list(times) == [len(unpacked(place)) for place in places]


def test_deleted_documents_are_the_only_ones_that_whooshs_matcher_leaves_out(leaves):
    leaf = leaves[0]
    documents = set(frequencies(leaf, "body", "water")[0])

    assert set(leaf.postings("body", "water").all_ids()) == {
        one for one in documents if not leaf.is_deleted(one)
    }


def test_a_search_without_the_fast_reading_answers_the_same(folder, monkeypatch):
    query = SearchQuery('"water pump" -school', per_page=100)
    fast = WhooshSearch(folder).search(query)
    monkeypatch.setattr(whoosh_postings, "_PRIVATE", ("an_attribute_that_whoosh_has_lost",))

    assert WhooshSearch(folder).search(query) == fast
    assert fast.total > 10


def test_places_are_unpacked_as_they_were_packed():
    assert list(unpacked(packed([0, 7, 70_000]))) == [0, 7, 70_000]
