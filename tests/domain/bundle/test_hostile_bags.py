"""Bundles that somebody else made or changed: every fault is told with its file, and nothing is given."""

import dataclasses
import hashlib
import io
import json
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.bundle.samples import OLD_PICTURE, Types, open_blob, page, page_type, page_with_history, sha256
from kmwiki.domain.bundle import manifest
from kmwiki.domain.bundle.bag import write_bag, write_bag_folder
from kmwiki.domain.bundle.container import Limits
from kmwiki.domain.bundle.reading import read_bag
from kmwiki.domain.bundle.records import Bundle, BundledPage
from kmwiki.errors import BundleError

ROOT = "kmwiki-bundle/"
PAGES = (page("a"), page_with_history("b"))


def faults_of(path: Path, types: Types | None = None, limits: Limits | None = None) -> list[str]:
    with pytest.raises(BundleError) as caught:
        read_bag(path, types or Types(), limits=limits)
    assert caught.value.faults
    return list(caught.value.faults)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    path = tmp_path / "bag.zip"
    with path.open("wb") as out:
        write_bag(Bundle(PAGES), Types(), open_blob, out)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bag_folder(Bundle(PAGES), Types(), open_blob, tmp_path / "bag")
    return tmp_path / "bag"


def add(bag: Path, name: str, data: bytes = b"x", change: Callable[[zipfile.ZipInfo], None] | None = None) -> None:
    entry = zipfile.ZipInfo(name)
    entry.filename = entry.orig_filename = name
    if change:
        change(entry)
    with zipfile.ZipFile(bag, "a") as archive:
        archive.writestr(entry, data)


