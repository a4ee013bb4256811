"""Writing a bundle and reading it back: the same values, and for the same values the same bytes."""

import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

import bagit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.bundle.samples import (
    BLOBS,
    CONTENTS,
    OLD_PICTURE,
    PICTURE,
    SITE,
    Types,
    content,
    file_entry,
    open_blob,
    page,
    page_type,
    page_with_history,
    revision,
    sha256,
)
from kmwiki.domain.bundle.bag import write_bag, write_bag_folder
from kmwiki.domain.bundle.reading import read_bag
from kmwiki.domain.bundle.records import Bundle, BundledPage, Withdrawn
from kmwiki.domain.content import Content, FileEntry
from kmwiki.errors import BundleError

TYPES = Types()
WITHDRAWN = (Withdrawn(str(SITE), page().current.id, page().current.publication.published_at),)


def bag_bytes(*pages: BundledPage, withdrawn: tuple[Withdrawn, ...] = ()) -> bytes:
    out = io.BytesIO()
    write_bag(Bundle(pages, withdrawn), TYPES, open_blob, out)
    return out.getvalue()


def read_back(data: bytes, folder: Path) -> Bundle:
    path = folder / "some name.zip"
    path.write_bytes(data)
    with read_bag(path, TYPES) as bag:
        return Bundle(tuple(bag.pages()), bag.withdrawn)


@pytest.mark.parametrize(
    "pages",
    [(), (page(),), (page_with_history(),), (page("a"), page_with_history("b"), page("c"))],
    ids=["none", "one", "with history", "several"],
)
def test_a_bundle_is_read_as_it_was_written_and_written_the_same_again(
    pages: tuple[BundledPage, ...], tmp_path: Path
) -> None:
    data = bag_bytes(*pages, withdrawn=WITHDRAWN)

    again = read_back(data, tmp_path)

    assert again == Bundle(pages, WITHDRAWN)
    assert bag_bytes(*again.pages, withdrawn=again.withdrawn) == data


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(CONTENTS, min_size=1, max_size=3))
def test_any_contents_come_back(tmp_path: Path, said: list[Content]) -> None:
    files = (file_entry("pump.png", PICTURE),)
    contents = [one.replace(files=files, fields={**one.fields, "steps": []}) for one in said]
    pages = tuple(page(f"p{number}", current=revision(f"p{number}", one)) for number, one in enumerate(contents))

    again = read_back(bag_bytes(*pages), tmp_path)

    assert again.pages == pages


def test_the_bagit_tool_finds_the_bag_valid(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bag_bytes(page("a"), page_with_history("b")))) as archive:
        archive.extractall(tmp_path)

    bag = bagit.Bag(str(tmp_path / "kmwiki-bundle"))

    bag.validate()
    assert bag.info["Bagging-Date"] == "2026-03-20"
    assert bag.info["Payload-Oxum"] == bag.info["Payload-Oxum"].strip()


def test_the_entries_are_listed_in_order_with_a_fixed_time() -> None:
    with zipfile.ZipFile(io.BytesIO(bag_bytes(page("a"), page_with_history("b")))) as archive:
        entries = archive.infolist()

    assert [entry.filename.removeprefix("kmwiki-bundle/") for entry in entries] == [
        "bag-info.txt",
        "bagit.txt",
        "data/bundle.json",
        "data/files/a/pump.png",
        f"data/files/b/history/{sha256(OLD_PICTURE)[:16]}-pump.png",
        "data/files/b/pump.png",
        "data/pages/tip/a.md",
        "data/pages/tip/b.md",
        "data/pages/tip/b/history/1.md",
        "data/types/tip.1.yaml",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
    ]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_the_folder_holds_the_same_files_as_the_zip(tmp_path: Path) -> None:
    pages = (page("a"), page_with_history("b"))
    write_bag_folder(Bundle(pages), TYPES, open_blob, tmp_path / "bag")

    with read_bag(tmp_path / "bag", TYPES) as bag:
        again = tuple(bag.pages())

    with zipfile.ZipFile(io.BytesIO(bag_bytes(*pages))) as archive:
        packed = {entry.removeprefix("kmwiki-bundle/"): archive.read(entry) for entry in archive.namelist()}
    files = (path for path in (tmp_path / "bag").rglob("*") if path.is_file())
    assert {path.relative_to(tmp_path / "bag").as_posix(): path.read_bytes() for path in files} == packed
    assert again == pages


def test_an_unpacked_zip_can_be_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bag_bytes(page()))) as archive:
        archive.extractall(tmp_path)

    with read_bag(tmp_path, TYPES) as bag:
        assert tuple(bag.pages()) == (page(),)


