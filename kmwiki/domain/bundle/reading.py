"""Reading a bundle: everything that can be checked without a database is checked before anything is given.

What is wrong is collected as far as reading can go on, each fault as "file: sentence".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO

from kmwiki.domain.bundle import index
from kmwiki.domain.bundle.bag_check import check_bag, read_bytes, read_text
from kmwiki.domain.bundle.container import Container, Limits, open_container, reading
from kmwiki.domain.bundle.index import Index, PageEntry, RevisionEntry
from kmwiki.domain.bundle.index_check import index_faults
from kmwiki.domain.bundle.page_markdown import KnownTypes, PageFileFault, read_page
from kmwiki.domain.bundle.records import BundledFile, BundledPage, BundledRevision, Withdrawn
from kmwiki.domain.content import Content
from kmwiki.errors import BundleError
from kmwiki.i18n import gettext as _

_ROW_NUMBER = re.compile(r"[a-z]{1,20}([0-9]{1,9})")
CheckPage = Callable[[BundledPage], Iterable[str]]


class BagReading:
    """A bundle that has passed every check. Close it, or use it in a `with` block."""

    def __init__(self, container: Container, contents: Index, page_types: KnownTypes, limits: Limits) -> None:
        self._container = container
        self._index = contents
        self._page_types = page_types
        self._limits = limits
        self.withdrawn: tuple[Withdrawn, ...] = contents.withdrawn
        self.files: Mapping[str, BundledFile] = dict(_files(contents, container))

    @property
    def page_count(self) -> int:
        return len(self._index.pages)

    @property
    def page_ids(self) -> tuple[str, ...]:
        return tuple(entry.id for entry in self._index.pages)

    def pages(self) -> Iterator[BundledPage]:
        """The pages in the order of type and slug; each is read when it is asked for."""
        for entry in self._index.pages:
            yield self._page(entry)

    def open_file(self, sha256: str) -> AbstractContextManager[IO[bytes]]:
        """The bytes of an attachment."""
        return reading(self._container, self.files[sha256].path)

    def close(self) -> None:
        self._container.close()

    def __enter__(self) -> BagReading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check_contents(self, check_page: CheckPage | None) -> list[str]:
        """The faults of all page files, and those that `check_page` tells of pages that can be read."""
        faults = []
        for entry in self._index.pages:
            found = [fault for revision in entry.revisions for fault in self._content_faults(entry, revision)]
            if not found and check_page:
                found = [f"{entry.current.path}: {fault}" for fault in check_page(self._page(entry))]
            faults += found
        return faults

    def _content_faults(self, entry: PageEntry, revision: RevisionEntry) -> Iterator[str]:
        if revision.hidden:
            return
        try:
            content = self._content(revision, is_checked=False)
        except PageFileFault as error:
            yield from (f"{revision.path}: {fault}" for fault in error.faults)
            return
        except BundleError as error:
            yield from error.faults
            return
        yield from (f"{revision.path}: {fault}" for fault in _differences(entry, revision, content))

    def _page(self, entry: PageEntry) -> BundledPage:
        current, *history = (self._revision(one) for one in entry.revisions)
        return BundledPage(
            entry.id,
            entry.slug,
            entry.type,
            entry.edition,
            entry.depth,
            current,
            tuple(history),
            entry.ancestors,
            entry.row_counter,
            entry.row_aliases,
            entry.old_slugs,
        )

    def _revision(self, entry: RevisionEntry) -> BundledRevision:
        content = None if entry.hidden else self._content(entry, is_checked=True)
        return BundledRevision(entry.id, entry.digest, content, entry.publication, entry.hidden)

    def _content(self, entry: RevisionEntry, *, is_checked: bool) -> Content:
        try:
            text = read_bytes(self._container, entry.path, self._limits.page_bytes).decode("utf-8")
        except UnicodeDecodeError:
            raise PageFileFault(_("The text is not UTF-8.")) from None
        return read_page(text, self._page_types, is_checked=is_checked)


def read_bag(
    path: Path, page_types: KnownTypes, check_page: CheckPage | None = None, limits: Limits | None = None
) -> BagReading:
    """Open a bundle, a zip or a folder, and check all of it.

    `check_page` adds faults of its own kind to the same pass (fields, links), as sentences without the file.
    Raises BundleError with every fault.
    """
    limits = limits or Limits()
    container = open_container(path, limits)
    try:
        return _checked(container, page_types, check_page, limits)
    except BundleError:
        container.close()
        raise


def _checked(container: Container, page_types: KnownTypes, check_page: CheckPage | None, limits: Limits) -> BagReading:
    faults: list[str] = []
    payload = check_bag(container, limits, faults)
    contents = index.read_index(read_text(container, index.PATH, limits.index_bytes, faults), faults)
    disagreements = index_faults(contents, payload, page_types)
    bag = BagReading(container, contents, page_types, limits)
    # Contents of pages that the index does not describe as they are would only repeat its faults.
    faults += disagreements or bag.check_contents(check_page)
    if faults:
        raise BundleError(_("The bundle cannot be imported."), list(dict.fromkeys(faults)))
    return bag


def _files(contents: Index, container: Container) -> Iterator[tuple[str, BundledFile]]:
    for page in contents.pages:
        for revision in page.revisions:
            for file in revision.files:
                yield file.sha256, BundledFile(file.path, file.sha256, container.sizes.get(file.path, 0))


def _differences(entry: PageEntry, revision: RevisionEntry, content: Content) -> Iterator[str]:
    """Where the content is not what bundle.json says."""
    if content.digest() != revision.digest:
        yield _("The content has not the digest that bundle.json names.")
    if content.type != entry.type:
        yield _("The page type is not the one that bundle.json names.")
    if [(file.name, file.sha256) for file in content.files] != [(one.name, one.sha256) for one in revision.files]:
        yield _("The files are not those that bundle.json names.")
    if revision is entry.current and (content.edition, content.licence) != (entry.edition, entry.licence):
        yield _("Edition or licence are not those that bundle.json names.")
    if revision is entry.current and _highest_row(content.fields) > entry.row_counter:
        yield _("A row has a higher number than the row counter.")


def _highest_row(fields: Mapping[str, object]) -> int:
    ids = (row.get("id") for rows in fields.values() if isinstance(rows, list) for row in rows if isinstance(row, dict))
    numbers = [_ROW_NUMBER.fullmatch(id) for id in ids if isinstance(id, str)]
    return max((int(match[1]) for match in numbers if match), default=0)
