"""The shapes of the API as JSON Schema, by the names that openapi.py gives them. See shapes.py."""

from collections.abc import Mapping

Schema = dict[str, object]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
ID: Schema = {"type": "string", "format": "uuid"}
ID_OR_NULL: Schema = {"anyOf": [ID, {"type": "null"}]}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL: Schema = {"anyOf": [MOMENT, {"type": "null"}]}
NUMBER: Schema = {"type": "integer", "minimum": 0}
TRUTH: Schema = {"type": "boolean"}
TEXTS: Schema = {"type": "array", "items": TEXT}
OBJECT: Schema = {"type": "object"}
ANYTHING: Schema = {}
REASON: Schema = {"type": "string", "minLength": 1, "maxLength": 5_000, "pattern": r"\S"}
SLUG: Schema = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80}


def named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(members: Mapping[str, object], optional: Mapping[str, object] | None = None) -> Schema:
    """An object with all of these members, perhaps the optional ones, and no others."""
    return {
        "type": "object",
        "properties": {**members, **(optional or {})},
        "required": list(members),
        "additionalProperties": False,
    }


def _input(optional: Mapping[str, object], needed: Mapping[str, object] | None = None) -> Schema:
    return _object(needed or {}, optional)


def _list(item: Schema) -> Schema:
    per_page: Schema = {"type": "integer", "minimum": 1, "maximum": 100}
    return _object({"total": NUMBER, "page": NUMBER, "per_page": per_page, "items": {"type": "array", "items": item}})


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_PAGE_STATE: Schema = {"enum": ["published", "archived", "binned"]}
_CHANGE_STATE: Schema = {"enum": ["draft", "submitted", "published", "rejected", "discarded"]}
_REQUEST_VERB: Schema = {"enum": ["archive", "rename", "remove"]}
_DEPTH: Schema = {"enum": ["short", "full"]}
_CHOICE: Schema = {"enum": ["mine", "theirs", "both"]}
_OP: Schema = {"enum": ["same", "added", "removed"]}

_PAGE_SUMMARY = {
    "id": ID, "slug": TEXT, "type": TEXT, "depth": _DEPTH, "title": TEXT, "summary": TEXT, "state": _PAGE_STATE,
    "revision_id": ID, "published_at": MOMENT, "language": TEXT, "url": TEXT,
}  # fmt: skip
_PUBLICATION = {
    "published_at": MOMENT, "approved_by": TEXTS, "authors": TEXTS,
    "origin": _or_null(_object({"site_id": TEXT, "site_name": TEXT})),
}  # fmt: skip
_CONTENT = {
    "language": TEXT, "licence": TEXT, "translation_of": TEXT_OR_NULL, "replaces": TEXT_OR_NULL, "topics": TEXTS,
    "fields": OBJECT, "files": {"type": "array", "items": named("File")},
}  # fmt: skip
_CHANGE_SUMMARY = {
    "id": ID, "page": TEXT_OR_NULL, "page_id": ID, "type": TEXT, "state": _CHANGE_STATE, "returned": TRUTH,
    "base": ID_OR_NULL, "head": ID, "title": TEXT, "author": TEXT, "coauthors": TEXTS, "invited": TEXTS,
    "summary": TEXT, "depth": {"enum": ["", "short", "full"]}, "request": _or_null(named("Request")),
    "together": ID_OR_NULL, "created_at": MOMENT, "updated_at": MOMENT,
    "submitted_at": MOMENT_OR_NULL, "url": TEXT,
}  # fmt: skip

_WORDS: Schema = {"type": "string", "minLength": 1, "maxLength": 10_000, "pattern": r"\S"}
_COMMENT = {
    "id": ID, "kind": {"const": "comment"}, "thread": ID, "by": TEXT, "at": MOMENT, "field": TEXT, "text": TEXT,
    "edited": MOMENT_OR_NULL, "gone": {"enum": [None, "deleted", "removed"]},
    "resolved": _or_null(_object({"by": TEXT, "at": MOMENT})),
}  # fmt: skip