def test_a_folder_that_holds_something_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")

    with pytest.raises(BundleError, match="not empty"):
        write_bag_folder(Bundle(()), TYPES, open_blob, tmp_path)


def test_files_are_found_by_their_digest(tmp_path: Path) -> None:
    (tmp_path / "bag.zip").write_bytes(bag_bytes(page_with_history()))

    with read_bag(tmp_path / "bag.zip", TYPES) as bag:
        assert (bag.page_count, bag.page_ids) == (1, (page_with_history().id,))
        read = {}
        for digest in bag.files:
            with bag.open_file(digest) as file:
                read[digest] = file.read()

    assert read == BLOBS
    assert {file.size for file in bag.files.values()} == {len(PICTURE), len(OLD_PICTURE)}


def test_pages_are_taken_one_after_another() -> None:
    held = []

    def pages() -> Iterable[BundledPage]:
        for slug in ("a", "b"):
            held.append(slug)
            yield page(slug)

    write_bag(Bundle(pages()), TYPES, open_blob, io.BytesIO())

    assert held == ["a", "b"]


def test_pages_out_of_order_are_refused() -> None:
    with pytest.raises(BundleError, match="order of type and slug"):
        bag_bytes(page("b"), page("a"))


def test_a_content_with_another_digest_is_not_written() -> None:
    wrong = page(current=revision("x", content()).__class__("x", "0" * 64, content(), page().current.publication))

    with pytest.raises(BundleError, match="digest"):
        bag_bytes(wrong)


def test_bytes_with_another_digest_are_not_written() -> None:
    with pytest.raises(BundleError, match="stored bytes"):
        write_bag(Bundle((page(),)), TYPES, lambda _digest: io.BytesIO(b"other"), io.BytesIO())


def test_a_hidden_published_revision_is_not_written() -> None:
    with pytest.raises(BundleError, match="no content"):
        bag_bytes(page(current=revision("x", None)))


def test_a_file_that_cannot_seek_is_refused() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(ValueError, match="seek"):
        write_bag(Bundle(()), TYPES, open_blob, Pipe())


def test_file_names_that_some_system_refuses_come_back(tmp_path: Path) -> None:
    names = [
        "history",
        "a:b?.png",
        "A.png",
        "a.png",
        "über.png",
        "..",
        "x" * 300 + ".png",
        "100%.png",
        "con/..\\x",
    ]
    files = tuple(FileEntry(name, sha256(PICTURE), "image/png") for name in names)
    odd = page(current=revision("odd", content(files=files)))

    again = read_back(bag_bytes(odd), tmp_path)

    assert again.pages == (odd,)


def test_two_files_whose_names_differ_in_case_keep_their_bytes(tmp_path: Path) -> None:
    files = (file_entry("A.png", PICTURE), file_entry("a.png", OLD_PICTURE))
    both = page(current=revision("odd", content(files=files)))
    (tmp_path / "bag.zip").write_bytes(bag_bytes(both))

    with read_bag(tmp_path / "bag.zip", TYPES) as bag:
        assert {file.path for file in bag.files.values()} == {
            "data/files/spare-parts/A.png",
            f"data/files/spare-parts/history/{sha256(OLD_PICTURE)[:16]}-a.png",
        }


def test_nothing_of_the_moment_or_the_program_is_in_the_bag_info() -> None:
    with zipfile.ZipFile(io.BytesIO(bag_bytes())) as archive:
        info = archive.read("kmwiki-bundle/bag-info.txt").decode()
        index = json.loads(archive.read("kmwiki-bundle/data/bundle.json"))

    assert info.startswith("Bag-Software-Agent: kmwiki\nBagging-Date: 1980-01-01\n")
    assert index == {"format": "kmwiki-bundle", "version": 1, "pages": [], "types": [], "withdrawn": []}


def test_the_type_of_an_older_edition_in_the_history_is_in_the_bag(tmp_path: Path) -> None:
    types = Types(page_type(), page_type(edition=2))
    older = revision("older", content(edition=1), 1, 2)
    newer = revision("newer", content(edition=2), 2, 3)
    both = page(edition=2, current=newer, history=(older,), ancestors=(older.id,))
    with (tmp_path / "bag.zip").open("wb") as out:
        write_bag(Bundle((both,)), types, open_blob, out)

    with read_bag(tmp_path / "bag.zip", types) as bag:
        assert tuple(bag.pages()) == (both,)
    with zipfile.ZipFile(tmp_path / "bag.zip") as archive:
        assert archive.read("kmwiki-bundle/data/types/tip.2.yaml") == page_type(edition=2).source.encode()
