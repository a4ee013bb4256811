"""Where the links and pictures of foreign files lead once their files are pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from kmwiki.domain.bundle.container import ascii_name
from kmwiki.domain.bundle.foreign_file import ForeignFile
from kmwiki.domain.bundle.foreign_folder import Findings, ForeignFolder, Picture, leads_through, target
from kmwiki.domain.bundle.foreign_links import Form, Link, label_key, path_of, replace_addresses
from kmwiki.domain.bundle.names import clash_key, portable_name
from kmwiki.i18n import gettext as _

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NOT_IN_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class PagePicture:
    """A picture as a file of one page."""

    name: str
    picture: Picture
    alt: str


class Addresses:
    """Rewrites the addresses of all files of one folder; collects pictures and findings on the way."""

    def __init__(
        self,
        folder: ForeignFolder,
        files: Sequence[ForeignFile],
        slugs: Mapping[str, str],
        findings: Findings,
    ) -> None:
        self._folder = folder
        self._files = {file.path: file for file in files}
        self._slugs = slugs
        self._seen: dict[str, Picture | None] = {}
        self.pictures: dict[str, Picture] = {}
        self.findings = findings

    def rewritten(self, file: ForeignFile) -> tuple[str, tuple[PagePicture, ...]]:
        """The text with its new addresses, in as many lines, and the pictures of the page."""
        page = _Page(self, file)
        text = replace_addresses(file.text, file.links, page.new_address)
        return text, tuple(page.pictures.values())

    def page_address(self, path: str, fragment: str) -> str | None:
        """The address of the page that an included file becomes."""
        file = self._files.get(path)
        return f"/pages/{self._slugs[path]}{field_anchor(file, fragment)}" if file else None

    def picture(self, path: str) -> Picture | None:
        if path not in self._seen:
            try:
                self._seen[path] = self._folder.picture(path)
            except (OSError, ValueError) as error:
                self._seen[path] = None
                self.findings.faults.append(f"{ascii_name(path)}: {error}")
        picture = self._seen[path]
        if picture:
            self.pictures[picture.sha256] = picture
        return picture

    def is_link(self, path: str) -> bool:
        return leads_through(path, self._folder.links)

    def is_file(self, path: str) -> bool:
        return path in self._folder.files


class _Page:
    """The addresses of one file."""

    def __init__(self, all: Addresses, file: ForeignFile) -> None:
        self._all = all
        self._file = file
        self._alts = {label_key(use.label): use.words for use in reversed(file.uses) if use.is_image}
        self._names: set[str] = set()
        self.pictures: dict[str, PagePicture] = {}

    def new_address(self, link: Link) -> str | None:
        """What is to stand in place of the address (of an `<img>`: of the tag), None to leave it as it is."""
        if not link.address or link.address.startswith("//") or _SCHEME.match(link.address):
            return None
        path, fragment = path_of(link.address)
        if not path:
            return self._own_anchor(link, fragment)
        found = target(self._file.path, path)
        if found is not None and self._all.is_link(found):
            self._all.findings.faults.append(self._told(link, _("“{address}” is a symbolic link.")))
            return None
        page = self._all.page_address(found, fragment) if found and link.form is not Form.HTML_IMAGE else None
        return page or self._picture_address(link, found)

    def _own_anchor(self, link: Link, fragment: str) -> str | None:
        anchor = field_anchor(self._file, fragment)
        return anchor if anchor.startswith("#field-") else None

    def _picture_address(self, link: Link, path: str | None) -> str | None:
        picture = self._all.picture(path) if path and self._all.is_file(path) else None
        if picture is None:
            self._note(link, path)
            return None
        alt = self._alts.get(label_key(link.label), "") if link.form is Form.DEFINITION else link.words
        name = self._attached(picture, " ".join(alt.split()) if link.form is not Form.LINK else "")
        return f"![{alt}]({name})" if link.form is Form.HTML_IMAGE else name

    def _attached(self, picture: Picture, alt: str) -> str:
        """The name of the picture among the files of the page; the same bytes are one file."""
        known = self.pictures.get(picture.sha256)
        if known is None:
            known = PagePicture(self._free_name(picture.path), picture, alt)
            self._names.add(clash_key(known.name))
        elif not known.alt:
            known = PagePicture(known.name, picture, alt)
        self.pictures[picture.sha256] = known
        return known.name

    def _free_name(self, path: str) -> str:
        stem, suffix = posixpath.splitext(_NOT_IN_NAME.sub("-", portable_name(posixpath.basename(path))))
        names = (f"{stem}{f'-{number}' if number > 1 else ''}{suffix}" for number in count(1))
        return next(name for name in names if clash_key(name) not in self._names)

    def _note(self, link: Link, path: str | None) -> None:
        if path is None:
            sentence = _("“{address}” leads out of the folder and stays as it is.")
        elif self._all.is_file(path):
            sentence = _("“{address}” is a file that is not imported; the link stays as it is.")
        else:
            sentence = _("“{address}” leads to no file and stays as it is.")
        self._all.findings.notes.append(self._told(link, sentence))

    def _told(self, link: Link, sentence: str) -> str:
        line = self._file.text.count("\n", 0, link.start) + 1
        return f"{ascii_name(self._file.path)}:{line}: {sentence.format(address=ascii_name(link.address))}"


def field_anchor(file: ForeignFile, fragment: str) -> str:
    """Where on its page the heading of a file is now; a fragment that is no heading stays."""
    field = file.anchors.get(fragment.lower())
    return f"#field-{field}" if field else f"#{fragment}" if fragment else ""
