"""Texts that come from outside: what may be stored, and how they are quoted in messages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz import fuzz, process, utils

from kmwiki.domain.kinds.kind import refuse
from kmwiki.domain.page_type import Field
from kmwiki.i18n import gettext as _

MAX_REASON_CHARACTERS = 1_000
_LINE_END = re.compile(r"\r\n?")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_QUOTED_CHARACTERS = 40
_NEAR_ENOUGH = 65


def clean_text(raw: object, field: Field, most_characters: int) -> str:
    """The text with LF as its line ends, otherwise as it came; raises Faults for what cannot be stored."""
    if not isinstance(raw, str):
        raise refuse(field, _("“{label}” must be a text.").format(label=field.label))
    text = _LINE_END.sub("\n", raw)
    if len(text) > most_characters:
        raise refuse(
            field,
            _("“{label}” has {length} characters; at most {most} can be saved.").format(
                label=field.label, length=len(text), most=most_characters
            ),
        )
    if found := _FORBIDDEN.search(text):
        message = _("“{label}” has a character in it that cannot be shown ({code}). Please delete it.")
        code = f"U+{ord(found[0]):04X}"
        line = text.count("\n", 0, found.start()) + 1
        raise refuse(field, message.format(label=field.label, code=code), line)
    return text


def clean_line(raw: object, field: Field, most_characters: int) -> str:
    """A clean text of one line."""
    text = clean_text(raw, field, most_characters)
    if "\n" in text:
        raise refuse(field, _("“{label}” must be one line, without line breaks.").format(label=field.label))
    return text


def has_forbidden_characters(text: str) -> bool:
    return _FORBIDDEN.search(text) is not None


def quoted(value: object) -> str:
    """A value as messages may show it: short, and without characters that a message cannot hold."""
    # Only texts: the words for a list of a thousand levels or a number of ten thousand digits are no help.
    text = _FORBIDDEN.sub("�", value[: _QUOTED_CHARACTERS + 1]) if isinstance(value, str) else "…"
    return text if len(text) <= _QUOTED_CHARACTERS else text[:_QUOTED_CHARACTERS] + "…"


def near_misses(typed: str, labels: Mapping[str, str]) -> list[str]:
    """Up to three codes whose own letters or label come near to what was typed, the nearest first."""
    candidates = {
        **{code: code for code in labels},
        **{f"label {code}": text for code, text in labels.items()},
    }
    found = process.extract(
        typed[:_QUOTED_CHARACTERS],
        candidates,
        scorer=fuzz.ratio,
        processor=utils.default_process,
        score_cutoff=_NEAR_ENOUGH,
        limit=6,
    )
    return list(dict.fromkeys(key.removeprefix("label ") for _text, _score, key in found))[:3]
