"""What a moderator corrects in a change of somebody else: a step that its author is told of and shown."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.events import Event
from kmwiki.models import Change, Review, Revision
from kmwiki.services.changes.lifecycle import note_step
from kmwiki.site import UnitOfWork


def note_correction(uow: UnitOfWork, change: Change) -> None:
    """Note that the head is a correction; several in a row by the same moderator are one step, the newest."""
    newest = select(Review).where(Review.change_id == change.id).order_by(Review.at.desc(), Review.id.desc()).limit(1)
    step = uow.session.scalars(newest).first()
    if step is not None and step.step == "corrected" and step.actor_id == uow.actor.user_id:
        step.revision_id, step.at = change.head_id, uow.now
        return
    note_step(uow, change, "corrected")
    uow.tell(Event.CHANGE_CORRECTED, page_id=change.page_id, change_id=change.id)


def corrected_from(step: Review, revisions: Mapping[UUID, Revision]) -> UUID | None:
    """The version that a step "corrected" began from; `revisions` are those of the change."""
    before = step.revision_id
    while before and (at := revisions.get(before)) and at.kind == "correction" and at.author_id == step.actor_id:
        before = at.parent_id
    return before if before != step.revision_id else None
