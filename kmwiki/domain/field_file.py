"""Reading the fields, columns and rules of a page type from its file, one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kmwiki.domain.data_file import Node
from kmwiki.domain.kinds import COLUMN_KINDS, KINDS, Kind
from kmwiki.domain.kinds.words_of_input import near_misses
from kmwiki.domain.page_type import Field, Limit, NotApplicable, Notice, Remedy, Rule, When
from kmwiki.domain.problems import Level

_FIELD_LEVELS = (Level.DRAFT, Level.SHORT, Level.FULL, Level.OPTIONAL)
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PREFIX = re.compile(r"[a-z]{1,4}")
#: Members that only some kinds take.
_MEMBERS_OF_KINDS = frozenset(
    {"length", "vocabulary", "types", "rows_of", "relation", "prefix", "columns", "minimum", "maximum"}
)
#: What the names of a form mean beside the columns of a row.
_RESERVED_COLUMNS = frozenset({"id", "uid", "add", "remove", "up", "down", "duplicate"})


def read_field(node: Node, column: bool = False) -> Field:
    """A field; or a column of rows, which has no level and no condition but can be required."""
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
        columns=tuple(read_field(found, column=True) for found in node.nodes("columns")),
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
    given = {member for member in _MEMBERS_OF_KINDS if node.has(member)}
    for member in sorted(given - kind.takes) if kind else ():
        node.fault(f"does not go with the kind {field.kind}", member)
    for member in sorted(kind.needs - given) if kind else ():
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
    return Level(node.one_of("level", _FIELD_LEVELS) or Level.OPTIONAL)


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


def read_rule(node: Node) -> Rule | None:
    rule: Rule | None = None
    id, message = node.text("id"), node.words("message")
    match node.text("kind"):
        case "limit":
            level = Level(node.one_of("level", (Level.SHORT, Level.FULL)) or Level.SHORT)
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