def renewed(folder: Path) -> None:
    """Make the manifests fit what the folder holds now."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    digests = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    payload = {path: digest for path, digest in digests.items() if path.startswith("data/")}
    (folder / manifest.MANIFEST).write_text(manifest.write_manifest(payload))
    digests[manifest.MANIFEST] = hashlib.sha256((folder / manifest.MANIFEST).read_bytes()).hexdigest()
    tags = {path: digests[path] for path in manifest.TAG_FILES}
    (folder / manifest.TAG_MANIFEST).write_text(manifest.write_manifest(tags))


def edit(folder: Path, old: str, new: str, file: str = "data/bundle.json") -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    renewed(folder)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        ROOT + "../../evil",
        ROOT + "data/./x",
        ROOT + "data//x",
        "/etc/passwd",
        "C:/evil",
        "elsewhere/x",
        ROOT + "data\\..\\x",
        ROOT + "data/%2e%2e/x",
        ROOT + "data/a\x00.md",
        ROOT + "data/a\nb",
        ROOT + "data/" + "x/" * 9 + "x",
        ROOT + "data/" + "x" * 500,
    ],
)
def test_names_that_lead_elsewhere_are_refused(bag: Path, name: str) -> None:
    add(bag, name)

    assert any("name" in fault.lower() for fault in faults_of(bag))


def test_a_name_that_stands_twice_is_refused(bag: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        add(bag, ROOT + "data/pages/tip/a.md")

    assert f"{ROOT}data/pages/tip/a.md: The name stands twice." in faults_of(bag)


@pytest.mark.parametrize("name", ["data/pages/tip/A.md", "data/pages/TIP", "data/pages"])
def test_names_that_hide_each_other_are_refused(bag: Path, name: str) -> None:
    add(bag, ROOT + name)

    assert any("only in case or accents" in fault for fault in faults_of(bag))


def test_names_that_differ_in_the_form_of_an_accent_are_refused(bag: Path) -> None:
    add(bag, ROOT + "data/é")
    add(bag, ROOT + "data/e\u0301")

    assert any("accents" in fault for fault in faults_of(bag))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(bag: Path, kind: int) -> None:
    add(bag, ROOT + "data/x", b"/etc/passwd", lambda entry: setattr(entry, "external_attr", kind << 16))

    assert f"{ROOT}data/x: The entry is a link or a device, not a file." in faults_of(bag)


def test_an_encrypted_entry_is_refused(bag: Path) -> None:
    data = bag.read_bytes()
    at = data.rfind(b"PK\x01\x02")
    bag.write_bytes(data[: at + 8] + b"\x01" + data[at + 9 :])

    assert any("encrypted" in fault for fault in faults_of(bag))


def test_an_entry_packed_in_another_way_is_refused(bag: Path) -> None:
    add(bag, ROOT + "data/x", b"x" * 100, lambda entry: setattr(entry, "compress_type", zipfile.ZIP_LZMA))

    assert any("packed in a way" in fault for fault in faults_of(bag))


def test_a_small_entry_that_becomes_large_is_refused(bag: Path) -> None:
    add(
        bag,
        ROOT + "data/x",
        bytes(2**22),
        lambda entry: setattr(entry, "compress_type", zipfile.ZIP_DEFLATED),
    )

    assert any("more than 200 times" in fault for fault in faults_of(bag))


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        (Limits(entries=5), "more than 5 entries"),
        (Limits(total_bytes=100), "larger than 100 bytes"),
        (Limits(index_bytes=100), "data/bundle.json: The file is too large."),
        (Limits(page_bytes=200), "data/pages/tip/a.md: The file is too large."),
    ],
)
def test_what_is_too_large_is_refused(bag: Path, folder: Path, limits: Limits, fault: str) -> None:
    assert any(fault in told for told in faults_of(bag, limits=limits))
    assert any(fault in told for told in faults_of(folder, limits=limits))


def test_a_zip_with_a_monstrous_directory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(b"PK\x05\x06" + b"\x00" * 8 + (2**31).to_bytes(4, "little") + b"\x00" * 6)

    assert faults_of(path) == ["The zip lists too many entries."]


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x05\x06", b"PK\x03\x04" * 50, b"\x00" * 100_000])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bag.zip").write_bytes(data)

    assert "bag.zip" in faults_of(tmp_path / "bag.zip")[0]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "nothing.zip" in faults_of(tmp_path / "nothing.zip")[0]


def test_a_byte_changed_anywhere_is_noticed(bag: Path) -> None:
    data = bag.read_bytes()
    for at in range(0, len(data), 97):
        bag.write_bytes(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])
        try:
            with read_bag(bag, Types()) as reading:
                pages = tuple(reading.pages())
        except BundleError:
            continue
        assert pages == PAGES  # a byte that means nothing, such as a time


def test_every_damaged_file_is_told(folder: Path) -> None:
    for file in ("data/pages/tip/a.md", "data/files/a/pump.png", "bag-info.txt"):
        with (folder / file).open("ab") as out:
            out.write(b"more")

    faults = faults_of(folder)

    for file in ("data/pages/tip/a.md", "data/files/a/pump.png", "bag-info.txt"):
        assert f"{file}: The file is not the one that the manifest lists." in faults


def test_files_that_are_missing_or_too_many_are_told(folder: Path) -> None:
    (folder / "data/pages/tip/a.md").unlink()
    (folder / "data/pages/tip/z.md").write_text("z")

    faults = faults_of(folder)

    assert "data/pages/tip/a.md: The file is listed and missing." in faults
    assert "data/pages/tip/z.md: No manifest lists this file." in faults


def test_files_that_only_the_index_does_not_know_are_told(folder: Path) -> None:
    (folder / "data/files/a/pump.png").rename(folder / "data/files/a/tank.png")
    renewed(folder)

    faults = faults_of(folder)

    assert "data/files/a/tank.png: bundle.json does not name this file." in faults
    assert "data/files/a/pump.png: The file is missing." in faults


def test_links_in_a_folder_are_refused(folder: Path) -> None:
    os.symlink("/etc/passwd", folder / "data" / "link")
    os.symlink("/etc", folder / "data" / "folder")

    assert faults_of(folder) == [
        "data/folder: The entry is a link or a device, not a file.",
        "data/link: The entry is a link or a device, not a file.",
    ]


def test_bad_names_in_a_folder_are_refused(folder: Path) -> None:
    (folder / "data" / "a\\b").write_text("x")
    (folder / "data" / "a\nb").write_text("x")

    assert len(faults_of(folder)) == 2


def test_a_folder_without_a_bag_is_refused(tmp_path: Path) -> None:
    faults = faults_of(tmp_path)

    assert "bagit.txt: The file is missing." in faults
    assert "data/bundle.json: The file is missing." in faults


A, B = page("a"), page_with_history("b")
OLD_FILE = f"data/files/b/history/{sha256(OLD_PICTURE)[:16]}-pump.png"
UNKNOWN_TYPE = '{"type": "tap", "edition": 1, "digest": "' + "0" * 64 + '"}'


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"version": 1', '"version": 2', "version 1"),
        ('"version": 1', '"version": NaN', "no number"),
        ('"version": 1', '"version": 1, "version": 1', "stands twice"),
        ('"version": 1', '"version": 1, "more": 1', "“more” is not known"),
        ('"version": 1', '"version": ' + "[" * 200_000, "nested too deep"),
        ('"slug": "a"', '"slug": "a", "state": "published"', "“state” is not known"),
        ('"slug": "a"', '"slug": 7', "slug is not a text"),
        ('"slug": "a"', '"slug": "A/../b"', "small letters"),
        ('"slug": "a"', '"slug": "api"', "kept for the site"),
        (f'"id": "{A.id}"', '"id": "7"', "id has not the right shape"),
        (f'"id": "{A.id}"', f'"id": "{B.id}"', "The page id"),
        (f'"revision": "{A.current.id}"', f'"revision": "{B.current.id}"', "The revision"),
        (f'"digest": "{A.current.digest}"', f'"digest": "{"0" * 64}"', "a.md: The content has not"),
        ('"depth": "short"', '"depth": "deep"', "neither short nor full"),
        ('"licence": "CC-BY-4.0"', '"licence": "CC0-1.0"', "data/pages/tip/a.md: Edition or licence"),
        ('"hidden": false', '"hidden": true', "has no content"),
        ('"path": "data/pages/tip/a.md"', '"path": "data/pages/tip/b.md"', "path of a revision"),
        ('"path": "data/files/a/pump.png"', '"path": "data/bundle.json"', "lie in data/files/"),
        ('"path": "data/files/a/pump.png"', '"path": "data/files/a/x.png"', "x.png: The file is missing"),
        ('"path": "data/files/a/pump.png"', f'"path": "{OLD_FILE}"', "pump.png: The file is not the one that bundle"),
        ('"name": "pump.png"', '"name": "tank.png"', "data/pages/tip/a.md: The files are not those"),
        ('"row_counter": 7', '"row_counter": 0', "higher number than the row counter"),
        ('"row_counter": 7', '"row_counter": -1', "row_counter has not the right shape"),
        ('"published_at": "2026-03-20T', '"published_at": "2026-13-20T', "does not match format"),
        ("15.000250Z", "15Z", "time has not the right shape"),
        ('"Maria Nkosi"', '"Maria\\nNkosi"', "approved_by has not the right shape"),
        ('"number": 3', '"number": 0', "number has not the right shape"),
        ('["Maria Nkosi"]', json.dumps(["A"] * 201), "approved_by has not the right shape"),
        ('"row_aliases": {}', '"row_aliases": {"r1": 2}', "row_aliases has not the right shape"),
        ('"edition": 1, "depth"', '"edition": 2, "depth"', "not among the types of the bundle"),
        (f'"ancestors": ["{B.ancestors[0]}"', f'"ancestors": ["{B.current.id}"', "stands twice among the ancestors"),
        (f'"ancestors": ["{B.ancestors[0]}", ', '"ancestors": [', "not in the order of the ancestors"),
        ('"edition": 1, "digest": "', '"edition": 1, "digest": "0', "digest has not the right shape"),
        ('"types": [', f'"types": [\n{UNKNOWN_TYPE},', "of the page type tap"),
    ],
)
def test_what_the_index_says_wrongly_is_told(folder: Path, old: str, new: str, fault: str) -> None:
    edit(folder, old, new)

    faults = faults_of(folder)

    assert any(fault in told for told in faults), faults


def test_pages_out_of_order_are_told(folder: Path) -> None:
    index = json.loads((folder / "data/bundle.json").read_text())
    index["pages"].reverse()
    (folder / "data/bundle.json").write_text(json.dumps(index))
    renewed(folder)

    assert any("not in their order" in fault for fault in faults_of(folder))


def test_a_page_file_that_is_not_utf_8_is_told(folder: Path) -> None:
    (folder / "data/pages/tip/a.md").write_bytes(b"---\n\xff\n---\n")
    renewed(folder)

    assert faults_of(folder) == ["data/pages/tip/a.md: The text is not UTF-8."]


def test_the_faults_of_all_page_files_are_told_with_their_lines(folder: Path) -> None:
    edit(folder, "language: en", "language: &x en", "data/pages/tip/a.md")
    edit(folder, "title: Spare parts", "title: !x Spare parts", "data/pages/tip/b/history/1.md")

    assert faults_of(folder) == [
        "data/pages/tip/a.md: line 4: aliases and anchors are not allowed",
        "data/pages/tip/b/history/1.md: line 7: tags are not allowed",
    ]


def test_a_type_that_the_site_does_not_know_is_told(bag: Path) -> None:
    assert "data/types/tip.1.yaml: This site does not know edition 1 of the page type tip." in faults_of(
        bag, Types(page_type("other"))
    )


def test_a_type_that_the_site_has_otherwise_is_told(bag: Path) -> None:
    class OtherTypes(Types):
        def get(self, name, edition=None):  # type: ignore[no-untyped-def]
            return page_type("tip", 2)

    assert any("has another edition 1" in fault for fault in faults_of(bag, OtherTypes()))


def test_the_caller_may_add_faults_of_its_own(bag: Path) -> None:
    def check(one: BundledPage) -> list[str]:
        return ["The title is bad."] if one.slug == "b" else []

    with pytest.raises(BundleError) as caught:
        read_bag(bag, Types(), check)

    assert caught.value.faults == ("data/pages/tip/b.md: The title is bad.",)


def test_a_manifest_with_strange_lines_is_told(folder: Path) -> None:
    (folder / manifest.MANIFEST).write_text("not a digest\n")

    assert any(f"{manifest.MANIFEST}: This is not a manifest (line 1)." in fault for fault in faults_of(folder))


def test_a_manifest_that_is_not_utf_8_is_told(folder: Path) -> None:
    (folder / manifest.MANIFEST).write_bytes(b"\xff")

    assert f"{manifest.MANIFEST}: The text is not UTF-8." in faults_of(folder)


def test_a_manifest_that_names_a_file_twice_is_told(folder: Path) -> None:
    path = folder / manifest.MANIFEST
    path.write_text(path.read_text() * 2)

    assert any("This is not a manifest (line 9)" in fault for fault in faults_of(folder))


def test_a_folder_that_only_looks_like_a_bag_is_told(folder: Path) -> None:
    (folder / "bagit.txt").write_text("Hello")
    renewed(folder)

    assert faults_of(folder) == ["bagit.txt: This is not the file of a BagIt bag."]


def test_a_page_of_another_type_than_the_index_says_is_told(tmp_path: Path) -> None:
    types = Types(page_type(), page_type("tap"))
    tap = dataclasses.replace(A.current, content=A.current.content.replace(type="tap"))
    tap = dataclasses.replace(tap, id=B.current.id, digest=tap.content.digest())
    with (tmp_path / "bag.zip").open("wb") as out:
        write_bag(Bundle((A, dataclasses.replace(B, type="tip", current=tap, history=()))), types, open_blob, out)

    assert faults_of(tmp_path / "bag.zip", types) == [
        "data/pages/tip/b.md: The page type is not the one that bundle.json names."
    ]


def test_a_zip_with_a_large_directory_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 2**40, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 2**32 - 1, 0, 0)
    (tmp_path / "bag.zip").write_bytes(record + locator + end)
    (tmp_path / "cut.zip").write_bytes(locator + end)

    assert faults_of(tmp_path / "bag.zip") == ["The zip lists too many entries."]
    assert faults_of(tmp_path / "cut.zip") == ["The zip lists too many entries."]


def test_a_manifest_that_leads_out_of_the_bag_is_told(folder: Path) -> None:
    path = folder / manifest.MANIFEST
    path.write_text(path.read_text() + "0" * 64 + "  ../../etc/passwd\n")

    faults = faults_of(folder)

    assert "../../etc/passwd: The file is listed and missing." in faults
    assert "../../etc/passwd: The manifest lists a file outside data/." in faults


def test_a_bag_zipped_by_another_program_is_read(bag: Path, folder: Path, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.mkdir(ROOT)
        for path in sorted(folder.rglob("*"), reverse=True):
            archive.write(path, ROOT + path.relative_to(folder).as_posix())
    (tmp_path / "other.zip").write_bytes(out.getvalue())

    with read_bag(tmp_path / "other.zip", Types()) as reading:
        assert tuple(reading.pages()) == PAGES
