"""Reading posting lists by block gives what Whoosh gives posting by posting."""

import random

import pytest

from backends.documents import document
from kmwiki.backends import whoosh_postings
from kmwiki.backends.search import SearchQuery
from kmwiki.backends.whoosh_folder import IndexFolder
from kmwiki.backends.whoosh_postings import frequencies, positions
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


def everything(leaf, word):
    """(document, how often, where) without deleted documents, of which either reading may give some."""
    documents, times = frequencies(leaf, "body", word)
    places = positions(leaf, "body", word)
    assert places.documents == set(documents)
    pairs = zip(documents, times, strict=True)
    return [(number, often, list(places[number])) for number, often in pairs if not leaf.is_deleted(number)]


@pytest.mark.parametrize("word", [*WORDS, "nowhere"])
def test_blocks_give_the_same_as_whooshs_own_reading(leaves, word, monkeypatch):
    by_block = [everything(leaf, word) for leaf in leaves]
    monkeypatch.setattr(whoosh_postings, "_PRIVATE", ("an_attribute_that_whoosh_has_lost",))

    assert by_block == [everything(leaf, word) for leaf in leaves]
    assert len(by_block) == 2


def test_a_word_stands_in_as_many_places_as_it_is_counted(leaves):
    found = everything(leaves[0], "water")

    assert len(found) > 512
    assert all(often == len(places) for _, often, places in found)


def test_merging_keeps_every_posting(tmp_path):
    search = WhooshSearch(tmp_path)
    search.replace_all([document("a", body="water clean water"), document("b", body="clean")])
    search.put([document("c", body="clean water"), document("d", body="water")])
    search.tidy()
    (leaf,) = (leaf for leaf, _ in IndexFolder(tmp_path).open("build-1").reader().leaf_readers())

    assert everything(leaf, "water") == [(0, 2.0, [0, 2]), (2, 1.0, [1]), (3, 1.0, [0])]


def test_deleted_documents_are_the_only_ones_that_whooshs_matcher_leaves_out(leaves):
    leaf = leaves[0]
    documents = set(frequencies(leaf, "body", "water")[0])

    assert set(leaf.postings("body", "water").all_ids()) == {one for one in documents if not leaf.is_deleted(one)}


def test_a_search_without_the_fast_reading_answers_the_same(folder, monkeypatch):
    query = SearchQuery('"water pump" -school', per_page=100)
    fast = WhooshSearch(folder).search(query)
    monkeypatch.setattr(whoosh_postings, "_PRIVATE", ("an_attribute_that_whoosh_has_lost",))

    assert WhooshSearch(folder).search(query) == fast
    assert fast.total > 10
