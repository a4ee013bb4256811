"""A site's own words and levels for the fields of a page type, from `<type>/site.yaml`.

The type itself stays what its file says, digest and source included: other sites are sent that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from kmwiki.domain.data_file import DataFaults, Node, read_node
from kmwiki.domain.page_type import Field, Limit, NotApplicable, Notice, PageType, Remedy, Rule, Section
from kmwiki.domain.problems import Level
from kmwiki.domain.words import Words

#: The file beside the editions of a type; it is none of them.
SITE_FILE = "site.yaml"
HIDDEN = "hidden"
_LEVELS = (Level.SHORT, Level.FULL, Level.OPTIONAL, HIDDEN)
_WORDS = ("label", "guidance", "example")


@dataclasses.dataclass(frozen=True)
class FieldWords:
    """What a site says of one field; None and absent words: as in the type's file."""

    level: str | None
    words: Mapping[str, Words]

    def reworded(self, field: Field) -> Field:
        return dataclasses.replace(field, **self.words)  # type: ignore[arg-type]

    def levelled(self, field: Field) -> Field:
        if self.level is None:
            return field
        if self.level == HIDDEN:
            return dataclasses.replace(field, level=Level.OPTIONAL, hidden=True, preset=None)
        level = Level(self.level)
        offered = NotApplicable() if level is Level.FULL and field.level is not Level.FULL else None
        return dataclasses.replace(field, level=level, not_applicable=field.not_applicable or offered)


def with_site_words(
    page_types: Sequence[PageType], folders: Sequence[Path], faults: DataFaults
) -> list[PageType]:
    """The types as the site wants them: words in every edition that has the field, levels in the newest."""
    newest = {found.name: found for found in sorted(page_types, key=lambda found: found.edition)}
    said: dict[str, dict[str, FieldWords]] = {}
    for name, node in _files(folders, faults):
        if name not in newest:
            node.fault(f"there is no page type “{name}”")
            continue
        found = dict(_read(node, newest[name]))
        said.setdefault(name, {}).update(found)
        for place, fault in _loose_ends(newest[name], found):
            faults.add(node.file, place, fault)
    return [
        _applied(page_type, said.get(page_type.name, {}), page_type is newest[page_type.name])
        for page_type in page_types
    ]


def _files(folders: Sequence[Path], faults: DataFaults) -> Iterator[tuple[str, Node]]:
    for path in (path for folder in folders for path in sorted(folder.glob(f"*/{SITE_FILE}"))):
        name = path.parent.name
        if name != "vocabularies" and (node := read_node(path, f"{name}/{path.name}", faults)):
            yield name, node


# ---- reading


def _read(node: Node, page_type: PageType) -> Iterator[tuple[str, FieldWords]]:
    fields = node.node("fields")
    if fields is None:
        node.fault("is missing", "fields")
    for id, given in fields.rest().items() if fields else ():
        own = Node(given, node.file, id, node.faults)
        if id not in page_type.fields:
            own.fault(f"there is no such field in {page_type.name}, edition {page_type.edition}")
        yield id, _read_field(own)
    node.refuse_rest()


def _read_field(node: Node) -> FieldWords:
    level = node.one_of("level", _LEVELS) if node.has("level") else None
    if level is not None and node.place == "title":
        node.fault("every page has a title: its level stays", "level")
    words = {name: found for name in _WORDS if (found := node.words_or_none(name))}
    node.refuse_rest()
    return FieldWords(level or None, words)


def _loose_ends(page_type: PageType, said: Mapping[str, FieldWords]) -> Iterator[tuple[str, str]]:
    """Fields that are asked while what they hang on is hidden."""
    changed = _applied(page_type, said, is_newest=True)
    hidden = {field.id for field in changed.fields.values() if field.hidden}
    for field in changed.fields.values():
        if field.hidden:
            continue
        if field.when and field.when.field in hidden and field.level is not Level.OPTIONAL:
            yield field.when.field, f"is hidden, but whether “{field.id}” is needed hangs on it: hide that too"
        for part in (field, *field.columns):
            if part.kind == "row" and part.rows_of in hidden:
                yield part.rows_of, f"is hidden, but “{field.id}” names its rows: hide that too"


# ---- applying


def _applied(page_type: PageType, said: Mapping[str, FieldWords], is_newest: bool) -> PageType:
    if not said:
        return page_type

    def changed(field: Field) -> Field:
        own = said.get(field.id)
        if own is None:
            return field
        return own.levelled(own.reworded(field)) if is_newest else own.reworded(field)

    sections = tuple(_with_fields(section, changed) for section in page_type.sections)
    hidden = {field.id for section in sections for field in section.fields if field.hidden}
    rules = tuple(rule for rule in page_type.rules if not hidden & _fields_of(rule))
    return dataclasses.replace(page_type, sections=sections, rules=rules)


def _with_fields(section: Section, changed: Callable[[Field], Field]) -> Section:
    return dataclasses.replace(section, fields=tuple(changed(field) for field in section.fields))


def _fields_of(rule: Rule) -> set[str]:
    """The fields that a rule looks at; it falls away where one of them is hidden."""
    match rule:
        case Limit() | Notice():
            return {rule.field}
        case Remedy():
            return {rule.needs, rule.interventions}
