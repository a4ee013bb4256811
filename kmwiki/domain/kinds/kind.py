"""What every kind of field can do, and what it is told when it does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import ClassVar, TypeAlias

from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Faults, Level, Problem
from kmwiki.domain.vocabulary import Vocabularies, Vocabulary

Form: TypeAlias = Mapping[str, Sequence[str]]
Schema: TypeAlias = dict[str, object]

#: What empties a field, whatever its kind.
EMPTY: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True)
class Context:
    """What a value is read and checked against.

    `language` is that of the page: it says how its numbers are written. `fields` is the whole page, for
    values that name a row of it.
    """

    vocabularies: Vocabularies
    language: str = "en"
    fields: Mapping[str, object] = dataclass_field(default_factory=dict)

    def vocabulary_of(self, field: Field) -> Vocabulary:
        return self.vocabularies.union(field.vocabulary)


class Kind(ABC):
    """One kind of field. Values are JSON; an empty one is not stored.

    `takes` and `needs` are the members that a type file may and must give to a field of this kind.
    """

    name: ClassVar[str]
    takes: ClassVar[frozenset[str]] = frozenset()
    needs: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def parse(self, raw: object, field: Field, context: Context) -> object:
        """The value to be stored; raises Faults. Parsing it again changes nothing."""

    @abstractmethod
    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        """What parse() takes and, above draft, check() is content with, as far as JSON Schema can say."""

    def is_empty(self, value: object) -> bool:
        """Whether the parsed value says nothing."""
        return value in EMPTY

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        """What a stored value lacks for publication."""
        return []

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        """What the search should find; labels of codes only where the context is given."""
        return ""

    def codes(self, value: object) -> tuple[str, ...]:
        """The values that conditions, rules and facets look at."""
        return (value,) if isinstance(value, str) else ()

    def from_form(self, form: Form, name: str, field: Field) -> object:
        """What the form holds under this name, for parse(); None if nothing."""
        return next((value for value in form.get(name, ()) if value.strip()), None)

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        """Names and values of the form that from_form() makes the same value of."""
        yield name, str(value)


def refuse(field: Field, message: str, line: int | None = None) -> Faults:
    """The fault that keeps a value from being stored; `{label}` in the message is the field's."""
    return Faults([Problem(field.id, Level.DRAFT, message, line=line)])


def lack(field: Field, message: str, level: Level = Level.SHORT) -> Problem:
    """What keeps a stored value from being published."""
    return Problem(field.id, level, message)


def needed_at(field: Field) -> Level:
    """The level of what the field must have: a page in short has what a draft or an optional field began."""
    return field.level if field.level is Level.FULL else Level.SHORT
