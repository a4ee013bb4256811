"""What lists, search and renderers want of a page's fields."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel.dates import format_date

from kmwiki.domain.kinds import KINDS, Context
from kmwiki.domain.kinds.rows import Rows, rows_of
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.plain_words import plain_words
from kmwiki.domain.rules import codes_at, is_not_applicable
from kmwiki.domain.vocabulary import Vocabularies
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _

_SUMMARY_CHARACTERS = 300
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class SearchText:
    """What the search reads of a page; `questions` are the texts that its rows cannot do without."""

    title: str
    summary: str
    questions: str
    body: str


def plain_text(
    page_type: PageType,
    fields: Mapping[str, object],
    vocabularies: Vocabularies | None = None,
    language: str = "en",
) -> SearchText:
    """The texts of a page; with the vocabularies, also the labels of its codes in the page's language."""
    context = Context(vocabularies, language) if vocabularies is not None else None
    questions: list[str] = []
    body: list[str] = []
    for field, value in _answers(page_type, fields):
        kind = KINDS[field.kind]
        if isinstance(kind, Rows):
            leading = [column for column in field.columns if column.required and column.kind == "text"]
            others = [column for column in field.columns if column not in leading]
            questions.append(kind.text_of_columns(value, leading, context))
            body.append(kind.text_of_columns(value, others, context))
        elif field.id not in ("title", page_type.summary):
            body.append(kind.plain_text(value, field, context))
    return SearchText(
        title=_text_at(fields, "title"),
        summary=summary_of(page_type, fields),
        questions="\n".join(filter(None, questions)),
        body="\n".join(filter(None, body)),
    )


def facets(page_type: PageType, fields: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The values of each search facet that a field or a column of the type feeds, each once."""
    found: dict[str, dict[str, None]] = {}
    for field in page_type.fields.values():
        for named, column in ((field, None), *((column, column.id) for column in field.columns)):
            if named.facet:
                codes = codes_at(page_type, fields, field.id, column)
                found.setdefault(named.facet, {}).update(dict.fromkeys(codes))
    return {facet: tuple(codes) for facet, codes in found.items() if codes}


def summary_of(page_type: PageType, fields: Mapping[str, object]) -> str:
    """The few lines that lists show: the summary, or the beginning of the first Markdown field."""
    if page_type.summary and (summary := _text_at(fields, page_type.summary)):
        return summary
    text = next((text for _name, text in markdown_fields(page_type, fields)), "")
    # Enough is read for the result to be long enough, and no more.
    line = _SPACES.sub(" ", plain_words(text[: 4 * _SUMMARY_CHARACTERS])).strip()
    if len(line) <= _SUMMARY_CHARACTERS:
        return line
    return line[:_SUMMARY_CHARACTERS].rpartition(" ")[0] + "…"


def title_of(page_type: PageType, fields: Mapping[str, object], today: datetime.date) -> str:
    """The title, or "Untitled, 22 November" while there is none."""
    if title := _text_at(fields, "title"):
        return title
    day = format_date(today, "d MMMM", locale=current_language())
    return _("Untitled, {day}").format(day=day)


def markdown_fields(page_type: PageType, fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The Markdown texts under their names, in form order; one in a row is named "blocks.b1.what"."""
    for field, value in _answers(page_type, fields):
        if field.kind == "md":
            yield field.id, str(value)
        for column in field.columns:
            if column.kind == "md":
                yield from _markdown_cells(field, column, value)


def _markdown_cells(field: Field, column: Field, value: object) -> Iterator[tuple[str, str]]:
    for position, row in enumerate(rows_of(value)):
        if column.id in row:
            yield f"{field.id}.{row.get('id', position)}.{column.id}", str(row[column.id])


def _answers(page_type: PageType, fields: Mapping[str, object]) -> Iterator[tuple[Field, object]]:
    """The fields that have a value, in form order."""
    for field in page_type.fields.values():
        value = fields.get(field.id)
        if value is not None and not is_not_applicable(value):
            yield field, value


def _text_at(fields: Mapping[str, object], id: str) -> str:
    """The text of a field; "" where it is empty or does not apply."""
    value = fields.get(id)
    return value if isinstance(value, str) else ""
