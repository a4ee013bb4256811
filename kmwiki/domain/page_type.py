"""Page types as values: what a page of a kind is asked, and what must be said when it is published.

Types are data; page_type_file.py reads them. Nothing here knows a type by name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from kmwiki.domain.problems import Level
from kmwiki.domain.words import Words

#: The words of "not applicable" where a field has none of its own.
NOT_APPLICABLE_LABEL = Words({"en": "This does not apply here", "fr": "Cela ne s’applique pas ici"})
NOT_APPLICABLE_REASON = Words({"en": "Why not?", "fr": "Pourquoi ?"})


@dataclass(frozen=True)
class NotApplicable:
    """The answer that nothing is to be said, with a reason: its own label, and what the reason is to tell."""

    label: Words = NOT_APPLICABLE_LABEL
    reason: Words = NOT_APPLICABLE_REASON


@dataclass(frozen=True)
class When:
    """A condition: a value of the field (or of that column in some row) is one of, or none of, these."""

    field: str
    column: str | None = None
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    def holds_for(self, codes: tuple[str, ...]) -> bool:
        return any((not self.any_of or code in self.any_of) and code not in self.none_of for code in codes)


@dataclass(frozen=True)
class Field:
    """One question of a form, or one column of its rows.

    `length`, in characters, is soft. `minimum` and `maximum` count answers, and bound the value of a number.
    `level` is the level that needs the field; a column is needed where it is `required`. A `hidden` field is not
    asked here; what a page has in it stays and can be removed.
    """

    id: str
    kind: str
    label: Words
    guidance: Words | None = None
    example: Words | None = None
    level: Level = Level.OPTIONAL
    minimum: int | None = None
    maximum: int | None = None
    length: int | None = None
    vocabulary: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    rows_of: str | None = None
    relation: str | None = None
    prefix: str = "r"
    preset: object = None
    not_applicable: NotApplicable | None = None
    when: When | None = None
    facet: str | None = None
    card: bool = False
    columns: tuple[Field, ...] = ()
    required: bool = False
    hidden: bool = False

    def column(self, id: str) -> Field | None:
        return next((column for column in self.columns if column.id == id), None)


@dataclass(frozen=True)
class Section:
    """A part of the form: `short`, `full` or `found`."""

    id: str
    label: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class ReviewerQuestion:
    id: str
    label: Words


@dataclass(frozen=True)
class Limit:
    """The field may only have these values in a page that is sent at this level, not in a higher one."""

    id: str
    field: str
    level: Level
    any_of: tuple[str, ...]
    message: Words


@dataclass(frozen=True)
class Notice:
    """A warning unless the field, or that column in some row, has one of these values."""

    id: str
    field: str
    column: str | None
    any_of: tuple[str, ...]
    message: Words


@dataclass(frozen=True)
class Remedy:
    """A warning where a question of these kinds of knowledge is met only by what does not suit them.

    `needs` and `interventions` are fields of rows. A row of the latter names one of the former in
    `need_column`; the vocabulary of `what_column` lists in `suits` what each entry suits.
    """

    id: str
    needs: str
    interventions: str
    message: Words
    knowledge: tuple[str, ...] = ("skill", "experience", "relationship")
    knowledge_column: str = "knowledge_type"
    need_column: str = "for_need"
    what_column: str = "what"


Rule: TypeAlias = Limit | Notice | Remedy


@dataclass(frozen=True)
class PageType:
    """One edition of a page type; `digest` is the SHA-256 of its file and of that of its common fields."""

    name: str
    edition: int
    digest: str
    label: Words
    plural: Words
    invitation: Words
    sign: str
    sections: tuple[Section, ...]
    source: str
    check_again_months: int | None = None
    summary: str | None = None
    renamed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    release_note: Words | None = None
    reviewer_questions: tuple[ReviewerQuestion, ...] = ()
    rules: tuple[Rule, ...] = ()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields by id, in the order of the form."""
        return MappingProxyType({field.id: field for section in self.sections for field in section.fields})

    def field(self, id: str) -> Field:
        return self.fields[id]

    def asked_of(self, fields: Collection[str]) -> tuple[Section, ...]:
        """The sections as a form asks them of a page that has these fields: hidden ones only where it has them."""
        return tuple(
            dataclasses.replace(
                section, fields=tuple(asked for asked in section.fields if not asked.hidden or asked.id in fields)
            )
            for section in self.sections
        )

    def fields_of_kind(self, kind: str) -> Iterator[Field]:
        return (field for field in self.fields.values() if field.kind == kind)
