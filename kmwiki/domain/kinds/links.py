"""`links`: to pages or their rows, to changes not published yet, and to titles not written yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kmwiki.domain.kinds.choice import code_schema, parse_code
from kmwiki.domain.kinds.counted import check_count, count_schema, refuse_too_many
from kmwiki.domain.kinds.indexed import indexes_of
from kmwiki.domain.kinds.kind import Context, Form, Kind, Schema, lack, needed_at, refuse
from kmwiki.domain.kinds.row import ROW_ID_PATTERN, parse_row_id
from kmwiki.domain.kinds.shape import members_of
from kmwiki.domain.kinds.text import MAX_TEXT_CHARACTERS
from kmwiki.domain.kinds.words_of_input import clean_line
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Faults, Level, Problem
from kmwiki.i18n import gettext as _

MAX_LINKS = 100
#: Where a link may lead; each link has exactly one of them.
ENDS = ("page", "change", "wanted")
_MEMBERS = (*ENDS, "row", "relation", "note")
_NAME_PATTERN = r"^[A-Za-z0-9-]{1,80}$"
_NAME = re.compile(_NAME_PATTERN)


class Links(Kind):
    """Stored as [{"page" | "change" | "wanted", "row"?, "relation"?, "note"?}].

    Pages and changes are named by slug or id here; those who know the pages put ids in place of slugs.
    """

    name = "links"
    takes = frozenset({"types", "relation", "rows_of", "minimum", "maximum"})
    needs = frozenset({"types"})

    def parse(self, raw: object, field: Field, context: Context) -> object:
        if not isinstance(raw, list):
            raise refuse(field, _("“{label}” must be a list of links.").format(label=field.label))
        refuse_too_many(raw, field, MAX_LINKS)
        links: list[dict[str, object]] = []
        problems: list[Problem] = []
        for position, item in enumerate(raw):
            try:
                links.append(_parse_link(item, field, context))
            except Faults as faults:
                problems += (replace(problem, row=str(position)) for problem in faults.problems)
        if problems:
            raise Faults(problems)
        return links

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        links = _links(value)
        lacking = [
            replace(lack(field, message, needed_at(field)), row=str(position))
            for position, link in enumerate(links)
            for message in _what_lacks(link, field)
        ]
        return lacking + check_count(links, field)

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return "\n".join(
            str(link[part]) for link in _links(value) for part in ("wanted", "note") if part in link
        )

    def codes(self, value: object) -> tuple[str, ...]:
        return tuple(str(link["relation"]) for link in _links(value) if "relation" in link)

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        name = {"type": ["string", "null"], "pattern": rf"{_NAME_PATTERN}|^$"}
        text = {"type": ["string", "null"], "maxLength": MAX_TEXT_CHARACTERS}
        members: Schema = {"page": name, "change": name, "wanted": text, "note": text}
        members["row"] = {"type": ["string", "null"], "pattern": rf"{ROW_ID_PATTERN}|^$"}
        if field.relation:
            relations = code_schema(context.vocabularies[field.relation])
            members["relation"] = {"anyOf": [relations, {"enum": ["", None]}]}
        one_end = [{"required": [end]} for end in ENDS]
        link = {"type": "object", "properties": members, "additionalProperties": False, "anyOf": one_end}
        return {"type": "array", "items": link, **count_schema(field, level, MAX_LINKS)}

    def from_form(self, form: Form, name: str, field: Field) -> object:
        links = (
            {part: Kind.from_form(self, form, f"{name}.{index}.{part}", field) for part in _MEMBERS}
            for index in indexes_of(form, name)
        )
        given = ({part: typed for part, typed in link.items() if typed} for link in links)
        return [link for link in given if any(end in link for end in ENDS) or "note" in link] or None

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        return (
            (f"{name}.{index}.{part}", str(link[part]))
            for index, link in enumerate(_links(value))
            for part in _MEMBERS
            if part in link
        )


def _parse_link(raw: object, field: Field, context: Context) -> dict[str, object]:
    members = members_of(raw, field, _MEMBERS)
    ends = [end for end in ENDS if end in members]
    if len(ends) != 1:
        message = _("“{label}”: each link leads to one page, one change or one wanted title.")
        raise refuse(field, message.format(label=field.label))
    link: dict[str, object] = {ends[0]: _parse_end(ends[0], members[ends[0]], field)}
    if "row" in members:
        link["row"] = parse_row_id(members["row"], field)
    if "relation" in members:
        link["relation"] = _parse_relation(members["relation"], field, context)
    if "note" in members:
        link["note"] = clean_line(members["note"], field, MAX_TEXT_CHARACTERS)
    return link


def _parse_end(end: str, raw: object, field: Field) -> str:
    text = clean_line(raw, field, MAX_TEXT_CHARACTERS)
    if not text.strip() or (end != "wanted" and not _NAME.fullmatch(text)):
        message = _("“{label}”: this is not the name of a page.")
        raise refuse(field, message.format(label=field.label))
    return text


def _parse_relation(raw: object, field: Field, context: Context) -> str:
    if field.relation is None:
        raise refuse(field, _("“{label}”: these links have no relation.").format(label=field.label))
    return parse_code(raw, field, context.vocabularies[field.relation])


def _what_lacks(link: dict[str, object], field: Field) -> Iterator[str]:
    if field.relation and "relation" not in link:
        yield _("“{label}”: say how each link is meant.").format(label=field.label)
    if field.rows_of and "row" not in link and "wanted" not in link:
        yield _("“{label}”: choose which row of the page each link is about.").format(label=field.label)


def _links(value: object) -> list[dict[str, object]]:
    return [link for link in value if isinstance(link, dict)] if isinstance(value, list) else []
