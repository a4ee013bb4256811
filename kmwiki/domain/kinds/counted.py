"""Counting the answers of a field that takes several: how many it needs and how many it can have."""

from __future__ import annotations

from collections.abc import Sequence

from kmwiki.domain.kinds.kind import Schema, lack, needed_at, refuse
from kmwiki.domain.page_type import Field
from kmwiki.domain.problems import Level, Problem
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext


def refuse_too_many(values: Sequence[object], field: Field, bound: int) -> None:
    """Raise Faults where there are more than the field, or any field of its kind, can have."""
    most = bound if field.maximum is None else min(bound, field.maximum)
    if len(values) > most:
        message = ngettext("“{label}” takes one entry.", "“{label}” takes at most {most} entries.", most)
        raise refuse(field, message.format(label=field.label, most=most))


def check_count(values: Sequence[object], field: Field) -> list[Problem]:
    if field.minimum is None or len(values) >= field.minimum:
        return []
    message = _("“{label}” needs at least {least} entries; there is {number} so far.")
    message = message.format(label=field.label, least=field.minimum, number=len(values))
    return [lack(field, message, needed_at(field))]


def count_schema(field: Field, level: Level, bound: int | None = None) -> Schema:
    """The numbers of entries that the field takes at this level, in the members of JSON Schema."""
    schema: Schema = {}
    most = field.maximum if field.maximum is not None else bound
    if most is not None:
        schema["maxItems"] = most
    if field.minimum is not None and level.includes(needed_at(field)):
        schema["minItems"] = field.minimum
    return schema
