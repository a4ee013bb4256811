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
from kmwiki.domain.kinds import COLUMN_KINDS, KINDS, Kind
from kmwiki.domain.kinds.words_of_input import near_misses
from kmwiki.domain.page_type import (
    Field,
    Limit,
    NotApplicable,
    Notice,
    PageType,
    Remedy,
    ReviewerQuestion,
    Rule,
    Section,
    When,
)
from kmwiki.domain.page_type_check import check_page_type
from kmwiki.domain.problems import Level
from kmwiki.domain.vocabulary import Vocabularies
from kmwiki.errors import PageTypeError, UnknownPageType
from kmwiki.i18n import gettext as _

SECTIONS = ("short", "full", "found")
SIGNS = ("need", "practice", "case", "plain")
#: The folder of the fields that every type has.
COMMON = "common"
#: The folder of a site\'s own vocabularies, beside its types.
VOCABULARIES = "vocabularies"
_FIELD_LEVELS = (Level.DRAFT, Level.SHORT, Level.FULL, Level.OPTIONAL)
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TYPE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PREFIX = re.compile(r"[a-z]{1,4}")
#: Members that only some kinds take.
_MEMBERS_OF_KINDS = frozenset(
    {"length", "vocabulary", "types", "rows_of", "relation", "prefix", "columns", "minimum", "maximum"}
)
#: What the names of a form mean beside the columns of a row.
_RESERVED_COLUMNS = frozenset({"id", "uid", "add", "remove", "up", "down", "duplicate"})


class PageTypes:
    """All editions of all page types of a site."""

    def __init__(self, page_types: Sequence[PageType]) -> None:
        self._editions: dict[str, dict[int, PageType]] = {}
        for page_type in sorted(page_types, key=lambda found: found.edition):
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
        if path.parent.name != COMMON:
            page_type = _read_page_type(node, path, common)
            key = (page_type.name, page_type.edition)
            if key in read:
                node.fault("this edition of the type is in another folder already", "edition")
            read[key] = (page_type, node)
    page_types = PageTypes([page_type for page_type, _node in read.values()])
    for page_type, node in read.values():
        check_page_type(page_type, page_types, vocabularies, node.file, faults)
    if faults.found:
        raise PageTypeError(faults.found)
    return page_types


def _nodes(folders: Sequence[Path], type_name: str, faults: DataFaults) -> Iterator[tuple[Path, Node]]:
    for path in (path for folder in folders for path in sorted(folder.glob(f"{type_name}/*.yaml"))):
        if path.parent.name == VOCABULARIES:
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
        fields.setdefault(section, []).append(_read_field(field_node))
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
        sign=_one_of(node, "sign", SIGNS),
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
        rules=tuple(rule for rule in map(_read_rule, node.nodes("rules")) if rule),
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
    own = tuple(_read_field(_at_root(field)) for field in node.nodes("fields"))
    section = Section(id, node.words("label"), own + added.fields.get(id, ()))
    node.refuse_rest()
    return section


def _at_root(node: Node) -> Node:
    """Fields are named by their own id, without the section that they stand in."""
    node.place = node.place.partition(".")[2]
    return node


def _read_field(node: Node, column: bool = False) -> Field:
    kind_name = node.text("kind")
    kind = _kind_of(node, kind_name, COLUMN_KINDS if column else KINDS)
    level = Level.OPTIONAL if column else _read_level(node)
    field = Field(
        id=_read_id(node),
        kind=kind_name,
        label=node.words("label"),
        guidance=node.words_or_none("guidance"),
        example=node.words_or_none("example"),
        level=level,
        minimum=node.number("minimum"),
        maximum=node.number("maximum"),
        length=node.number("length", least=1),
        vocabulary=node.texts("vocabulary"),
        types=node.texts("types"),
        rows_of=node.text("rows_of", default="") or None,
        relation=node.text("relation", default="") or None,
        prefix=node.text("prefix", default="r"),
        preset=node.value("preset"),
        not_applicable=None if column else _read_not_applicable(node, level),
        when=None if column else _read_when(node),
        facet=node.text("facet", default="") or None,
        card=node.truth("card"),
        columns=tuple(_read_field(found, column=True) for found in node.nodes("columns")),
        required=node.truth("required") if column else False,
    )
    _check_members(node, field, kind)
    node.refuse_rest()
    return field


