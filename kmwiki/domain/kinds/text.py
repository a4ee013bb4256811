"""`text`, one line, and `md`, Markdown. Lengths that a field asks for are soft: nothing typed is lost."""

from __future__ import annotations

import re

from kmwiki.domain import markdown_guard
from kmwiki.domain.kinds.kind import Context, Form, Kind, Schema, lack
from kmwiki.domain.kinds.words_of_input import clean_line, clean_text
from kmwiki.domain.page_type import Field
from kmwiki.domain.plain_words import plain_words
from kmwiki.domain.problems import Faults, Level, Problem
from kmwiki.i18n import gettext as _

MAX_TEXT_CHARACTERS = 1_000
MAX_MARKDOWN_CHARACTERS = 100_000
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Text(Kind):
    """A line of plain text, never read as Markdown."""

    name = "text"
    takes = frozenset({"length"})

    def parse(self, raw: object, field: Field, context: Context) -> object:
        return clean_line(raw, field, MAX_TEXT_CHARACTERS)

    def is_empty(self, value: object) -> bool:
        return not str(value).strip()

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        return check_length(str(value), field)

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return str(value)

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        return {"type": "string", "maxLength": MAX_TEXT_CHARACTERS, "pattern": r"^[^\n\r]*$"}

    def from_form(self, form: Form, name: str, field: Field) -> object:
        # A line is typed in a box of several lines where it may be long; a break in it is a blank.
        typed = super().from_form(form, name, field)
        return _LINE_BREAK.sub(" ", typed) if isinstance(typed, str) else None


class Markdown(Kind):
    """A text with the marks of Markdown; refused where the renderer would choke on it."""

    name = "md"
    takes = frozenset({"length"})

    def parse(self, raw: object, field: Field, context: Context) -> object:
        text = clean_text(raw, field, MAX_MARKDOWN_CHARACTERS)
        if faults := markdown_guard.faults(text):
            message = _("“{label}”, line {line}: {reason}")
            raise Faults(
                Problem(
                    field.id,
                    Level.DRAFT,
                    message.format(label=field.label, line=fault.line, reason=fault.reason),
                    line=fault.line,
                )
                for fault in faults
            )
        return text

    def is_empty(self, value: object) -> bool:
        return not str(value).strip()

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        return check_length(str(value), field)

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return plain_words(str(value))

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        return {"type": "string", "maxLength": MAX_MARKDOWN_CHARACTERS, "contentMediaType": "text/markdown"}

    def codes(self, value: object) -> tuple[str, ...]:
        return ()


def check_length(text: str, field: Field) -> list[Problem]:
    """A problem where the text is longer than its field asks for."""
    if field.length is None or len(text) <= field.length:
        return []
    message = _("“{label}” has {length} characters. Please shorten it to {most}.")
    return [lack(field, message.format(label=field.label, length=len(text), most=field.length))]
