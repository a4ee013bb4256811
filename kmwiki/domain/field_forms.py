"""Fields on their way through HTML forms: names and values, as a browser sends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kmwiki.domain.kinds import KINDS
from kmwiki.domain.kinds.kind import Form
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.rules import is_not_applicable


def fields_from_form(page_type: PageType, form: Form) -> dict[str, object]:
    """What the form holds for the fields of the type, for parse_fields(); buttons are passed over.

    Rows come in the order of their indexes, without those that hold nothing that a person typed.
    """
    found = {field.id: _from_form(form, field) for field in page_type.fields.values()}
    return {id: raw for id, raw in found.items() if raw is not None}


def fields_to_form(page_type: PageType, fields: Mapping[str, object]) -> dict[str, list[str]]:
    """The names and values of a form that holds these fields; fields_from_form() gives them back."""
    form: dict[str, list[str]] = {}
    for field in page_type.fields.values():
        for name, value in _to_form(fields.get(field.id), field):
            form.setdefault(name, []).append(value)
    return form


def _from_form(form: Form, field: Field) -> object:
    raw = KINDS[field.kind].from_form(form, field.id, field)
    reasons = [reason for reason in form.get(f"{field.id}.not_applicable", ()) if reason.strip()]
    # A reason without the tick counts where nothing else was answered: what was typed is not lost.
    if form.get(f"{field.id}.not_applicable_on") or (reasons and raw is None):
        return {"not_applicable": reasons[0] if reasons else ""}
    return raw


def _to_form(value: object, field: Field) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, Mapping) and is_not_applicable(value):
        yield f"{field.id}.not_applicable_on", "1"
        yield f"{field.id}.not_applicable", str(value["not_applicable"])
    else:
        yield from KINDS[field.kind].to_form(value, field.id, field)
