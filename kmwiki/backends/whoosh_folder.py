"""The folder of the Whoosh index: builds side by side, the one that counts, the lock, and what damage looks
like.

    index/
        current      "build-3 2": the build that readers use, the FORMAT it was made in
        build-3/     a Whoosh index
        suspect      "build-3": a reader met damage in it that healthy() might overlook
        lock         held by whoever writes; a killed process lets go of it

Nothing here is worth a backup: replace_all() makes it anew from the database.
"""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from whoosh import index as whoosh_index
from whoosh import reading, writing
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import FileFormatError
from whoosh.index import FileIndex

from kmwiki.backends.whoosh_schema import schema
from kmwiki.errors import SearchUnavailable
from kmwiki.i18n import gettext as _

#: Goes up with every change to analysis.py or whoosh_schema.py: an index of another format is built anew.
FORMAT = 2

#: What can only come from files that are missing, cut short or overwritten.
CERTAIN_DAMAGE = (
    OSError,
    EOFError,
    zlib.error,
    pickle.UnpicklingError,
    struct.error,
    reading.CorruptIndexError,
    FileFormatError,
    whoosh_index.IndexError,
)
#: All that reading rubbish was seen to raise: Whoosh follows what it reads without looking.
DAMAGE = (
    *CERTAIN_DAMAGE,
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    NameError,
    TypeError,
    ValueError,
    reading.TermNotFound,
    writing.IndexingError,
)

log = logging.getLogger(__name__)


def unavailable() -> SearchUnavailable:
    """What readers are told while there is no index that can be read."""
    return SearchUnavailable(_("Search is being rebuilt. Please try again in a few minutes; all pages can be read."))


class IndexFolder:
    """Where the builds lie. Methods raise members of DAMAGE where it is not as it should be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> str:
        """The name of the build that counts."""
        build, made_in = (self.folder / "current").read_text(encoding="utf-8").split()
        if int(made_in) != FORMAT or not build.startswith("build-") or "/" in build:
            raise ValueError(f"{build} is of format {made_in}, not {FORMAT}")
        return build

    def open(self, build: str) -> FileIndex:
        """The Whoosh index of a build; our own schema spares unpickling the stored one."""
        return FileIndex(FileStorage(str(self.folder / build)), schema())  # type: ignore[no-untyped-call]

    def replace(self, fill: Callable[[FileIndex], None]) -> None:
        """Make a new build, have it filled, and let it take the current one's place; call inside locked()."""
        build = self._new_build()
        path = self.folder / build
        path.mkdir()
        fill(FileIndex.create(FileStorage(str(path)), schema()))  # type: ignore[no-untyped-call]
        self._point_to(build)
        self._sweep(build)
        log.info("built search index build=%s", build)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer of the folder, made if need be; SearchUnavailable while another one is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileStorage(str(self.folder)).lock("lock")  # type: ignore[no-untyped-call]
        if not lock.acquire(blocking=False):
            raise SearchUnavailable(_("The search index is being written by another process. Please try again."))
        try:
            yield
        finally:
            lock.release()

    def suspect(self, build: str) -> None:
        """Leave word for the worker that a build is damaged, if the folder can still be written."""
        with suppress(OSError):
            (self.folder / "suspect").write_text(build, encoding="utf-8")

    def is_suspect(self, build: str) -> bool:
        """Whether a reader met damage in the build."""
        path = self.folder / "suspect"
        return path.exists() and path.read_text(encoding="utf-8") == build

    def _new_build(self) -> str:
        numbers = [int(path.name.removeprefix("build-")) for path in self.folder.glob("build-*")]
        return f"build-{max(numbers, default=0) + 1}"

    def _point_to(self, build: str) -> None:
        beside = self.folder / "current.new"
        with beside.open("w", encoding="utf-8") as file:
            file.write(f"{build} {FORMAT}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self.folder / "current")

    def _sweep(self, build: str) -> None:
        """Remove other builds, those of killed writers too; who still reads one will find the new one."""
        (self.folder / "suspect").unlink(missing_ok=True)
        for path in self.folder.glob("build-*"):
            if path.name != build:
                shutil.rmtree(path, ignore_errors=True)
