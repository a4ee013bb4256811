"""An index that is missing, damaged or left by a killed writer: said plainly, and healed by replace_all()."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from backends.documents import document
from kmwiki.backends import whoosh_folder, whoosh_reading
from kmwiki.backends.search import SearchQuery
from kmwiki.backends.whoosh_search import WhooshSearch
from kmwiki.errors import SearchUnavailable

DOCUMENTS = [document(str(number), f"Water {number}", body="pump " * (number + 1)) for number in range(30)]


@pytest.fixture
def folder(tmp_path):
    """An index of several segments."""
    folder = tmp_path / "index"
    search = WhooshSearch(folder)
    search.replace_all(DOCUMENTS[:27])
    search.put(DOCUMENTS[27:])
    return folder


def delete_folder(folder):
    shutil.rmtree(folder)


def delete_build(folder):
    shutil.rmtree(folder / "build-1")


def truncate_toc(folder):
    (toc,) = folder.glob("build-1/*.toc")
    toc.write_bytes(toc.read_bytes()[:40])


def overwrite(ending):
    def overwrite_files(folder):
        for path in folder.glob(f"build-1/*{ending}"):
            path.write_bytes(b"rubbish " * (path.stat().st_size // 8 + 1))

    overwrite_files.__name__ = f"overwrite{ending}"
    return overwrite_files


def empty_segments(folder):
    for path in folder.glob("build-1/MAIN_*"):
        path.write_bytes(b"")


def overwrite_pointer(folder):
    (folder / "current").write_bytes(b"\xff\xfe")


def pointer_leads_out(folder):
    (folder / "current").write_text("../build-1 1")


def another_format(folder):
    (folder / "current").write_text("build-1 0")


DAMAGES = [
    delete_folder,
    delete_build,
    truncate_toc,
    empty_segments,
    overwrite_pointer,
    pointer_leads_out,
    another_format,
    *map(overwrite, [".toc", ".trm", ".pst", "card.col", "_stored.col"]),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_told_and_healed(folder, damage):
    damage(folder)
    search = WhooshSearch(folder)

    assert not search.healthy()
    with pytest.raises(SearchUnavailable, match="being rebuilt"):
        search.search(SearchQuery("water"))
    with pytest.raises(SearchUnavailable):
        search.put(DOCUMENTS[:1])
    with pytest.raises(SearchUnavailable):
        search.delete(["1"])

    search.replace_all(DOCUMENTS)
    assert search.healthy()
    assert search.search(SearchQuery("water")).total == 30


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_under_an_open_index_never_raises_anything_else_and_heals(folder, damage):
    search, worker = WhooshSearch(folder), WhooshSearch(folder)
    search.search(SearchQuery("water"))
    damage(folder)

    for words in ("water", "pump", "clean", '"water 3"'):
        try:
            search.search(SearchQuery(words, sort="title"))
        except SearchUnavailable as error:
            assert "being rebuilt" in str(error)
    assert not worker.healthy()

    worker.replace_all(DOCUMENTS)
    assert search.search(SearchQuery("water")).total == 30


def test_before_the_first_build_there_is_no_index_and_asking_makes_none(tmp_path):
    search = WhooshSearch(tmp_path / "index")

    assert not search.healthy()
    with pytest.raises(SearchUnavailable):
        search.search(SearchQuery())
    assert not (tmp_path / "index").exists()


def test_damage_that_only_a_search_meets_makes_the_index_unhealthy(folder, monkeypatch):
    def meets_damage(*_):
        raise EOFError("a block is cut short")

    search, worker = WhooshSearch(folder), WhooshSearch(folder)
    with monkeypatch.context() as patch:
        patch.setattr("kmwiki.backends.whoosh_query.frequencies", meets_damage)
        with pytest.raises(SearchUnavailable):
            search.search(SearchQuery("water"))

    assert not worker.healthy()
    worker.replace_all(DOCUMENTS)
    assert worker.healthy()


def test_an_index_that_could_not_be_read_is_left_in_peace_for_a_while(folder, monkeypatch):
    opened = []
    clock = iter(range(100, 200))
    monkeypatch.setattr(whoosh_reading.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(whoosh_reading, "SegmentTables", lambda leaf: opened.append(leaf) or int("x"))
    search = WhooshSearch(folder)

    for _ in range(4):
        with pytest.raises(SearchUnavailable):
            search.search(SearchQuery())

    assert len(opened) == 2  # one try and one more, then none


def test_a_failed_rebuild_leaves_the_old_index_in_place(folder):
    def documents():
        yield DOCUMENTS[0]
        raise ZeroDivisionError

    search = WhooshSearch(folder)
    with pytest.raises(ZeroDivisionError):
        search.replace_all(documents())

    assert search.healthy()
    assert search.search(SearchQuery("water")).total == 30


def test_a_failed_put_leaves_the_old_index_in_place_and_the_next_succeeds(folder, monkeypatch):
    search = WhooshSearch(folder)
    with monkeypatch.context() as patch:
        patch.setattr("whoosh.index.TOC.write", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(SearchUnavailable):
            search.put([document("x", "Water")])

    assert search.search(SearchQuery("water")).total == 30
    search.put([document("x", "Water")])
    assert search.search(SearchQuery("water")).total == 31


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from backends.documents import document
from kmwiki.backends.whoosh_search import WhooshSearch
import whoosh.{module} as module

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

{patch}
WhooshSearch(Path({folder!r})).{call}
"""


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("writing", "SegmentWriter._flush_segment"),
        ("writing", "SegmentWriter._close_segment"),
        ("index", "TOC.write"),
        ("index", "clean_files"),
    ],
)
@pytest.mark.parametrize("call", ["put([document('x', 'Water')])", "replace_all([document('x', 'Water')])"])
def test_a_writer_killed_in_the_middle_of_a_commit_leaves_an_index_that_works(folder, module, name, call):
    script = KILLED.format(paths=sys.path, module=module, patch=f"module.{name} = die", folder=str(folder), call=call)
    killed = subprocess.run([sys.executable, "-c", script], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL

    search = WhooshSearch(folder)
    assert search.healthy()
    assert search.search(SearchQuery("water")).total in (30, 31)
    search.put([document("y", "Water")])
    assert search.search(SearchQuery("water")).total in (31, 32)

    search.replace_all(DOCUMENTS)
    assert search.search(SearchQuery("water")).total == 30
    assert [path.name for path in folder.glob("build-*")] == [(folder / "current").read_text().split()[0]]


def test_an_index_of_an_older_format_is_built_anew(folder, monkeypatch):
    monkeypatch.setattr(whoosh_folder, "FORMAT", whoosh_folder.FORMAT + 1)
    search = WhooshSearch(folder)

    assert not search.healthy()
    search.replace_all(DOCUMENTS)
    assert search.healthy()


def test_no_other_file_of_the_folder_is_touched_by_a_rebuild(folder):
    (folder / "note.txt").write_text("mine")
    WhooshSearch(folder).replace_all([])

    assert sorted(os.listdir(folder)) == ["build-2", "current", "lock", "note.txt"]
