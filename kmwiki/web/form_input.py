"""What a browser sent with the form of a page: members of an edit, buttons of rows, typed text to be given back.

Only what the form asks for is read; whatever else is posted (state, author, base …) is passed over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request

from kmwiki.domain.field_forms import fields_from_form
from kmwiki.domain.kinds.indexed import indexes_of
from kmwiki.domain.page_type import Field, PageType
from kmwiki.errors import Conflict
from kmwiki.i18n import gettext as _
from kmwiki.services.changes.editing import Edit

Form = Mapping[str, Sequence[str]]

#: Names of the form that are members of an edit, and what the edit calls them.
_MEMBERS = {
    "language": "language",
    "licence": "licence",
    "summary_of_change": "summary",
    "note_to_reviewer": "note_to_reviewer",
}
#: Pages that a page names as a whole.
REFERENCES = ("translation_of", "replaces")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,100}")
_BUTTON = re.compile(
    r"(?P<field>[a-z0-9_-]+)\.(?:(?P<add>add)|(?P<index>[0-9]{1,6})\.(?P<verb>remove|up|down|duplicate))"
)


@dataclass(frozen=True)
class RowButton:
    """A button of a row that was pressed: add (no index), remove, up, down, duplicate."""

    field: str
    verb: str
    index: str = ""


def posted() -> Form:
    """The form of this request, every name with all its values."""
    return request.form.to_dict(flat=False)


def edit_of(page_type: PageType, form: Form) -> Edit:
    """The edit that a whole form means: fields without answer are emptied."""
    members: dict[str, Any] = {"fields": fields_from_form(page_type, form)}
    members.update({member: first(form, name) for name, member in _MEMBERS.items() if name in form})
    for name in ("slug", *REFERENCES):
        if name in form:
            members[name] = first(form, name).strip() or None
    if "topics_asked" in form:
        members["topics"] = [code for code in form.get("topics", ()) if code]
    return Edit(members, whole=True, new_topic=first(form, "new_topic"))


def first(form: Form, name: str) -> str:
    """The value of this name, "" where there is none; line ends as they are stored."""
    return next(iter(form.get(name, ())), "").replace("\r\n", "\n")


def seen_head(form: Form) -> UUID:
    """The version that the form began from. Raises Conflict where the form does not say it."""
    head = uuid_or_none(first(form, "head"))
    if head is None:
        raise Conflict(_("The form does not say which version it began from. Open it again and put your text in."))
    return head


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def token_of(form: Form) -> str | None:
    """The token that makes a form count once, as this site makes them; None for anything else."""
    token = first(form, "token")
    return token if _TOKEN.fullmatch(token) else None


# ---- buttons of rows


def row_button(page_type: PageType, form: Form) -> RowButton | None:
    """The button of a row that was pressed, if one was."""
    for name in form:
        match = _BUTTON.fullmatch(name)
        field = page_type.fields.get(match["field"]) if match else None
        if match and field is not None and field.kind in ("rows", "links"):
            return RowButton(field.id, match["add"] or match["verb"], match["index"] or "")
    return None


def after_button(form: Form, button: RowButton) -> Form:
    """The form as it is after the button; its rows have new indexes, in their new order."""
    indexes = indexes_of(form, button.field)
    order = _new_order(indexes, button)
    changed = {name: values for name, values in form.items() if not _is_of_rows(name, button.field)}
    for place, index in enumerate(order):
        is_copy = index in order[:place]
        for name, values in form.items():
            rest = name.removeprefix(f"{button.field}.{index}.")
            if rest != name and not (is_copy and rest in ("id", "uid")) and rest not in _VERBS:
                changed[f"{button.field}.{place}.{rest}"] = values
    return changed


_VERBS = frozenset({"remove", "up", "down", "duplicate"})


def _is_of_rows(name: str, field: str) -> bool:
    return re.match(rf"{re.escape(field)}\.(?:add$|[0-9]{{1,6}}\.)", name) is not None


def _new_order(indexes: list[str], button: RowButton) -> list[str]:
    order = list(indexes)
    if button.index not in order:
        return order
    place = order.index(button.index)
    match button.verb:
        case "remove":
            del order[place]
        case "duplicate":
            order.insert(place + 1, button.index)
        case "up" if place > 0:
            order[place - 1 : place + 1] = reversed(order[place - 1 : place + 1])
        case "down":
            order[place : place + 2] = reversed(order[place : place + 2])
    return order


# ---- typed text, to be shown again


def typed_values(page_type: PageType, form: Form) -> dict[str, object]:
    """What was typed, by field, in the shapes that components/form_kinds.html draws; nothing is checked."""
    typed = fields_from_form(page_type, form)
    return {id: _shaped(page_type.fields[id], value) for id, value in typed.items()}


def _shaped(field: Field, typed: object) -> object:
    if field.kind == "amount" and isinstance(typed, str):
        return {"text": typed}
    if field.kind == "rows" and isinstance(typed, list):
        return [_shaped_row(field, row) for row in typed]
    return typed


def _shaped_row(field: Field, row: Mapping[str, object]) -> dict[str, object]:
    columns = {column.id: column for column in field.columns}
    return {name: _shaped(columns[name], value) if name in columns else value for name, value in row.items()}
