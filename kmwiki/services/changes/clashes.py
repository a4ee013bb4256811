"""Settling what two texts contradict each other in: while a change is saved, or with the page at publication.

A choice for each part, or for each place in it: mine, theirs, both, or a text of one's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from kmwiki.domain.conflict import Choice, Keep
from kmwiki.domain.content import Content
from kmwiki.domain.fields import parse_fields
from kmwiki.domain.merge import Merged, resolve
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict as ConflictError
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Revision
from kmwiki.permissions import require
from kmwiki.services.changes.revisions import add_revision, move_head, note_draft_saver, require_savable
from kmwiki.services.changes.rows import number_new_rows
from kmwiki.services.changes.saving import conflict_with_head, kept_text, refuse_lower_level
from kmwiki.services.pages.finding import find_change
from kmwiki.services.review.weighing import keep_weight, weigh_waiting
from kmwiki.site import UnitOfWork

#: By the name of the part: one choice for all of it ("mine", "theirs", "both" by its name), or one for each place.
Choices: TypeAlias = Mapping[str, str | Choice | Sequence[Choice]]


@dataclass(frozen=True)
class KeptClash:
    """A text that is kept beside the head of a change, and what it and the head contradict each other in."""

    change: Change
    beside: Revision
    merged: Merged


def clash_with_head(uow: UnitOfWork, change_id: UUID, beside_id: UUID) -> KeptClash:
    """What has to be settled between a kept text and the change. Raises NotFound, Forbidden."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.save", change)
    beside = kept_text(uow, change, beside_id)
    return KeptClash(change, beside, conflict_with_head(uow, change, beside))


def settle_with_head(
    uow: UnitOfWork, change_id: UUID, beside_id: UUID, seen_head: UUID, choices: Choices
) -> Change:
    """Save the kept text, combined with the head as chosen, as the newest version of the change.

    Raises Refused (a choice is missing or not possible), Conflict (saved again meanwhile, or closed).
    """
    clash = clash_with_head(uow, change_id, beside_id)
    change = clash.change
    require_savable(change)
    if change.head_id != seen_head:
        raise ConflictError(_("Somebody saved this change meanwhile. Please look at it again."))
    content = settled(uow, clash.merged, choices)
    refuse_lower_level(uow, change, content)
    _store(uow, change, seen_head, beside_id, content)
    return change


def _store(uow: UnitOfWork, change: Change, head: UUID, beside: UUID, content: Content) -> None:
    weight = weigh_waiting(uow, change, content)
    number_new_rows(uow, change.page_id, uow.site.page_type(content.type, content.edition), content.fields)
    merged = add_revision(uow, change, content, parent_id=head, kind="merge", merged_from_id=beside)
    uow.session.flush()
    if not move_head(uow, change, head, merged.id):
        raise ConflictError(_("Somebody saved this change meanwhile. Please look at it again."))
    keep_weight(uow, change, weight)
    note_draft_saver(uow, change)
    uow.audit("change.save", page_id=change.page_id, change_id=change.id, revision_id=merged.id)


def settled(uow: UnitOfWork, merged: Merged, choices: Choices) -> Content:
    """The combination with each clash settled; texts of one's own are held to the rules of any other save.

    Raises Refused, with a problem for each, where a choice is missing, not possible, or not to be stored.
    """
    content = resolve(merged, {field: _choice(field, choice) for field, choice in choices.items()})
    page_type = uow.site.page_type(content.type, content.edition)
    written = {c.field: content.fields[c.field] for c in merged.conflicts if _is_text(page_type, c.field, content)}
    parsed = parse_fields(page_type, written, uow.site.vocabularies, language=content.language)
    if parsed.problems:
        raise Refused(parsed.problems[0].message, parsed.problems)
    return content.replace(fields={**content.fields, **parsed.fields})


def takes_own_text(page_type: PageType, field: str) -> bool:
    """Whether a text of one's own can stand in place of both versions of this field."""
    found = page_type.fields.get(field)
    return found is not None and found.kind in ("text", "md")


def _is_text(page_type: PageType, field: str, content: Content) -> bool:
    return takes_own_text(page_type, field) and isinstance(content.fields.get(field), str)


def _choice(field: str, choice: object) -> Choice | Sequence[Choice]:
    try:
        return Keep(choice) if isinstance(choice, str) else choice  # type: ignore[return-value]
    except ValueError as error:
        message = _("Choose one of the versions, or both.")
        raise Refused(message, [Problem(field=field, level=Level.DRAFT, message=message)]) from error
