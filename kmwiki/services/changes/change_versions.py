"""The versions that a change went through, and which of them somebody may look at and compare.

Who writes a change sees them all. Moderators see those that were in their hands: what was sent, decided or corrected,
and what was saved while it waited; never what a draft said before. Who only gives an opinion sees the newest alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from kmwiki.domain.content import Content
from kmwiki.domain.fields import in_edition
from kmwiki.domain.page_type import PageType
from kmwiki.domain.workflow import State
from kmwiki.errors import NotFound
from kmwiki.models import Change, Part, Review, Revision
from kmwiki.permissions import may
from kmwiki.services.changes.revisions import is_writer
from kmwiki.services.pages.finding import content_of, find_change
from kmwiki.site import UnitOfWork

#: Steps at which a change stood before its moderators.
_IN_THEIR_HANDS = frozenset({"submitted", "returned", "rejected", "published", "combined", "corrected", "withdrawn"})
_WAITED = (State.SUBMITTED, State.PUBLISHED, State.REJECTED)


def is_insider(uow: UnitOfWork, change: Change) -> bool:
    """Whether the asker writes this change, is invited to, or reviews it; others see its newest text and no more."""
    return _is_invited(uow, change) or is_writer(uow, change) or may(uow.actor, "change.ask-opinion", change)


def _is_invited(uow: UnitOfWork, change: Change) -> bool:
    return any(person.user_id == uow.actor.user_id and person.part == Part.INVITED for person in change.people)


def versions_of(uow: UnitOfWork, change: Change) -> Mapping[UUID, Revision]:
    """The versions of this change that the asker may look at, without their texts, by id: two queries."""
    if not is_insider(uow, change):
        return {}
    mine = select(Revision).where(
        Revision.change_id == change.id, Revision.kind != "beside", Revision.content.is_not(None)
    )
    found = {revision.id: revision for revision in uow.session.scalars(mine.options(defer(Revision.content)))}
    if is_writer(uow, change):
        return found
    steps = select(Review.revision_id).where(Review.change_id == change.id, Review.step.in_(_IN_THEIR_HANDS))
    seen = set(uow.session.scalars(steps)) | {change.head_id}
    return {id: revision for id, revision in found.items() if id in seen or _saved_while_waiting(change, revision)}


def _saved_while_waiting(change: Change, revision: Revision) -> bool:
    return change.state in _WAITED and change.submitted_at is not None and revision.created_at >= change.submitted_at


def find_version(uow: UnitOfWork, change: Change, revision_id: UUID) -> Revision:
    """One of them, or the published version that the change began from. Raises NotFound, also for a hidden one."""
    revision = uow.session.get(Revision, revision_id)
    is_base = revision_id == change.base_id and is_insider(uow, change)
    if revision is None or revision.content is None or not (is_base or revision_id in versions_of(uow, change)):
        raise NotFound()
    return revision


def version_of_change(uow: UnitOfWork, change_id: UUID, revision_id: UUID) -> Revision:
    """The same, of a change that is not found yet. Raises NotFound."""
    return find_version(uow, find_change(uow, change_id), revision_id)


@dataclass(frozen=True)
class Sides:
    """Two versions of a change to be compared: the older one is None for a new page, or where its text was hidden.

    `since` and `until` are the versions that were asked for: without `since` the older one is the published version
    that the change began from, without `until` the newer one is the newest.
    """

    page_type: PageType
    old: Content | None
    old_id: UUID | None
    new: Content
    new_id: UUID
    since: Revision | None = None
    until: Revision | None = None


def sides_of(uow: UnitOfWork, change: Change, since: UUID | None = None, until: UUID | None = None) -> Sides:
    """What is to be compared. Raises NotFound where a version that is named is none of this change."""
    begin = find_version(uow, change, since) if since else None
    end = find_version(uow, change, until) if until else None
    newer = end or uow.session.get(Revision, change.head_id)
    older = begin or (uow.session.get(Revision, change.base_id) if change.base_id else None)
    assert newer is not None
    new = content_of(newer)
    page_type = uow.site.page_type(new.type, new.edition)
    old = in_edition(page_type, content_of(older)) if older is not None and older.content is not None else None
    return Sides(page_type, old, older.id if older and old else None, new, newer.id, begin, end)