#: What can be given of a page's text, whoever gives it; see services/changes/editing.py.
_EDIT: dict[str, object] = {
    "fields": {"type": "object", "description": "What GET /types/<type> describes; null empties a field."},
    "language": {"type": "string", "examples": ["en"]},
    "licence": {"type": "string", "examples": ["CC-BY-4.0"]},
    "translation_of": _or_null({"type": "string", "description": "the slug of a page"}),
    "replaces": _or_null({"type": "string", "description": "the slug of a page"}),
    "topics": {"type": "array", "items": TEXT, "maxItems": 5},
    "files": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"name": TEXT, "alt": TEXT, "credit": TEXT, "licence": TEXT, "consent": TEXT},
            "required": ["name"],
        },
    },
    "summary": {"type": "string", "maxLength": 500},
    "slug": SLUG,
    "note_to_reviewer": {"type": "string", "maxLength": 10_000},
}

SCHEMAS: Mapping[str, Schema] = {
    # ---- what comes out
    "Problem": {
        "type": "object",
        "description": "An error, as RFC 9457 has it; `problems` where the input is at fault.",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "request_id": TEXT,
            "problems": {"type": "array", "items": named("InputProblem")},
            "change": {**ID, "description": "409 open-change: the change that you are already at work on"},
            "revision": {**ID, "description": "409 page-moved: the combination to look at and publish"},
            "both_changed": TEXTS,
            "conflicts": {"type": "array", "items": named("Clash")},
        },
        "required": ["type", "title", "status", "detail"],
    },
    "InputProblem": _object(
        {"field": TEXT, "level": {"enum": ["draft", "short", "full", "warning"]}, "message": TEXT},
        {"row": TEXT, "column": TEXT, "code": TEXT, "line": NUMBER},
    ),
    "Clash": _object({"field": TEXT, "base": ANYTHING, "mine": ANYTHING, "theirs": ANYTHING}),
    "File": _object(
        {
            "name": TEXT,
            "sha256": TEXT,
            "media_type": TEXT,
            "alt": TEXT,
            "credit": TEXT,
            "licence": TEXT,
            "consent": TEXT,
            "url": TEXT,
        },
        {"head": ID},
    ),
    "FileList": _list(named("File")),
    "Page": _object(
        {
            **{name: schema for name, schema in _PAGE_SUMMARY.items() if name != "summary"},
            "edition": NUMBER,
            "number": NUMBER,
            **_PUBLICATION,
            **_CONTENT,
            "archived": _or_null(_object({"reason": TEXT, "successor": TEXT_OR_NULL})),
        }
    ),
    "PageList": _list(_object(_PAGE_SUMMARY)),
    "RevisionList": _list(
        _object(
            {"number": NUMBER, "revision_id": ID, **_PUBLICATION, "depth": _DEPTH, "summary": TEXT, "is_hidden": TRUTH}
        )
    ),
    "Comparison": _object(
        {"page": TEXT, "from": NUMBER, "to": NUMBER, "fields": {"type": "array", "items": named("Difference")}}
    ),
    "Difference": _object(
        {"field": TEXT, "shape": {"enum": ["words", "rows", "value"]}},
        {
            "words": {"type": "array", "items": _object({"op": _OP, "text": TEXT})},
            "rows": {"type": "array", "items": named("RowDifference")},
            "old": ANYTHING,
            "new": ANYTHING,
        },
    ),
    "RowDifference": _object(
        {
            "id": TEXT_OR_NULL,
            "op": {"enum": ["added", "removed", "changed", "moved"]},
            "moved": TRUTH,
            "old": _or_null(OBJECT),
            "new": _or_null(OBJECT),
            "cells": {"type": "array", "items": named("Difference")},
        }
    ),
    "Change": _object(
        {
            **_CHANGE_SUMMARY,
            "edition": NUMBER,
            **_CONTENT,
            "slug": TEXT_OR_NULL,
            "note_to_reviewer": TEXT,
            "acknowledged": OBJECT,
            "problems": {"type": "array", "items": named("InputProblem")},
            "conversation": {"type": "array", "items": {"anyOf": [named("Comment"), named("Step")]}},
        }
    ),
    "Request": {
        **_object({"verb": _REQUEST_VERB, "reason": TEXT}, {"slug": TEXT, "successor": TEXT_OR_NULL}),
        "description": "What a change asks to be done with its page, instead of changing its text.",
    },
    "ChangeList": _list(_object(_CHANGE_SUMMARY)),
    "Comment": _object(_COMMENT),
    "ThreadList": _list(_object({**_COMMENT, "answers": {"type": "array", "items": named("Comment")}})),
    "Step": _object(
        {
            "id": ID,
            "kind": {"const": "step"},
            "by": TEXT,
            "at": MOMENT,
            "step": TEXT,
            "text": TEXT,
            "revision": ID_OR_NULL,
        }
    ),
    "ShareLink": _object({"url": TEXT, "token": TEXT, "expires_at": MOMENT}),
    "Found": _object(
        {
            "total": NUMBER,
            "page": NUMBER,
            "per_page": NUMBER,
            "items": {
                "type": "array",
                "items": _object(
                    {
                        **_PAGE_SUMMARY,
                        "excerpt": TEXT,
                        "marked": {"type": "array", "items": _object({"text": TEXT, "is_marked": TRUTH})},
                    }
                ),
            },
            "facets": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": _object({"value": TEXT, "label": TEXT, "count": NUMBER}),
                },
            },
            "suggestion": TEXT_OR_NULL,
        }
    ),
    "TypeList": _list(
        _object(
            {
                "name": TEXT,
                "edition": NUMBER,
                "editions": {"type": "array", "items": NUMBER},
                "label": TEXT,
                "plural": TEXT,
                "url": TEXT,
            }
        )
    ),
    "JsonSchema": {"type": "object", "description": "JSON Schema, draft 2020-12"},
    "VocabularyList": _list(_object({"name": TEXT, "label": TEXT, "url": TEXT})),
    "Vocabulary": _object(
        {
            "name": TEXT,
            "label": TEXT,
            "source": TEXT,
            "date": TEXT,
            "groups": {"type": "array", "items": _object({"code": TEXT, "label": TEXT})},
            "entries": {
                "type": "array",
                "items": _object(
                    {
                        "code": TEXT,
                        "label": TEXT,
                        "meaning": TEXT_OR_NULL,
                        "example": TEXT_OR_NULL,
                        "other_words": TEXTS,
                        "group": TEXT_OR_NULL,
                        "extra": OBJECT,
                    }
                ),
            },
        }
    ),
    "OrganisationList": _list(_object({"id": ID, "name": TEXT})),
    # ---- what goes in
    "StartChange": {
        "oneOf": [_input(_EDIT, {"type": TEXT}), _input(_EDIT, {"page": TEXT})],
        "examples": [{"type": "term", "language": "en", "fields": {"title": "Water point"}}],
    },
    "Edit": {**_input(_EDIT), "examples": [{"fields": {"title": "Water point"}, "summary": "Another title"}]},
    "Submission": _input(
        {
            "as": _DEPTH,
            "acknowledged": {"type": "object", "additionalProperties": REASON, "maxProperties": 100},
            "together": {"type": "array", "items": ID, "maxItems": 19, "description": "other drafts of yours"},
        }
    ),
    "Publishing": _input(
        {"onto": ID, "comment": {"type": "string", "maxLength": 5_000}, "slug": SLUG}, {"revision": ID}
    ),
    "Settling": _input({}, {"revision": ID, "choices": {"type": "object", "additionalProperties": _CHOICE}}),
    "Reason": _input({}, {"reason": REASON}),
    "Username": _input({}, {"username": {"type": "string", "minLength": 1, "maxLength": 1_000}}),
    "NewComment": _input({"field": TEXT, "answers": ID}, {"text": _WORDS}),
    "CommentText": _input({}, {"text": _WORDS}),
    "Asking": {
        "oneOf": [
            _input({"successor": {"type": "string", "description": "the slug of a page"}},
                   {"verb": {"const": "archive"}, "reason": REASON}),
            _input({}, {"verb": {"const": "rename"}, "reason": REASON, "slug": SLUG}),
            _input({}, {"verb": {"const": "remove"}, "reason": REASON}),
        ],
        "examples": [{"verb": "remove", "reason": "It was published by mistake."}],
    },
    "Archiving": _input({"successor": TEXT}, {"reason": REASON}),
    "NewSlug": _input({}, {"slug": SLUG}),
    "Protection": _input({"protected": TRUTH}),
    "Nothing": _input({}),
    "FileToAdd": _input(
        {"alt": TEXT, "credit": TEXT, "licence": TEXT, "consent": TEXT},
        {"file": {"type": "string", "format": "binary"}},
    ),
}
