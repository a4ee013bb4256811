"""One writer, many readers: other objects, threads and processes on one folder."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from backends.documents import document
from kmwiki.backends import whoosh_merging
from kmwiki.backends.search import SearchQuery
from kmwiki.backends.whoosh_folder import IndexFolder
from kmwiki.backends.whoosh_search import WhooshSearch
from kmwiki.errors import SearchUnavailable


@pytest.fixture
def folder(tmp_path):
    WhooshSearch(tmp_path / "index").replace_all([document("a", "Water pumps")])
    return tmp_path / "index"


def test_a_reader_sees_each_commit_at_its_next_search(folder):
    worker, reader = WhooshSearch(folder), WhooshSearch(folder)

    for number in range(20):
        worker.put([document(str(number), "Water")])
        assert reader.search(SearchQuery("water")).total == number + 2
    worker.delete(["3", "4"])
    assert reader.search(SearchQuery("water")).total == 19


def test_a_reader_goes_over_to_a_new_build(folder):
    worker, reader = WhooshSearch(folder), WhooshSearch(folder)
    assert reader.search(SearchQuery("water")).total == 1

    worker.replace_all([document("b", "Wind"), document("c", "Wind")])

    assert reader.search(SearchQuery("water")).total == 0
    assert reader.search(SearchQuery("wind")).total == 2


def test_an_unchanged_segment_is_read_once(folder):
    worker, reader = WhooshSearch(folder), WhooshSearch(folder)
    reader.search(SearchQuery())
    (tables,) = (segment.tables for segment in reader._reading._open.segments)

    worker.put([document("b")])
    reader.search(SearchQuery())

    assert reader._reading._open.segments[0].tables is tables


def test_publications_do_not_pile_up_segments(folder):
    worker = WhooshSearch(folder)
    for number in range(60):
        worker.put([document(str(number % 20), "Water")])
        worker.tidy()

    worker.search(SearchQuery())
    assert len(worker._reading._open.segments) < 8
    assert worker.search(SearchQuery("water")).total == 21


def test_publications_merge_few_documents_even_if_nobody_tidies(folder):
    worker = WhooshSearch(folder)
    for number in range(30):
        worker.put([document(str(number), "Water")])

    worker.search(SearchQuery())
    segments = worker._reading._open.segments
    assert 3 < len(segments) < 15
    assert max(segment.tables.size for segment in segments) <= 11


def test_too_many_segments_are_merged_whatever_it_takes(folder, monkeypatch):
    monkeypatch.setattr(whoosh_merging, "_TOO_MANY_SEGMENTS", 4)
    worker = WhooshSearch(folder)
    for first in range(0, 60, 10):
        worker.put([document(str(number), "Water") for number in range(first, first + 10)])

    assert worker.search(SearchQuery("water")).total == 61
    assert len(worker._reading._open.segments) <= 5


def test_two_writers_do_not_meet(folder):
    search = WhooshSearch(folder)

    with IndexFolder(folder).locked():
        with pytest.raises(SearchUnavailable, match="another process"):
            search.put([document("b")])
        with pytest.raises(SearchUnavailable, match="another process"):
            search.replace_all([])
        assert search.search(SearchQuery("water")).total == 1


def test_threads_search_while_one_writes(folder):
    search = WhooshSearch(folder)

    def publish(number):
        search.put([document(str(number), "Water", body="pump " * 200)])

    def ask(_):
        answer = search.search(SearchQuery("water pump"))
        return answer.total == len(answer.ids) == answer.facets["type"]["case"]

    with ThreadPoolExecutor(6) as threads:
        writing = threads.submit(lambda: [publish(number) for number in range(15)])
        asked = list(threads.map(ask, range(150)))
        writing.result()

    assert all(asked)
    assert search.search(SearchQuery("water")).total == 16


def test_a_forked_process_opens_the_index_for_itself(folder):
    search = WhooshSearch(folder)
    search.search(SearchQuery("water"))
    mine = search._reading._open

    child = os.fork()
    if child == 0:
        right = search.search(SearchQuery("water")).total == 1 and search._reading._open is not mine
        os._exit(0 if right else 1)

    assert os.waitpid(child, 0)[1] == 0
    assert search.search(SearchQuery("water")).total == 1
    assert search._reading._open is mine
