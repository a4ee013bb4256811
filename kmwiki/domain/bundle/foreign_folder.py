"""A folder of foreign files as its paths: which the map includes, and where an address in one of them leads.

FOLDER is the limit: nothing outside it is looked at, and no symbolic link is followed.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kmwiki.domain.bundle.container import ascii_name
from kmwiki.errors import BundleError
from kmwiki.i18n import gettext as _

MAX_ENTRIES = 100_000
MAX_TEXT_BYTES = 2 * 2**20
MAX_PICTURE_BYTES = 50 * 2**20
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_CHUNK = 2**20


@dataclass(frozen=True)
class Findings:
    """What is told about a folder: notes about what stays as it was, faults that stop the import."""

    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """A picture file inside the folder."""

    path: str
    sha256: str
    media_type: str
    size: int


class ForeignFolder:
    """The files of a folder by their path in it, with "/" between the parts."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.links: set[str] = set()
        self.files = frozenset(self._walk())

    def included(self, patterns: Sequence[str]) -> list[str]:
        """The paths that one of the patterns fits, sorted; symbolic links among them are not left out."""
        return sorted(path for path in self.files | self.links if any(_fits(path, one) for one in patterns))

    def read_text(self, path: str) -> str:
        """A file's text with line ends as LF; raises ValueError if it is too large or not UTF-8."""
        data = self._read(path, MAX_TEXT_BYTES)
        try:
            return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            raise ValueError(_("The text is not UTF-8.")) from None

    def picture(self, path: str) -> Picture | None:
        """The picture at a path; None if the file is none that can be shown."""
        data = self._read(path, MAX_PICTURE_BYTES)
        media_type = _media_type(data)
        return Picture(path, hashlib.sha256(data).hexdigest(), media_type, len(data)) if media_type else None

    def read_picture(self, picture: Picture) -> bytes:
        """The bytes of a picture; raises BundleError if they are no longer those that were seen."""
        data = self._read(picture.path, MAX_PICTURE_BYTES)
        if hashlib.sha256(data).hexdigest() != picture.sha256:
            sentence = _("{file}: The file changed while it was read.").format(file=picture.path)
            raise BundleError(_("The folder cannot be imported."), [sentence])
        return data

    def _read(self, path: str, max_bytes: int) -> bytes:
        # No link is followed, not even one that came after the folder was looked through.
        descriptor = os.open(self._root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise ValueError(_("The file is larger than {number} bytes.").format(number=max_bytes))
        return data

    def _walk(self) -> Iterator[str]:
        count = 0
        for folder, folders, files in os.walk(self._root):
            for name in [*files, *folders]:
                path = Path(folder, name)
                relative = path.relative_to(self._root).as_posix()
                mode = path.lstat().st_mode
                count += 1
                if count > MAX_ENTRIES:
                    raise _refused(_("The folder holds more than {number} files.").format(number=MAX_ENTRIES))
                if stat.S_ISLNK(mode):
                    self.links.add(relative)
                elif stat.S_ISREG(mode):
                    yield relative


def open_folder(root: Path) -> ForeignFolder:
    """The folder; raises BundleError if there is none."""
    if not root.is_dir():
        raise _refused(_("{file} is no folder.").format(file=ascii_name(root.name)))
    return ForeignFolder(root)


def target(path: str, address_path: str) -> str | None:
    """Where an address in the file at `path` leads, as a path in the folder; None if it leads out of it.

    One that begins with "/" begins at the folder.
    """
    if "\\" in address_path or "\0" in address_path:
        return None
    start = "" if address_path.startswith("/") else posixpath.dirname(path)
    parts: list[str] = [part for part in start.split("/") if part]
    for part in address_path.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def leads_through(path: str, links: set[str]) -> bool:
    """Whether the path is a symbolic link or lies behind one."""
    parts = path.split("/")
    return any("/".join(parts[:end]) in links for end in range(1, len(parts) + 1))


def _refused(sentence: str) -> BundleError:
    return BundleError(_("The folder cannot be imported."), [sentence])


def _media_type(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for start, media_type in _SIGNATURES if data.startswith(start)), "")


def _fits(path: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(path) is not None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """`*` and `?` within a part, `**` for any number of parts."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    shapes = ["(?:[^/]+/)*" if part == "**" else _part(part) + "/" for part in parts[:-1]]
    last = parts[-1] if parts else ""
    return re.compile("".join(shapes) + (".+" if last == "**" else _part(last)))


def _part(part: str) -> str:
    shapes = {"*": "[^/]*", "?": "[^/]"}
    return "".join(shapes.get(letter) or re.escape(letter) for letter in re.sub(r"\*+", "*", part))
