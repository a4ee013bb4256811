"""`organisation`: one of the register, or a new one by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmwiki.domain.kinds.kind import Context, Form, Kind, Schema, refuse
from kmwiki.domain.kinds.shape import members_of
from kmwiki.domain.kinds.words_of_input import clean_line
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level
from kmwiki.i18n import gettext as _

MAX_NAME_CHARACTERS = 300
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class Organisation(Kind):
    """Stored as {"id"?, "name"}; the register gives ids, and says whether one is known."""

    name = "organisation"

    def parse(self, raw: object, field: Field, context: Context) -> object:
        members = {"name": raw} if isinstance(raw, str) else members_of(raw, field, ("id", "name"))
        name = clean_line(members.get("name", ""), field, MAX_NAME_CHARACTERS)
        if "id" not in members:
            return {"name": name}
        if not isinstance(members["id"], str) or not _ID.fullmatch(members["id"]):
            raise refuse(
                field, _("“{label}”: this is not the id of an organisation.").format(label=field.label)
            )
        if not name.strip():
            raise refuse(field, _("“{label}”: the name is missing.").format(label=field.label))
        return {"id": members["id"], "name": name}

    def is_empty(self, value: object) -> bool:
        return not _name_of(value).strip()

    def plain_text(self, value: object, field: Field, context: Context | None = None) -> str:
        return _name_of(value)

    def codes(self, value: object) -> tuple[str, ...]:
        return (str(value.get("id") or value.get("name")),) if isinstance(value, dict) else ()

    def json_schema(self, field: Field, context: Context, level: Level) -> Schema:
        name = {"type": "string", "maxLength": MAX_NAME_CHARACTERS, "pattern": r"^[^\n\r]*$"}
        members = {"id": {"type": ["string", "null"], "maxLength": 64}, "name": name}
        return {
            "anyOf": [
                name,
                {
                    "type": "object",
                    "properties": members,
                    "required": ["name"],
                    "additionalProperties": False,
                },
            ]
        }

    def from_form(self, form: Form, name: str, field: Field) -> object:
        members = {part: Kind.from_form(self, form, f"{name}.{part}", field) for part in ("id", "name")}
        return {part: typed for part, typed in members.items() if typed} if members["name"] else None

    def to_form(self, value: object, name: str, field: Field) -> Iterator[tuple[str, str]]:
        members = value if isinstance(value, dict) else {}
        return ((f"{name}.{part}", str(members[part])) for part in ("id", "name") if part in members)


def _name_of(value: object) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else ""
