"""A page type as JSON Schema (draft 2020-12), for programs that write pages."""

from __future__ import annotations

from kmwiki.domain.kept import KEPT
from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.kinds.kind import EMPTY, Schema, needed_at
from kmwiki.domain.kinds.words_of_input import MAX_REASON_CHARACTERS
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Level
from kmwiki.domain.vocabulary import Vocabularies


def json_schema(page_type: PageType, vocabularies: Vocabularies, level: Level = Level.DRAFT) -> Schema:
    """What the fields of a page of this type may be, and at a level above draft must be.

    It takes whatever can be saved. What JSON Schema cannot say (sums, other fields, other pages) it leaves to
    parse_fields() and check().
    """
    context = Context(vocabularies)
    properties = {field.id: _property(field, context, level) for field in page_type.fields.values()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": str(page_type.label),
        "type": "object",
        "properties": {**properties, KEPT: {"type": ["object", "null"]}},
        "required": [field.id for field in page_type.fields.values() if _is_required(field, level)],
        "additionalProperties": False,
    }


def _property(field: Field, context: Context, level: Level) -> Schema:
    shapes = [KINDS[field.kind].json_schema(field, context, Level.DRAFT if field.hidden else level)]
    if field.not_applicable:
        shapes.append(_not_applicable_schema())
    if not _is_required(field, level):
        shapes.append({"enum": list(EMPTY), "description": "leaves the field empty"})
    schema: Schema = {"title": str(field.label), "anyOf": shapes}
    if field.guidance:
        schema["description"] = str(field.guidance)
    if field.hidden:
        schema["deprecated"] = True
    return schema


def _is_required(field: Field, level: Level) -> bool:
    """Fields that are needed under a condition are not: JSON Schema would have to repeat the page type."""
    return field.level is not Level.OPTIONAL and field.when is None and level.includes(needed_at(field))


def _not_applicable_schema() -> Schema:
    reason = {"type": "string", "minLength": 1, "maxLength": MAX_REASON_CHARACTERS}
    return {
        "type": "object",
        "properties": {"not_applicable": reason},
        "required": ["not_applicable"],
        "additionalProperties": False,
    }
