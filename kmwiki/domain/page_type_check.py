"""What a page type must keep to as a whole: fields that name other fields, types, vocabularies and codes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from kmwiki.domain.data_file import DataFaults
from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.page_type import Field, Limit, Notice, PageType, Remedy, Rule
from kmwiki.domain.problems import Faults, Level
from kmwiki.domain.rules import is_not_applicable
from kmwiki.domain.vocabulary import Vocabularies


class Editions(Protocol):
    """All types that were read, for fields that lead to pages of other types."""

    def names(self) -> tuple[str, ...]: ...

    def editions(self, name: str) -> tuple[PageType, ...]: ...


def check_page_type(
    page_type: PageType, all_types: Editions, vocabularies: Vocabularies, file: str, faults: DataFaults
) -> None:
    """Add every fault of the type to the faults, under the name of its file."""
    check = _Check(page_type, all_types, vocabularies)
    for field, fault in check.faults():
        faults.add(file, field, fault)


class _Check:
    """One type among the others; each method yields (field, fault)."""

    def __init__(self, page_type: PageType, all_types: Editions, vocabularies: Vocabularies) -> None:
        self.page_type = page_type
        self.all_types = all_types
        self.vocabularies = vocabularies

    def faults(self) -> Iterator[tuple[str, str]]:
        yield from self._title_and_summary()
        yield from self._names()
        for field in self._all_fields():
            yield from self._vocabularies_of(field, field.id)
            yield from self._other_fields(field, field.id)
            yield from self._condition(field)
            for column in field.columns:
                yield from self._vocabularies_of(column, f"{field.id}.{column.id}")
                yield from self._other_fields(column, f"{field.id}.{column.id}")
        for rule in self.page_type.rules:
            yield from self._rule(rule)
        yield from self._editions()

    def _all_fields(self) -> Iterator[Field]:
        return (field for section in self.page_type.sections for field in section.fields)

    def _title_and_summary(self) -> Iterator[tuple[str, str]]:
        title = self.page_type.fields.get("title")
        if title is None or title.kind != "text" or title.level is not Level.DRAFT:
            yield "title", "every type has a field title, of kind text and level draft"
        summary = self.page_type.summary
        if summary and getattr(self.page_type.fields.get(summary), "kind", "") not in ("text", "md"):
            yield "summary", f"there is no field “{summary}” of kind text or md"

    def _names(self) -> Iterator[tuple[str, str]]:
        for what, ids in (
            ("field", [field.id for field in self._all_fields()]),
            ("rule", [rule.id for rule in self.page_type.rules]),
            ("question", [question.id for question in self.page_type.reviewer_questions]),
        ):
            for id in sorted({id for id in ids if ids.count(id) > 1}):
                yield id, f"there are two {what}s of this id"

    def _vocabularies_of(self, field: Field, place: str) -> Iterator[tuple[str, str]]:
        named = (*field.vocabulary, *filter(None, (field.relation,)))
        missing = [name for name in named if name not in self.vocabularies]
        for name in missing:
            yield place, f"there is no vocabulary “{name}”"
        if field.preset is not None and field.kind in KINDS and not missing:
            yield from self._preset(field, place)

    def _preset(self, field: Field, place: str) -> Iterator[tuple[str, str]]:
        if is_not_applicable(field.preset):
            if field.not_applicable is None:
                yield place, "preset: the field does not offer this answer"
            return
        try:
            value = KINDS[field.kind].parse(field.preset, field, Context(self.vocabularies))
        except Faults as faults:
            yield place, f"preset: {faults}"
        else:
            if value != field.preset:
                yield place, "preset: is not in the shape in which it would be stored"

    def _other_fields(self, field: Field, place: str) -> Iterator[tuple[str, str]]:
        for name in field.types:
            if name not in self.all_types.names():
                yield place, f"types: there is no page type “{name}”"
        if field.rows_of is None:
            return
        targets = (
            [found for name in field.types for found in self.all_types.editions(name)]
            if field.kind == "links"
            else [self.page_type]
        )
        if not any(_has_rows(target, field.rows_of) for target in targets):
            yield place, f"rows_of: there is no field of rows “{field.rows_of}”"

    def _condition(self, field: Field) -> Iterator[tuple[str, str]]:
        if when := field.when:
            codes = (*when.any_of, *when.none_of)
            yield from self._codes(field.id, when.field, when.column, codes, "when")

    def _codes(
        self, place: str, id: str, column_id: str | None, codes: Collection[str], member: str
    ) -> Iterator[tuple[str, str]]:
        """Faults of a condition: it must name a field, or a column, and codes that this can have."""
        field = self.page_type.fields.get(id)
        named = field.column(column_id) if field and column_id else field
        if named is None:
            yield place, f"{member}: there is no field “{'.'.join(filter(None, (id, column_id)))}”"
        elif named.vocabulary and all(name in self.vocabularies for name in named.vocabulary):
            known = self.vocabularies.union(named.vocabulary)
            for code in codes:
                if code not in known:
                    yield place, f"{member}: “{id}” has no code “{code}”"

    def _rule(self, rule: Rule) -> Iterator[tuple[str, str]]:
        match rule:
            case Limit():
                yield from self._codes(rule.id, rule.field, None, rule.any_of, "field")
            case Notice():
                yield from self._codes(rule.id, rule.field, rule.column, rule.any_of, "field")
            case Remedy():
                yield from self._codes(rule.id, rule.needs, rule.knowledge_column, rule.knowledge, "needs")
                for column in (rule.need_column, rule.what_column):
                    yield from self._codes(rule.id, rule.interventions, column, (), "interventions")
        if not isinstance(rule, Remedy) and not rule.any_of:
            yield rule.id, "any_of: is missing"

    def _editions(self) -> Iterator[tuple[str, str]]:
        """What a newer edition must say about the one before it, and what a first one cannot."""
        page_type = self.page_type
        earlier = [
            found for found in self.all_types.editions(page_type.name) if found.edition < page_type.edition
        ]
        if not earlier:
            if page_type.renamed or page_type.dropped or page_type.release_note:
                yield "edition", "renamed, dropped and release_note are for newer editions"
            return
        before, now = set(earlier[-1].fields), set(page_type.fields)
        for old, new in page_type.renamed.items():
            if old not in before or old in now or new not in now:
                yield old, f"renamed: there is no such field before, or no “{new}” now"
        for id in page_type.dropped:
            if id not in before or id in now:
                yield id, "dropped: there is no such field before, or there still is"
        for id in sorted(before - now - set(page_type.renamed) - set(page_type.dropped)):
            yield id, "was there before: say under renamed or dropped what became of it"


def _has_rows(page_type: PageType, id: str) -> bool:
    field = page_type.fields.get(id)
    return field is not None and field.kind == "rows"
