"""Files that arrive piece by piece over a slow line: a folder with one file for each, until it is whole."""

import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID


class WrongOffset(ValueError):
    """A piece that does not begin where the last one ended; `received` bytes are there."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes are there")
        self.received = received


class PartialFiles:
    """What has arrived so far, by the id of the upload. Not synced: what a crash takes is sent again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, id: UUID) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path(id).touch(mode=0o600)

    def received(self, id: UUID) -> int:
        """How many bytes are there. Raises FileNotFoundError."""
        return self._path(id).stat().st_size

    def append(self, id: UUID, offset: int, piece: bytes) -> int:
        """Add a piece at the end; how many bytes are there now. Raises WrongOffset, FileNotFoundError."""
        handle = os.open(self._path(id), os.O_WRONLY | os.O_APPEND)
        with os.fdopen(handle, "wb", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # the same piece may be sent twice at the same moment
            received = os.fstat(handle).st_size
            if received != offset:
                raise WrongOffset(received)
            written = file.write(piece) or 0
            return received + written

    def read(self, id: UUID) -> bytes:
        return self._path(id).read_bytes()

    def remove(self, id: UUID) -> None:
        """Forget it; no error where it is not there."""
        self._path(id).unlink(missing_ok=True)

    def age_seconds(self, id: UUID) -> float:
        """How long ago the last piece came."""
        return time.time() - self._path(id).stat().st_mtime

    def ids(self) -> Iterator[UUID]:
        """All that are there."""
        return (UUID(path.name) for path in sorted(self.folder.glob("*-*-*-*-*")))

    def _path(self, id: UUID) -> Path:
        return self.folder / str(id)