def _kind_of(node: Node, name: str, kinds: Mapping[str, Kind]) -> Kind | None:
    if name not in kinds:
        near = near_misses(name, {known: known for known in kinds})
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        node.fault(f"there is no kind “{name}” here{hint}", "kind")
    return kinds.get(name)


def _check_members(node: Node, field: Field, kind: Kind | None) -> None:
    for member in sorted(_MEMBERS_OF_KINDS) if kind else ():
        assert kind is not None
        if node.has(member) and member not in kind.takes:
            node.fault(f"does not go with the kind {field.kind}", member)
        if not node.has(member) and member in kind.needs:
            node.fault(f"is missing; the kind {field.kind} needs it", member)
    if not _PREFIX.fullmatch(field.prefix):
        node.fault("is not one to four small letters", "prefix")
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        node.fault("is greater than maximum", "minimum")
    ids = [column.id for column in field.columns]
    for id in sorted({id for id in ids if ids.count(id) > 1 or id in _RESERVED_COLUMNS or id == field.id}):
        node.fault(f"“{id}” stands twice, or is kept for other uses", "columns")


def _read_id(node: Node) -> str:
    id = node.text("id")
    if not _ID.fullmatch(id):
        node.fault("is not made of small letters, digits and underscores", "id")
    return id


def _read_level(node: Node) -> Level:
    return Level(_one_of(node, "level", _FIELD_LEVELS) or Level.OPTIONAL)


def _one_of(node: Node, name: str, known: Sequence[str]) -> str:
    value = node.text(name)
    if value not in known:
        node.fault(f"is none of {', '.join(known)}", name)
        return ""
    return value


def _read_not_applicable(node: Node, level: Level) -> NotApplicable | None:
    standard = NotApplicable()
    value = node.value("not_applicable")
    if value is None:
        return standard if level is Level.FULL else None
    if isinstance(value, bool):
        return standard if value else None
    words = node.node("not_applicable")
    assert words is not None
    found = NotApplicable(
        label=words.words_or_none("label") or standard.label,
        reason=words.words_or_none("reason") or standard.reason,
    )
    words.refuse_rest()
    return found


def _read_when(node: Node) -> When | None:
    condition = node.node("when")
    if condition is None:
        return None
    when = When(
        field=condition.text("field"),
        column=condition.text("column", default="") or None,
        any_of=condition.texts("any_of"),
        none_of=condition.texts("none_of"),
    )
    if not when.any_of and not when.none_of:
        condition.fault("names neither any_of nor none_of", "when")
    condition.refuse_rest()
    return when


def _read_renamed(node: Node) -> dict[str, str]:
    names = node.node("renamed")
    return {old: names.text(old) for old in names.rest()} if names else {}


def _read_rule(node: Node) -> Rule | None:
    rule: Rule | None = None
    id, message = node.text("id"), node.words("message")
    match node.text("kind"):
        case "limit":
            level = Level(_one_of(node, "level", (Level.SHORT, Level.FULL)) or Level.SHORT)
            rule = Limit(id, node.text("field"), level, node.texts("any_of"), message)
        case "notice":
            column = node.text("column", default="") or None
            rule = Notice(id, node.text("field"), column, node.texts("any_of"), message)
        case "remedy":
            rule = Remedy(id, node.text("needs"), node.text("interventions"), message)
        case unknown:
            node.fault(f"there is no kind of rule “{unknown}”", "kind")
            return None
    node.refuse_rest()
    return rule
