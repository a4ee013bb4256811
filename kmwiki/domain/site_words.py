"""A site's own words and levels for the fields of its page types: from a file, and on top of it from the browser.

The type itself stays what its file says, digest and source included: other sites are sent that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from kmwiki.domain.page_type import Field, Limit, NotApplicable, Notice, PageType, Remedy, Rule, Section
from kmwiki.domain.problems import Level
from kmwiki.domain.words import Words

HIDDEN = "hidden"
LEVELS = (Level.SHORT, Level.FULL, Level.OPTIONAL, HIDDEN)
#: What can be said in a site's own words.
WORDS = ("label", "guidance", "example")
#: Every page has it, whatever its type: its level stays.
ALWAYS_ASKED = "title"


@dataclasses.dataclass(frozen=True)
class FieldWords:
    """What a site says of one field; None and absent words: as in the type's file."""

    level: str | None = None
    words: Mapping[str, Words] = dataclasses.field(default_factory=dict)

    def over(self, earlier: FieldWords | None) -> FieldWords:
        """These on top of earlier ones."""
        if earlier is None:
            return self
        return FieldWords(self.level or earlier.level, {**earlier.words, **self.words})

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

    def to_json(self) -> dict[str, Any]:
        level = {"level": self.level} if self.level else {}
        return {**level, **{name: words.to_json() for name, words in self.words.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FieldWords:
        return cls(data.get("level"), {name: Words(data[name]) for name in WORDS if name in data})


#: What a site says of the fields of one type, and of all its types, by their names.
TypeWords: TypeAlias = Mapping[str, FieldWords]
SiteWords: TypeAlias = Mapping[str, TypeWords]


@dataclasses.dataclass(frozen=True)
class LooseEnd:
    """A field is hidden while another, which is `asked`, hangs on it: whether it is needed, or the rows it names."""

    hidden: str
    asked: str
    names_rows: bool


def combined(earlier: SiteWords, later: SiteWords) -> dict[str, dict[str, FieldWords]]:
    """The later words on top of the earlier ones, field by field."""
    names = dict.fromkeys((*earlier, *later))
    return {name: _combined_of_type(earlier.get(name, {}), later.get(name, {})) for name in names}


def _combined_of_type(earlier: TypeWords, later: TypeWords) -> dict[str, FieldWords]:
    return {**earlier, **{id: words.over(earlier.get(id)) for id, words in later.items()}}


def loose_ends(page_type: PageType) -> Iterator[LooseEnd]:
    """Fields that are asked while what they hang on is hidden."""
    hidden = {field.id for field in page_type.fields.values() if field.hidden}
    for field in page_type.fields.values():
        if field.hidden:
            continue
        if field.when and field.when.field in hidden and field.level is not Level.OPTIONAL:
            yield LooseEnd(field.when.field, field.id, names_rows=False)
        for part in (field, *field.columns):
            if part.kind == "row" and part.rows_of in hidden:
                yield LooseEnd(part.rows_of, field.id, names_rows=True)


def worded(page_types: Sequence[PageType], said: SiteWords) -> list[PageType]:
    """The types as the site wants them: words in every edition that has the field, levels in the newest."""
    newest = {found.name: found for found in sorted(page_types, key=lambda found: found.edition)}
    return [with_words(found, said.get(found.name, {}), found is newest[found.name]) for found in page_types]


def with_words(page_type: PageType, said: TypeWords, is_newest: bool = True) -> PageType:
    """One edition with what the site says of its fields; what it says of others is passed over."""
    if not said:
        return page_type

    def changed(field: Field) -> Field:
        own = said.get(field.id)
        if own is None:
            return field
        return own.levelled(own.reworded(field)) if is_newest else own.reworded(field)

    sections = tuple(
        dataclasses.replace(section, fields=tuple(changed(field) for field in section.fields))
        for section in page_type.sections
    )
    return dataclasses.replace(page_type, sections=sections, rules=_rules_left(page_type.rules, sections))


def _rules_left(rules: Sequence[Rule], sections: Sequence[Section]) -> tuple[Rule, ...]:
    """A rule falls away where a field that it looks at is hidden."""
    hidden = {field.id for section in sections for field in section.fields if field.hidden}
    return tuple(rule for rule in rules if not hidden & _fields_of(rule))


def _fields_of(rule: Rule) -> set[str]:
    match rule:
        case Limit() | Notice():
            return {rule.field}
        case Remedy():
            return {rule.needs, rule.interventions}
