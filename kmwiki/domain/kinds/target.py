"""`target`: the address of something on the web, or the name of a file of the page."""

from __future__ import annotations

import re

from kmwiki.domain.kinds.kind import Context, Kind, Schema, refuse
from kmwiki.domain.kinds.text import MAX_TEXT_CHARACTERS
from kmwiki.domain.kinds.words_of_input import clean_line
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level
from kmwiki.i18n import gettext as _

_ADDRESS = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?|mailto:[^\s@?]+@[^\s@?]+", re.IGNORECASE)
_FILE_NAME = re.compile(r"[^\s./\\:*?\"<>|][^/\\:*?\"<>|\t]{0,199}")


class Target(Kind):
    """Stored as the text itself; whether the page has the file is for those who know its files."""

    name = "target"

    def parse(self, raw: object, field: Field, context: Context) -> object:
        target = clean_line(raw, field, MAX_TEXT_CHARACTERS)
        if target and not is_address(target) and not _FILE_NAME.fullmatch(target):
            message = _("“{label}” must be an address that begins with https://, or the name of a file.")
            raise refuse(field, message.format(label=field.label))
        return target

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return str(value)

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        return {"type": "string", "maxLength": MAX_TEXT_CHARACTERS, "pattern": r"^[^\n\r]*$"}


def is_address(target: str) -> bool:
    """Whether a stored target is an address, and not the name of a file."""
    return _ADDRESS.fullmatch(target) is not None
