"""`choice` and `choices`: codes of a vocabulary, or of the union of several."""

from __future__ import annotations

from collections.abc import Iterator

from kmwiki.domain.kinds.counted import check_count, count_schema, refuse_too_many
from kmwiki.domain.kinds.kind import Context, Form, Kind, Schema, lack, refuse
from kmwiki.domain.kinds.words_of_input import near_misses, quoted
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Faults, Level, Problem
from kmwiki.domain.vocabulary import Vocabulary
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _


class Choice(Kind):
    name = "choice"
    takes = frozenset({"vocabulary"})
    needs = frozenset({"vocabulary"})

    def parse(self, raw: object, field: Field, context: Context) -> object:
        return parse_code(raw, field, context.vocabulary_of(field))

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        return _check_codes([value], field, context)

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return _labels([value], field, context)

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        return code_schema(context.vocabulary_of(field))


class Choices(Kind):
    name = "choices"
    takes = frozenset({"vocabulary", "minimum", "maximum"})
    needs = frozenset({"vocabulary"})

    def parse(self, raw: object, field: Field, context: Context) -> object:
        if not isinstance(raw, list):
            raise refuse(field, _("“{label}” must be a list of codes.").format(label=field.label))
        refuse_too_many(raw, field, len(context.vocabulary_of(field).entries))
        codes: list[str] = []
        problems: list[Problem] = []
        for code in raw:
            try:
                codes.append(parse_code(code, field, context.vocabulary_of(field)))
            except Faults as faults:
                problems += faults.problems
        if problems:
            raise Faults(problems)
        if len(set(codes)) < len(codes):
            raise refuse(field, _("“{label}” names an entry twice.").format(label=field.label))
        return codes

    def check(self, value: object, field: Field, context: Context) -> list[Problem]:
        codes = value if isinstance(value, list) else []
        return _check_codes(codes, field, context) + check_count(codes, field)

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return _labels(self.codes(value), field, context)

    def codes(self, value: object) -> tuple[str, ...]:
        return tuple(code for code in value if isinstance(code, str)) if isinstance(value, list) else ()

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        items = code_schema(context.vocabulary_of(field))
        return {"type": "array", "items": items, "uniqueItems": True, **count_schema(field, level)}

    def from_form(self, form: Form, name: str, field: Field) -> object:
        return [code for code in form.get(name, ()) if code.strip()] or None

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        return ((name, code) for code in self.codes(value))


def parse_code(raw: object, field: Field, vocabulary: Vocabulary) -> str:
    """A code of the vocabulary; the fault names codes that come near to one that it lacks."""
    if not isinstance(raw, str):
        message = _("“{label}” must be one of the codes of the list.")
        raise refuse(field, message.format(label=field.label))
    if raw in vocabulary:
        return raw
    message = _("“{label}”: “{code}” is not in the list.").format(label=field.label, code=quoted(raw))
    labels = vocabulary.labels(current_language())
    if near := near_misses(raw, labels):
        proposals = ", ".join(f"{labels[code]} ({code})" for code in near)
        message += " " + _("Did you mean: {proposals}?").format(proposals=proposals)
    raise refuse(field, message)


def code_schema(vocabulary: Vocabulary) -> Schema:
    return {"type": "string", "enum": list(vocabulary.entries)}


def _check_codes(codes: list[object], field: Field, context: Context) -> list[Problem]:
    """A site may have taken an entry out of its list since the page was written."""
    gone = [code for code in codes if code not in context.vocabulary_of(field)]
    message = _("“{label}”: “{code}” is no longer in the list. Please choose again.")
    return [lack(field, message.format(label=field.label, code=quoted(code))) for code in gone]


def _labels(codes: list[object] | tuple[str, ...], field: Field, context: Context | None) -> str:
    """Labels and other words of the codes in the language of the page: "borehole" finds drinking water."""
    if context is None:
        return ""
    found = (context.vocabulary_of(field).entries.get(str(code)) for code in codes)
    return "\n".join(
        " ".join((entry.label.in_language(context.language), *entry.other_words.get(context.language, ())))
        for entry in found
        if entry
    )
