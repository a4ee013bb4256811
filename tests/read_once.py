"""What the sites of all tests read alike is read once a process: vocabularies, page types, compiled templates.

Reading them takes a third of a second, for each of thousands of tests. Folders of a test's own are read as ever.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

import kmwiki.site

_PACKAGE = Path(kmwiki.site.__file__).parent


def read_data_and_templates_once() -> None:
    """From here on, in this process."""
    kmwiki.site.load_vocabularies = _once(kmwiki.site.load_vocabularies)  # type: ignore[assignment]
    kmwiki.site.load_page_types = _once(kmwiki.site.load_page_types)  # type: ignore[assignment]
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Compiled()}


def _once(load: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, which keeps what it made of the shipped folders; what is kept is never changed."""
    kept: dict[tuple[int, ...], Any] = {}

    def loaded(folders: Sequence[Path], *more: object, **named: object) -> Any:
        key = tuple(id(argument) for argument in more)
        if named or any(_PACKAGE not in Path(folder).parents for folder in folders):
            return load(folders, *more, **named)
        if key not in kept:
            kept[key] = (load(folders, *more), more)  # with what it was made of: an id must not be given again
        return kept[key][0]

    return loaded


class _Compiled(BytecodeCache):
    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code
