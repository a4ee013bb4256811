"""The fields of a page as a whole: reading and checking them, and by name whatever else is done with them.

A page's fields are a mapping of ids to stored values; what is empty is absent. {"not_applicable": reason} can
stand in place of a value. `_kept` holds values that the type no longer has a field for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from kmwiki.domain.field_forms import fields_from_form, fields_to_form
from kmwiki.domain.field_schema import json_schema
from kmwiki.domain.field_texts import (
    SearchText,
    facets,
    markdown_fields,
    plain_text,
    summary_of,
    title_of,
)
from kmwiki.domain.kept import KEPT, MAX_CONTENT_CHARACTERS, in_edition, move_to_edition, parse_kept, size_of
from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.kinds.kind import EMPTY, needed_at, refuse
from kmwiki.domain.kinds.words_of_input import MAX_REASON_CHARACTERS, clean_text, near_misses, quoted
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Faults, Level, Problem
from kmwiki.domain.rules import check_rules, codes_at, is_not_applicable
from kmwiki.domain.vocabulary import Vocabularies
from kmwiki.i18n import gettext as _

__all__ = [
    "Parsed",
    "SearchText",
    "check",
    "depth_of",
    "facets",
    "fields_from_form",
    "fields_to_form",
    "in_edition",
    "json_schema",
    "markdown_fields",
    "move_to_edition",
    "parse_fields",
    "plain_text",
    "summary_of",
    "title_of",
]

#: A program that takes another type for this one need not hear of each of its fields.
MAX_UNKNOWN_TOLD = 50


@dataclass(frozen=True)
class Parsed:
    """What can be stored, and the problems that keep the rest from it; while there are any, nothing is."""

    fields: dict[str, object]
    problems: list[Problem]


def parse_fields(
    page_type: PageType, raw: Mapping[str, object], vocabularies: Vocabularies, language: str = "en"
) -> Parsed:
    """Read values as a form, the API or a bundle gives them, and find every fault that refuses saving.

    Ids of rows and names of pages in links are taken as given. Reading stored values again changes nothing.
    `language` is the page's: amounts are read by it.
    """
    if not isinstance(raw, Mapping):
        return Parsed({}, [Problem("", Level.DRAFT, _("The fields must be an object, each under its name."))])
    context = Context(vocabularies, language)
    fields: dict[str, object] = {}
    problems = list(islice(_unknown_fields(page_type, raw), MAX_UNKNOWN_TOLD))
    for field in page_type.fields.values():
        try:
            fields |= _parse_field(raw.get(field.id), field, context)
        except Faults as faults:
            problems += faults.problems
    try:
        fields |= parse_kept(raw.get(KEPT))
    except Faults as faults:
        problems += faults.problems
    if (size := size_of(fields)) > MAX_CONTENT_CHARACTERS:
        message = _(
            "The page has {size} characters; at most {most} can be saved. Please make two pages of it."
        )
        problems.append(Problem("", Level.DRAFT, message.format(size=size, most=MAX_CONTENT_CHARACTERS)))
    return Parsed(fields, problems)


def _parse_field(raw: object, field: Field, context: Context) -> dict[str, object]:
    if raw in EMPTY:
        return {}
    if isinstance(raw, Mapping) and "not_applicable" in raw:
        return {field.id: _parse_not_applicable(raw, field)}
    kind = KINDS[field.kind]
    value = kind.parse(raw, field, context)
    return {} if kind.is_empty(value) else {field.id: value}


def _parse_not_applicable(raw: Mapping[str, object], field: Field) -> dict[str, object]:
    if field.not_applicable is None:
        message = _("“{label}” cannot be answered with “does not apply”.")
        raise refuse(field, message.format(label=field.label))
    reason = clean_text(raw["not_applicable"], field, MAX_REASON_CHARACTERS)
    if len(raw) > 1 or not reason.strip():
        message = _("“{label}”: say why it does not apply.")
        raise refuse(field, message.format(label=field.label))
    return {"not_applicable": reason}


def _unknown_fields(page_type: PageType, raw: Mapping[str, object]) -> Iterator[Problem]:
    return (_unknown(name, page_type) for name in raw if name not in page_type.fields and name != KEPT)


def _unknown(name: object, page_type: PageType) -> Problem:
    message = _("There is no field “{name}” in this type of page.").format(name=quoted(name))
    if near := near_misses(quoted(name), {id: str(field.label) for id, field in page_type.fields.items()}):
        message += " " + _("Did you mean: {proposals}?").format(proposals=", ".join(near))
    return Problem(quoted(name), Level.DRAFT, message)


def check(
    page_type: PageType, fields: Mapping[str, object], level: Level, vocabularies: Vocabularies
) -> list[Problem]:
    """Everything that is missing up to this level, in form order, then what the rules say; warnings included.

    `fields` are stored values, as parse_fields gives them. A draft needs nothing.
    """
    if level is Level.DRAFT:
        return []
    context = Context(vocabularies, fields=fields)
    problems = [
        problem
        for field in page_type.fields.values()
        for problem in _check_field(field, page_type, context)
        if level.includes(problem.level)
    ]
    return problems + check_rules(page_type, level, context)


def _check_field(field: Field, page_type: PageType, context: Context) -> list[Problem]:
    value = context.fields.get(field.id)
    if field.hidden:
        return []
    if value is not None:
        return [] if is_not_applicable(value) else KINDS[field.kind].check(value, field, context)
    if not _is_needed(field, page_type, context.fields):
        return []
    return [Problem(field.id, needed_at(field), _("“{label}” is missing.").format(label=field.label))]


def _is_needed(field: Field, page_type: PageType, fields: Mapping[str, object]) -> bool:
    """Whether the level of the field counts here; a draft without a title can be saved, but not published."""
    if field.level is Level.OPTIONAL:
        return False
    when = field.when
    return when is None or when.holds_for(codes_at(page_type, fields, when.field, when.column))


def depth_of(page_type: PageType, fields: Mapping[str, object], vocabularies: Vocabularies) -> Level | None:
    """The highest of short and full that holds, or None."""
    for level in (Level.FULL, Level.SHORT):
        problems = check(page_type, fields, level, vocabularies)
        if all(problem.level is Level.WARNING for problem in problems):
            return level
    return None
