"""Where the bytes of attachments are kept, known by their SHA-256."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class FileStore(Protocol):
    """Bytes by digest: written once, never changed."""

    def put(self, content: bytes) -> str:
        """Keep the bytes durably; the hex SHA-256 under which they are found."""

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises FileNotFoundError where they are not kept."""

    def has(self, sha256: str) -> bool:
        """Whether the bytes are kept."""

    def is_whole(self, sha256: str) -> bool:
        """Whether the bytes are still those of their digest."""

    def age_seconds(self, sha256: str) -> float:
        """How long ago the bytes were last put."""

    def remove(self, sha256: str) -> None:
        """Forget the bytes and what was made of them (a purge); no error where they are not kept."""

    def digests(self) -> Iterator[str]:
        """All digests that are kept."""

    def narrow(self, sha256: str, width: int) -> bytes | None:
        """A picture in this width; no bytes where there is nothing to be gained, None where it was not made yet."""

    def put_narrow(self, sha256: str, width: int, content: bytes) -> None:
        """Keep a picture in this width. It can be made again, and may be lost at any time."""


class FolderFiles:
    """A folder: aa/aabbcc…, each file written beside and renamed, so that it is whole or absent.

    Narrow pictures stand in its folder variants: variants/aa/aabbcc…-480.webp.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        try:
            os.utime(path)  # young again: nobody sweeps it while it is being used anew
        except FileNotFoundError:
            self._write_whole(path, content)
        return sha256

    def get(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def is_whole(self, sha256: str) -> bool:
        with self.path(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def age_seconds(self, sha256: str) -> float:
        return time.time() - self.path(sha256).stat().st_mtime

    def remove(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)
        for path in self._narrow_folder(sha256).glob(f"{sha256}-*"):
            path.unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        for path in sorted(self.folder.glob("??/*")):
            if len(path.name) == 64:
                yield path.name

    def narrow(self, sha256: str, width: int) -> bytes | None:
        try:
            return (self._narrow_folder(sha256) / f"{sha256}-{width}.webp").read_bytes()
        except FileNotFoundError:
            return None

    def put_narrow(self, sha256: str, width: int, content: bytes) -> None:
        self._write_whole(self._narrow_folder(sha256) / f"{sha256}-{width}.webp", content)

    def _narrow_folder(self, sha256: str) -> Path:
        return self.folder / "variants" / sha256[:2]

    def _write_whole(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
