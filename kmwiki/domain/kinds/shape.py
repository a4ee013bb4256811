"""Reading JSON objects from outside: only known members, each fault as a problem of the field."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kmwiki.domain.kinds.kind import refuse
from kmwiki.domain.kinds.words_of_input import quoted
from kmwiki.domain.page_type import Field
from kmwiki.i18n import gettext as _


def members_of(raw: object, field: Field, known: Collection[str]) -> dict[str, object]:
    """The members of the object that say something; raises Faults for no object and for unknown members."""
    if not isinstance(raw, Mapping):
        message = _("“{label}” must be an object with the members {members}.")
        raise refuse(field, message.format(label=field.label, members=", ".join(known)))
    for name in raw:
        if name not in known:
            message = _("“{label}” has no member “{member}”; it can have: {members}.")
            raise refuse(
                field, message.format(label=field.label, member=quoted(name), members=", ".join(known))
            )
    return {str(name): value for name, value in raw.items() if value not in (None, "")}
