"""Where in a bundle the files of one page lie."""

from __future__ import annotations

from kmwiki.domain.bundle.index import FilePlace
from kmwiki.domain.bundle.names import clash_key, portable_name
from kmwiki.domain.content import FileEntry

_HISTORY = "history"


class FilePlaces:
    """Gives each file its path: those of the current revision first, then those that only older ones use.

    `data/files/<slug>/<name>`; `data/files/<slug>/history/<sha256[:16]>-<name>` for versions that only older
    revisions use, and for a name that another file of the page, or the folder itself, has already.
    """

    def __init__(self, slug: str) -> None:
        self._folder = f"data/files/{slug}"
        self._taken = {_HISTORY}
        self._paths: dict[str, str] = {}

    def place(self, file: FileEntry, *, is_current: bool) -> FilePlace:
        path = self._current(file) if is_current else self._paths.get(file.sha256)
        path = path or self._older(file)
        self._paths.setdefault(file.sha256, path)
        return FilePlace(file.name, file.sha256, path)

    def _current(self, file: FileEntry) -> str | None:
        name = portable_name(file.name)
        if clash_key(name) in self._taken:
            return self._paths.get(file.sha256)
        self._taken.add(clash_key(name))
        return f"{self._folder}/{name}"

    def _older(self, file: FileEntry) -> str:
        return f"{self._folder}/{_HISTORY}/{file.sha256[:16]}-{portable_name(file.name)}"
