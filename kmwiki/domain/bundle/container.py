"""The files of a bundle, from a zip or from a folder, once every name and size has been found harmless.

Nothing is unpacked: entries are read where they are.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from kmwiki.domain.bundle.names import ROOT, clashes, name_fault
from kmwiki.domain.bundle.zip_directory import directory_size
from kmwiki.errors import BundleError
from kmwiki.i18n import gettext as _

_ENCRYPTED = 0x1
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DIRECTORY_BYTES_PER_ENTRY = 1_000


@dataclass(frozen=True)
class Limits:
    """What a bundle may cost; sizes in bytes, unpacked."""

    entries: int = 200_000
    total_bytes: int = 4 * 2**30
    ratio: int = 200
    ratio_from_bytes: int = 2**20
    page_bytes: int = 8 * 2**20
    index_bytes: int = 128 * 2**20


class Container(Protocol):
    """Files by their path below the root of the bag."""

    @property
    def sizes(self) -> Mapping[str, int]: ...

    def open(self, path: str) -> IO[bytes]: ...

    def close(self) -> None: ...


@contextmanager
def reading(container: Container, path: str) -> Iterator[IO[bytes]]:
    """The open file; raises BundleError where its bytes are damaged."""
    try:
        with container.open(path) as file:
            yield file
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        sentence = _("{file}: The file cannot be read ({reason}).").format(file=path, reason=error)
        raise BundleError(_("The bundle is damaged."), [sentence]) from None


def open_container(path: Path, limits: Limits) -> Container:
    """The bundle at a path; raises BundleError with every fault of names, sizes and kinds of entries."""
    if path.is_dir():
        return _Folder(path, limits)
    return _Zip(path, limits)


class _Zip:
    def __init__(self, path: Path, limits: Limits) -> None:
        self._archive = _open_archive(path, limits)
        try:
            entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
            _refuse(_zip_faults(self._archive.infolist(), limits))
            self._entries = {entry.filename.removeprefix(ROOT): entry for entry in entries}
            self.sizes: Mapping[str, int] = {path: entry.file_size for path, entry in self._entries.items()}
        except BundleError:
            self._archive.close()
            raise

    def open(self, path: str) -> IO[bytes]:
        return self._archive.open(self._entries[path])

    def close(self) -> None:
        self._archive.close()


def _open_archive(path: Path, limits: Limits) -> zipfile.ZipFile:
    message = _("This is no bundle: neither a folder nor a zip that can be read.")
    try:
        with path.open("rb") as file:
            size = directory_size(file)
        if size > limits.entries * _DIRECTORY_BYTES_PER_ENTRY:
            raise BundleError(message, [_("The zip lists too many entries.")])
        return zipfile.ZipFile(path)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
        raise BundleError(message, [f"{path.name}: {error}"]) from None


def _zip_faults(entries: list[zipfile.ZipInfo], limits: Limits) -> Iterator[str]:
    if len(entries) > limits.entries:
        yield _("The bundle holds more than {number} entries.").format(number=limits.entries)
        return
    for entry in entries:
        if fault := _entry_fault(entry, limits):
            yield f"{ascii_name(entry.orig_filename)}: {fault}"
    yield from _shared_faults({entry.filename: entry.file_size for entry in entries if not entry.is_dir()}, limits)
    for name, count in Counter(entry.filename for entry in entries).items():
        if count > 1:
            yield _("{file}: The name stands twice.").format(file=ascii_name(name))


def _entry_fault(entry: zipfile.ZipInfo, limits: Limits) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.orig_filename != entry.filename or not entry.filename.startswith(ROOT):
        return name_fault(entry.orig_filename) or _("The name does not begin with {root}.").format(root=ROOT)
    if fault := name_fault(entry.filename.removesuffix("/")):
        return fault
    if entry.flag_bits & _ENCRYPTED:
        return _("The entry is encrypted.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return _("The entry is a link or a device, not a file.")
    if entry.compress_type not in _READABLE:
        return _("The entry is packed in a way that bundles do not use.")
    if entry.file_size > limits.ratio_from_bytes and entry.file_size > limits.ratio * entry.compress_size:
        return _("The entry grows by more than {number} times when unpacked.").format(number=limits.ratio)
    return ""


class _Folder:
    def __init__(self, path: Path, limits: Limits) -> None:
        nested = path / ROOT
        self._root = nested if not (path / "bagit.txt").exists() and nested.is_dir() else path
        faults: list[str] = []
        self.sizes: Mapping[str, int] = dict(_walk(self._root, limits, faults))
        _refuse([*faults, *_shared_faults(self.sizes, limits)])

    def open(self, path: str) -> IO[bytes]:
        # No link is followed, not even one that came after the folder was looked through.
        descriptor = os.open(self._root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        return os.fdopen(descriptor, "rb")

    def close(self) -> None:
        pass


def _walk(root: Path, limits: Limits, faults: list[str]) -> Iterator[tuple[str, int]]:
    count = 0
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted([*files, *(one for one in folders if Path(folder, one).is_symlink())]):
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            status = path.lstat()
            count += 1
            if count > limits.entries:
                faults.append(_("The bundle holds more than {number} entries.").format(number=limits.entries))
                return
            if not stat.S_ISREG(status.st_mode):
                what = _("The entry is a link or a device, not a file.")
                faults.append(f"{ascii_name(relative)}: {what}")
            elif fault := name_fault(relative):
                faults.append(f"{ascii_name(relative)}: {fault}")
            else:
                yield relative, status.st_size


def _shared_faults(sizes: Mapping[str, int], limits: Limits) -> Iterator[str]:
    if sum(sizes.values()) > limits.total_bytes:
        yield _("The bundle is larger than {number} bytes when unpacked.").format(number=limits.total_bytes)
    for path in clashes(sizes):
        yield _("{file}: Another name differs from this one only in case or accents.").format(file=ascii_name(path))


def _refuse(faults: Iterator[str] | list[str]) -> None:
    if found := list(faults):
        raise BundleError(_("The bundle holds names or entries that are not allowed."), found)


def ascii_name(name: str) -> str:
    """A name that came from outside, safe to print: what is not printable stands as an escape."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in name[:400])
