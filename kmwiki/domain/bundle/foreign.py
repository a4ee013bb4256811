"""Reading a folder of foreign Markdown: each included file becomes what a new page, or a change of one, says.

Nothing of a text is lost: what the map names goes to its field, everything else, with its heading, to the
field that takes the rest. Addresses of other included files become addresses of pages, pictures become files
of the page, and an address that leads nowhere stays as it was written and is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from kmwiki.domain.bundle.container import ascii_name
from kmwiki.domain.bundle.foreign_addresses import Addresses
from kmwiki.domain.bundle.foreign_fields import fields_of
from kmwiki.domain.bundle.foreign_file import ForeignFile, parse_file
from kmwiki.domain.bundle.foreign_folder import Findings, ForeignFolder, Picture, leads_through, open_folder
from kmwiki.domain.bundle.foreign_map import ForeignMap
from kmwiki.domain.content import FileEntry
from kmwiki.domain.page_type import PageType
from kmwiki.domain.slugs import free_slug, slug_of
from kmwiki.errors import BundleError
from kmwiki.i18n import gettext as _


@dataclass(frozen=True)
class ForeignPage:
    """What one file says: `fields` are raw values, to be parsed like any other input."""

    id: str
    path: str
    slug: str
    title: str
    fields: Mapping[str, object]
    files: tuple[FileEntry, ...]


@dataclass(frozen=True)
class ForeignReading:
    """All pages of a folder, and the notes ("path:line: sentence") about what stays as it was written."""

    pages: tuple[ForeignPage, ...]
    notes: tuple[str, ...]
    pictures: Mapping[str, Picture]
    folder: ForeignFolder

    def picture_bytes(self, sha256: str) -> bytes:
        """The bytes of a file that a page names."""
        return self.folder.read_picture(self.pictures[sha256])


def read_foreign_folder(
    folder: Path,
    foreign_map: ForeignMap,
    page_type: PageType,
    slugs_here: Mapping[str, str] | None = None,
    is_taken: Callable[[str], bool] | None = None,
) -> ForeignReading:
    """Read a folder by a map.

    `slugs_here` gives the slugs of pages that are here already, by id; `is_taken` tells whether a slug is
    that of any page here. Raises BundleError with every fault, "path: sentence".
    """
    place = open_folder(folder)
    source = foreign_map.source or folder.resolve().name
    files = _read_files(place, foreign_map)
    slugs = _slugs(files, source, slugs_here or {}, is_taken or (lambda _slug: False))
    findings = Findings()
    addresses = Addresses(place, files, slugs, findings)
    pages = tuple(_page(file, slugs[file.path], source, foreign_map, page_type, addresses) for file in files)
    if findings.faults:
        raise _refused(findings.faults)
    return ForeignReading(pages, tuple(findings.notes), addresses.pictures, place)


def page_id(source: str, path: str) -> UUID:
    """The id of the page that a file of a corpus becomes: the same at every import."""
    return uuid5(NAMESPACE_URL, f"kmwiki:{source}/{path}")


def _read_files(folder: ForeignFolder, foreign_map: ForeignMap) -> list[ForeignFile]:
    files = []
    faults = []
    for path in folder.included(foreign_map.include):
        if leads_through(path, folder.links):
            faults.append(f"{ascii_name(path)}: {_('A symbolic link is not followed.')}")
            continue
        try:
            text = folder.read_text(path)
        except (OSError, ValueError) as error:
            faults.append(f"{ascii_name(path)}: {error}")
        else:
            files.append(parse_file(path, text, foreign_map))
    if not files and not faults:
        faults.append(_("The map includes no file of this folder."))
    if faults:
        raise _refused(faults)
    return files


def _slugs(
    files: Sequence[ForeignFile], source: str, slugs_here: Mapping[str, str], is_taken: Callable[[str], bool]
) -> dict[str, str]:
    """A slug for each path: the one that the page has here already, else a free one made from the title."""
    slugs = {}
    for file in files:
        if here := slugs_here.get(str(page_id(source, file.path))):
            slugs[file.path] = here
    given = set(slugs.values())
    for file in files:
        if file.path not in slugs:
            slugs[file.path] = free_slug(slug_of(file.title), lambda slug: slug in given or is_taken(slug))
            given.add(slugs[file.path])
    return slugs


def _page(
    file: ForeignFile,
    slug: str,
    source: str,
    foreign_map: ForeignMap,
    page_type: PageType,
    addresses: Addresses,
) -> ForeignPage:
    id = page_id(source, file.path)
    text, pictures = addresses.rewritten(file)
    fields = fields_of(file, text, foreign_map, page_type, id, addresses.findings)
    files = tuple(
        FileEntry(
            one.name,
            one.picture.sha256,
            one.picture.media_type,
            one.alt,
            foreign_map.credit_of_files,
            foreign_map.licence_of_files,
        )
        for one in pictures
    )
    return ForeignPage(str(id), file.path, slug, file.title, fields, files)


def _refused(faults: Sequence[str]) -> BundleError:
    return BundleError(_("The folder cannot be imported."), faults)
