"""Writing a bundle: the same content gives the same bytes, wherever and whenever it is written.

Pages are taken one after another, and nothing of them is kept but their line in bundle.json.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Protocol

from kmwiki.domain.bundle import index, manifest
from kmwiki.domain.bundle.file_places import FilePlaces
from kmwiki.domain.bundle.index import PageEntry, RevisionEntry, TypeEntry
from kmwiki.domain.bundle.names import ROOT
from kmwiki.domain.bundle.page_markdown import KnownTypes, write_page
from kmwiki.domain.bundle.records import Bundle, BundledPage, BundledRevision
from kmwiki.domain.page_type import PageType
from kmwiki.errors import BundleError
from kmwiki.i18n import gettext as _

OpenBlob = Callable[[str], IO[bytes]]
_CHUNK = 2**20
_TIME = (1980, 1, 1, 0, 0, 0)
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
_LEVEL = 6
#: What deflate cannot make smaller.
_PACKED = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".zip"})


def write_bag(bundle: Bundle, page_types: KnownTypes, open_blob: OpenBlob, out: IO[bytes]) -> None:
    """Write the bundle as a zip into a file that can seek; `open_blob` opens the bytes of a SHA-256.

    Raises BundleError if the pages are not in the order of type and slug or if something does not have the
    digest that it is known by.
    """
    if not out.seekable():
        raise ValueError("a zip is written into a file that can seek, or its bytes would differ")
    with zipfile.ZipFile(out, "w") as archive:
        _Writer(_ZipSink(archive), page_types, open_blob).write(bundle)
        # Entries stand in the order in which they came; the directory, which is what is listed, is sorted.
        archive.infolist().sort(key=lambda entry: entry.filename)


def write_bag_folder(bundle: Bundle, page_types: KnownTypes, open_blob: OpenBlob, folder: Path) -> None:
    """Write the same files, unzipped, into a folder that is empty or not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BundleError(_("The folder {folder} is not empty.").format(folder=folder))
    _Writer(_FolderSink(folder), page_types, open_blob).write(bundle)


class _Sink(Protocol):
    def add(self, path: str, data: bytes) -> None: ...

    def open(self, path: str) -> IO[bytes]: ...


class _ZipSink:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, path: str, data: bytes) -> None:
        self._archive.writestr(_entry(path), data, compresslevel=_LEVEL)

    def open(self, path: str) -> IO[bytes]:
        return self._archive.open(_entry(path), "w")


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(ROOT + path, _TIME)
    is_packed = os.path.splitext(path)[1].lower() in _PACKED
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, on every system
    entry.external_attr = 0o100644 << 16
    return entry


class _FolderSink:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, path: str, data: bytes) -> None:
        with self.open(path) as file:
            file.write(data)

    def open(self, path: str) -> IO[bytes]:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.open("wb")


class _Writer:
    def __init__(self, sink: _Sink, page_types: KnownTypes, open_blob: OpenBlob) -> None:
        self._sink = sink
        self._page_types = page_types
        self._open_blob = open_blob
        self._payload: dict[str, str] = {}
        self._payload_bytes = 0
        self._types: dict[tuple[str, int], PageType] = {}
        self._newest = _EARLIEST

    def write(self, bundle: Bundle) -> None:
        page_lines = [index.page_line(self._page(page)) for page in _in_order(bundle.pages)]
        types = [self._type(page_type) for _key, page_type in sorted(self._types.items())]
        withdrawn = sorted(bundle.withdrawn, key=lambda one: one.id)
        for one in withdrawn:
            self._newest = max(self._newest, one.when)
        self._add(index.PATH, index.write_index(page_lines, types, withdrawn))
        self._tags(self._newest.astimezone(UTC).date())

    def _page(self, page: BundledPage) -> PageEntry:
        if page.current.content is None:
            raise BundleError(_("{page}: The published revision has no content.").format(page=page.slug))
        places = FilePlaces(page.slug)
        entries = [self._revision(page, age, revision, places) for age, revision in enumerate(page.revisions)]
        return PageEntry(
            page.id,
            page.slug,
            page.type,
            page.edition,
            page.depth,
            page.current.content.licence,
            entries[0],
            tuple(entries[1:]),
            page.ancestors,
            page.row_counter,
            page.row_aliases,
            page.old_slugs,
        )

    def _revision(self, page: BundledPage, age: int, revision: BundledRevision, places: FilePlaces) -> RevisionEntry:
        """Write one revision and its files; `age` is 0 for the current one."""
        self._newest = max(self._newest, revision.publication.published_at)
        if revision.content is None:
            return RevisionEntry(revision.id, revision.digest, revision.publication, True, "", ())
        if revision.content.digest() != revision.digest:
            told = _("{page}: The content of revision {id} has not the digest that it is known by.")
            raise BundleError(told.format(page=page.slug, id=revision.id))
        page_type = self._page_types.get(revision.content.type, revision.content.edition)
        self._types[page_type.name, page_type.edition] = page_type
        number = len(page.history) + 1 - age
        path = index.history_path(page.type, page.slug, number) if age else index.page_path(page.type, page.slug)
        self._add(path, write_page(revision.content, page_type))
        files = tuple(places.place(file, is_current=age == 0) for file in revision.content.files)
        for file in files:
            self._blob(file.path, file.sha256)
        return RevisionEntry(revision.id, revision.digest, revision.publication, False, path, files)

    def _type(self, page_type: PageType) -> TypeEntry:
        entry = TypeEntry(page_type.name, page_type.edition, page_type.digest)
        self._add(entry.path, page_type.source)
        return entry

    def _add(self, path: str, text: str) -> None:
        data = text.encode()
        self._sink.add(path, data)
        self._payload[path] = hashlib.sha256(data).hexdigest()
        self._payload_bytes += len(data)

    def _blob(self, path: str, sha256: str) -> None:
        if path in self._payload:
            return
        digest = hashlib.sha256()
        with self._open_blob(sha256) as source, self._sink.open(path) as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
                self._payload_bytes += len(chunk)
        if digest.hexdigest() != sha256:
            raise BundleError(
                _("{file}: The stored bytes have not the digest {digest}.").format(file=path, digest=sha256)
            )
        self._payload[path] = sha256

    def _tags(self, bagging_date: date) -> None:
        tags = {
            "bag-info.txt": manifest.bag_info(bagging_date, self._payload_bytes, len(self._payload)),
            "bagit.txt": manifest.BAGIT_TXT,
            manifest.MANIFEST: manifest.write_manifest(self._payload),
        }
        digests = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in tags.items()}
        for path, text in {**tags, manifest.TAG_MANIFEST: manifest.write_manifest(digests)}.items():
            self._sink.add(path, text.encode())


def _in_order(pages: Iterable[BundledPage]) -> Iterable[BundledPage]:
    before = ("", "")
    for page in pages:
        if (page.type, page.slug) <= before:
            raise BundleError(_("{page}: Pages are bundled in the order of type and slug.").format(page=page.slug))
        before = (page.type, page.slug)
        yield page
