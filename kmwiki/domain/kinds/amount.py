"""`amount`: a quantity as people write it, "about 1 200" or "3–5 days", and the number where it is clear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from babel import UnknownLocaleError
from babel.numbers import get_decimal_symbol

from kmwiki.domain.kinds.kind import Context, Form, Kind, Schema, refuse
from kmwiki.domain.kinds.number import decimal_string
from kmwiki.domain.kinds.shape import members_of
from kmwiki.domain.kinds.text import MAX_TEXT_CHARACTERS
from kmwiki.domain.kinds.words_of_input import clean_line
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level
from kmwiki.i18n import gettext as _

_SPACES = " \u00a0\u2009\u202f"
#: Digits with what may stand between them; what stands before and after tells whether they are a number.
_DIGITS = re.compile(
    rf"(?P<before>[^\W\d_][-−]?|[-−/.,:])?(?P<digits>[0-9]+(?:[{_SPACES}.,'’][0-9]+)*)(?P<after>[/:])?"
)
_MULTIPLIER = re.compile(
    r"\s*(k|m|mio|mn|bn|mrd|thousand|million|billion|dozen|hundred|lakh|crore|mille|milliers?|millions|milliards?"
    r"|douzaines?|centaines?|mil|miles|millones|mill[oó]n|docenas?|milh[oõã]e?s?|milh[aã]o|bilh[oõ]es|hundreds"
    r"|thousands|billions|dozens)\b",
    re.IGNORECASE,
)


class Amount(Kind):
    """Stored as {"text", "number"?}.

    A number that comes with the text is kept, so that a page imported from elsewhere keeps its digest; one
    typed in a form is read anew from the text.
    """

    name = "amount"

    def parse(self, raw: object, field: Field, context: Context) -> object:
        members = {"text": raw} if isinstance(raw, str) else members_of(raw, field, ("text", "number"))
        text = clean_line(members.get("text", ""), field, MAX_TEXT_CHARACTERS)
        number = members.get("number")
        if number is None:  # said to be none, or not said: the same text gives the same amount either way
            number = read_number(text, context.language)
        if number is not None and (not isinstance(number, str) or decimal_string(number) != number):
            message = _('“{label}”: the number must be a decimal string, such as "1200" or "13.5".')
            raise refuse(field, message.format(label=field.label))
        return {"text": text} if number is None else {"text": text, "number": number}

    def is_empty(self, value: object) -> bool:
        return not _text_of(value).strip()

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return _text_of(value)

    def codes(self, value: object) -> tuple[str, ...]:
        return (_text_of(value),)

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        text = {"type": "string", "maxLength": MAX_TEXT_CHARACTERS, "pattern": r"^[^\n\r]*$"}
        members = {"text": text, "number": {"type": ["string", "null"], "maxLength": 40}}
        return {"anyOf": [text, {"type": "object", "properties": members, "additionalProperties": False}]}

    def from_form(self, form: Form, name: str, field: Field) -> object:
        return super().from_form(form, f"{name}.text", field)

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        yield f"{name}.text", _text_of(value)


def read_number(text: str, language: str) -> str | None:
    """The number in the text as a decimal string, where exactly one can clearly be read; else None.

    The language says what a comma and a full stop mean. "3–5 days", "2 million" and "1/3" are left alone.
    """
    found = list(_DIGITS.finditer(_with_ascii_digits(text)))
    if len(found) != 1 or found[0]["before"] not in (None, "-", "−") or found[0]["after"]:
        return None
    if _MULTIPLIER.match(text, found[0].end()):
        return None
    plain = _without_groups(found[0]["digits"], "," if _uses_comma(language) else ".")
    return decimal_string(("-" if found[0]["before"] else "") + plain) if plain else None


def _without_groups(digits: str, decimal_sign: str) -> str | None:
    group_signs = _SPACES + "'’" + ("." if decimal_sign == "," else ",")
    whole, sign, part = digits.partition(decimal_sign)
    grouped = re.fullmatch(rf"[0-9]{{1,3}}([{re.escape(group_signs)}][0-9]{{3}})+", whole)
    if not (grouped or whole.isdecimal()) or (sign and not part.isdecimal()):
        return None
    return "".join(filter(str.isdecimal, whole)) + (f".{part}" if sign else "")


def _uses_comma(language: str) -> bool:
    try:
        return get_decimal_symbol(language.replace("-", "_")) == ","
    except (UnknownLocaleError, ValueError):
        return False


def _with_ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _text_of(value: object) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else ""
