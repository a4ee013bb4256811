"""Whether bundle.json agrees with itself, with the files of the bag, and with the page types of the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kmwiki.domain.bundle.index import (
    PATH,
    Index,
    PageEntry,
    RevisionEntry,
    TypeEntry,
    history_path,
    page_path,
)
from kmwiki.domain.bundle.page_markdown import KnownTypes
from kmwiki.domain.slugs import check_slug
from kmwiki.errors import UnknownPageType
from kmwiki.i18n import gettext as _

DEPTHS = ("short", "full")


def index_faults(index: Index, payload: Mapping[str, str], page_types: KnownTypes) -> list[str]:
    """Every fault; `payload` gives the digest of each file of the bag."""
    types = {(entry.type, entry.edition) for entry in index.types}
    faults = [fault for entry in index.types for fault in _type_faults(entry, page_types)]
    for page in index.pages:
        faults += [f"{PATH}: {page.slug!a}: {fault}" for fault in _page_faults(page, types)]
        faults += [fault for revision in page.revisions for fault in _file_faults(revision, payload)]
    faults += _double_faults(index)
    faults += _order_faults(index)
    faults += _payload_faults(index, payload)
    return faults


def _type_faults(entry: TypeEntry, page_types: KnownTypes) -> Iterator[str]:
    try:
        known = page_types.get(entry.type, entry.edition)
    except UnknownPageType:
        told = _("{file}: This site does not know edition {edition} of the page type {type}.")
        yield told.format(file=entry.path, edition=entry.edition, type=entry.type)
        return
    if known.digest != entry.digest:
        told = _("{file}: This site has another edition {edition} of the page type {type} than the bundle.")
        yield told.format(file=entry.path, edition=entry.edition, type=entry.type)


def _page_faults(page: PageEntry, types: set[tuple[str, int]]) -> Iterator[str]:
    for slug in (page.slug, *page.old_slugs):
        yield from check_slug(slug)
    if page.depth not in DEPTHS:
        yield _("The depth is neither short nor full.")
    if (page.type, page.edition) not in types:
        yield _("The page type is not among the types of the bundle.")
    if page.current.hidden:
        yield _("The published revision has no content.")
    if len({page.current.id, *page.ancestors}) <= len(page.ancestors):
        yield _("A revision stands twice among the ancestors.")
    if not _is_within([one.id for one in page.history], page.ancestors):
        yield _("The history is not in the order of the ancestors, or not among them.")
    for age, revision in enumerate(page.revisions):
        if revision.path != _expected_path(page, age, revision):
            yield _("The path of a revision is not the one of this format.")


def _is_within(ids: Iterable[str], longer: Iterable[str]) -> bool:
    """Whether the ids stand in the longer sequence in the same order."""
    rest = iter(longer)
    return all(id in rest for id in ids)


def _expected_path(page: PageEntry, age: int, revision: RevisionEntry) -> str:
    if revision.hidden:
        return ""
    if age == 0:
        return page_path(page.type, page.slug)
    return history_path(page.type, page.slug, len(page.history) + 1 - age)


def _file_faults(revision: RevisionEntry, payload: Mapping[str, str]) -> Iterator[str]:
    for file in revision.files:
        if not file.path.startswith("data/files/"):
            yield _("{file}: Files of pages lie in data/files/.").format(file=file.path)
        elif file.path not in payload:
            yield _("{file}: The file is missing.").format(file=file.path)
        elif payload[file.path] != file.sha256:
            yield _("{file}: The file is not the one that bundle.json names.").format(file=file.path)


def _double_faults(index: Index) -> Iterator[str]:
    told = _("{file}: {what} {name} stands twice.")
    for what, names in (
        (_("The page id"), [page.id for page in index.pages]),
        (_("The slug"), [page.slug for page in index.pages]),
        (_("The revision"), [revision.id for page in index.pages for revision in page.revisions]),
        (_("The page type"), [entry.path for entry in index.types]),
        (_("The withdrawn page"), [entry.id for entry in index.withdrawn]),
        (_("The page id"), [*{page.id for page in index.pages}, *{entry.id for entry in index.withdrawn}]),
    ):
        seen: set[str] = set()
        for name in names:
            if name in seen:
                yield told.format(file=PATH, what=what, name=ascii(name)[1:-1][:100])
            seen.add(name)


def _order_faults(index: Index) -> Iterator[str]:
    keys = [(page.type, page.slug) for page in index.pages]
    types = [(entry.type, entry.edition) for entry in index.types]
    withdrawn = [entry.id for entry in index.withdrawn]
    if keys != sorted(keys) or types != sorted(types) or withdrawn != sorted(withdrawn):
        yield _("{file}: Pages, types or withdrawn pages are not in their order.").format(file=PATH)


def _payload_faults(index: Index, payload: Mapping[str, str]) -> Iterator[str]:
    named = {PATH, *(entry.path for entry in index.types)}
    for page in index.pages:
        for revision in page.revisions:
            named.update((revision.path, *(file.path for file in revision.files)))
    named.discard("")
    for path in sorted(payload.keys() - named):
        yield _("{file}: bundle.json does not name this file.").format(file=path)
    for path in sorted(path for path in named - payload.keys() if not path.startswith("data/files/")):
        yield _("{file}: The file is missing.").format(file=ascii(path)[1:-1])
