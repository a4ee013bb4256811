"""Texts that met a conflict: kept beside the newest version of their change, for ever, whatever was chosen then."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kmwiki.errors import NotFound
from kmwiki.models import Change, Revision
from kmwiki.permissions import may
from kmwiki.services.pages.finding import find_change
from kmwiki.site import UnitOfWork

#: More of them are reachable by their addresses alone.
LISTED = 50


def texts_set_aside(uow: UnitOfWork, change: Change) -> Sequence[Revision]:
    """Those of this change that the asker may look at, newest first: all for who writes it, else one's own."""
    found = select(Revision).where(
        Revision.change_id == change.id, Revision.kind == "beside", Revision.content.is_not(None)
    )
    if not may(uow.actor, "change.save", change):
        if not uow.actor.is_signed_in:
            return []
        found = found.where(Revision.author_id == uow.actor.user_id)
    return uow.session.scalars(found.order_by(Revision.created_at.desc(), Revision.id.desc()).limit(LISTED)).all()


def text_set_aside(uow: UnitOfWork, change_id: UUID, revision_id: UUID) -> tuple[Change, Revision]:
    """One of them, with its change. Raises NotFound."""
    change = find_change(uow, change_id)
    revision = next((text for text in texts_set_aside(uow, change) if text.id == revision_id), None)
    if revision is None:
        raise NotFound()
    return change, revision
