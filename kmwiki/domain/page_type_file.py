"""Reading page types from their files, `<type>/<edition>.yaml`, and the fields common to all from `common/`.

Every fault of every file is told at once: file, field, fault. What needs several fields or files to judge is
in page_type_check.py.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kmwiki.domain.data_file import DataFaults, Node, read_node
from kmwiki.domain.field_file import read_field, read_rule
from kmwiki.domain.page_type import Field, PageType, ReviewerQuestion, Section
from kmwiki.domain.page_type_check import check_page_type
from kmwiki.domain.site_words import SiteWords, combined, worded
from kmwiki.domain.site_words_file import SITE_FILE, read_site_words
from kmwiki.domain.vocabulary import Vocabularies
from kmwiki.errors import PageTypeError, UnknownPageType
from kmwiki.i18n import gettext as _

SECTIONS = ("short", "full", "found")
SIGNS = ("need", "practice", "case", "plain")
COMMON = "common"
#: The folders beside those of the types: fields that every type has, and a site's own vocabularies.
_NO_TYPES = (COMMON, "vocabularies")
_TYPE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class PageTypes:
    """All editions of all page types of a site, with what the site says of their fields."""

    def __init__(self, page_types: Sequence[PageType], said: SiteWords | None = None) -> None:
        self._as_filed, self._said = tuple(page_types), said or {}
        self._editions: dict[str, dict[int, PageType]] = {}
        for page_type in sorted(worded(page_types, self._said), key=lambda found: found.edition):
            self._editions.setdefault(page_type.name, {})[page_type.edition] = page_type

    def get(self, name: str, edition: int | None = None) -> PageType:
        """This edition of the type, the newest where none is named; raises UnknownPageType."""
        editions = self._editions.get(name, {})
        found = editions.get(max(editions, default=0) if edition is None else edition)
        if found is None:
            raise UnknownPageType(_("This site has no such type of page."))
        return found

    def names(self) -> tuple[str, ...]:
        return tuple(self._editions)

    def newest(self) -> tuple[PageType, ...]:
        return tuple(self.get(name) for name in self._editions)

    def editions(self, name: str) -> tuple[PageType, ...]:
        """All editions of a type, the oldest first."""
        return tuple(self._editions.get(name, {}).values())

    def with_words(self, said: SiteWords) -> PageTypes:
        """The same types with these words of the site on top of those that its files say."""
        return PageTypes(self._as_filed, combined(self._said, said))


@dataclass(frozen=True)
class _Common:
    """One edition of the common fields: for each section those that are added to it."""

    source: bytes
    fields: Mapping[str, tuple[Field, ...]]


def load_page_types(folders: Sequence[Path], vocabularies: Vocabularies) -> PageTypes:
    """Read every page type of the folders; raises PageTypeError with all faults of all files."""
    faults = DataFaults()
    common = {
        int(path.stem): _read_common(node, path)
        for path, node in _nodes(folders, COMMON, faults)
        if path.stem.isdecimal()
    }
    read: dict[tuple[str, int], tuple[PageType, Node]] = {}
    for path, node in _nodes(folders, "*", faults):
        page_type = _read_page_type(node, path, common)
        key = (page_type.name, page_type.edition)
        if key in read:
            node.fault("this edition of the type is in another folder already", "edition")
        read[key] = (page_type, node)
    page_types = PageTypes([page_type for page_type, _node in read.values()])
    for page_type, node in read.values():
        check_page_type(page_type, page_types, vocabularies, node.file, faults)
    as_filed = [page_type for page_type, _node in read.values()]
    said = read_site_words(as_filed, folders, faults)
    if faults.found:
        raise PageTypeError(faults.found)
    return PageTypes(as_filed, said)


def _nodes(folders: Sequence[Path], pattern: str, faults: DataFaults) -> Iterator[tuple[Path, Node]]:
    """The files in the folder of this name, or for "*" in those of all types."""
    for path in (path for folder in folders for path in sorted(folder.glob(f"{pattern}/*.yaml"))):
        if path.name == SITE_FILE or (pattern == "*" and path.parent.name in _NO_TYPES):
            continue
        if node := read_node(path, f"{path.parent.name}/{path.name}", faults):
            yield path, node


def _read_common(node: Node, path: Path) -> _Common:
    if str(node.number("common", least=1)) != path.stem:
        node.fault(f"is not the number in the name of the file, {path.name}", "common")
    fields: dict[str, list[Field]] = {section: [] for section in SECTIONS}
    for field_node in node.nodes("fields"):
        section = field_node.text("section")
        if section not in SECTIONS:
            field_node.fault(f"is none of {', '.join(SECTIONS)}", "section")
        fields.setdefault(section, []).append(read_field(field_node))
    node.refuse_rest()
    return _Common(path.read_bytes(), {section: tuple(found) for section, found in fields.items()})


def _read_page_type(node: Node, path: Path, common: Mapping[int, _Common]) -> PageType:
    name, edition = _check_name(node, path)
    added = _common_of(node, common)
    source = path.read_bytes()
    sections = tuple(_read_section(section, added) for section in node.nodes("sections"))
    if tuple(section.id for section in sections) != SECTIONS:
        node.fault(f"must be {', '.join(SECTIONS)}, in this order", "sections")
    page_type = PageType(
        name=name,
        edition=edition,
        digest=hashlib.sha256(source + added.source).hexdigest(),
        label=node.words("label"),
        plural=node.words("plural"),
        invitation=node.words("invitation"),
        sign=node.one_of("sign", SIGNS),
        sections=sections,
        source=source.decode("utf-8"),
        check_again_months=node.number("check_again_months", least=1),
        summary=node.text("summary", default="") or None,
        renamed=_read_renamed(node),
        dropped=node.texts("dropped"),
        release_note=node.words_or_none("release_note"),
        reviewer_questions=tuple(
            ReviewerQuestion(question.text("id"), question.words("label"))
            for question in node.nodes("reviewer_questions")
        ),
        rules=tuple(rule for rule in map(read_rule, node.nodes("rules")) if rule),
    )
    node.refuse_rest()
    return page_type


def _check_name(node: Node, path: Path) -> tuple[str, int]:
    """Type and edition, which must be those of the path; the path counts where they are not."""
    name, edition = node.text("type"), node.number("edition", least=1)
    if name != path.parent.name or not _TYPE_NAME.fullmatch(name):
        node.fault(f"does not match the folder {path.parent.name}, or is no lower-case name", "type")
    if edition is None or str(edition) != path.stem:
        node.fault(f"is not the number in the name of the file, {path.name}", "edition")
    return path.parent.name, edition or 0


def _common_of(node: Node, common: Mapping[int, _Common]) -> _Common:
    edition = node.number("common", least=1)
    if edition is not None and edition not in common:
        node.fault(f"there is no edition {edition} of the common fields", "common")
    return common.get(edition or 0, _Common(b"", {}))


def _read_section(node: Node, added: _Common) -> Section:
    id = node.text("id")
    own = tuple(read_field(_at_root(field)) for field in node.nodes("fields"))
    section = Section(id, node.words("label"), own + added.fields.get(id, ()))
    node.refuse_rest()
    return section


def _at_root(node: Node) -> Node:
    """Fields are named by their own id, without the section that they stand in."""
    node.place = node.place.partition(".")[2]
    return node


def _read_renamed(node: Node) -> dict[str, str]:
    names = node.node("renamed")
    return {old: names.text(old) for old in names.rest()} if names else {}
