"""Saving a change: immutable revisions, compare-and-set, nothing lost when two people write."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.content import Content
from kmwiki.domain.merge import Merged, merge
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import State
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Revision
from kmwiki.permissions import require
from kmwiki.services.changes.checking import problems_at
from kmwiki.services.changes.editing import Edit, edited
from kmwiki.services.changes.revisions import (
    add_revision,
    is_writer,
    move_head,
    note_draft_saver,
    require_savable,
    take_members,
)
from kmwiki.services.changes.rows import number_new_rows
from kmwiki.services.changes.slug_wishes import refuse_taken_slug
from kmwiki.services.changes.topic_choice import keep_proposal
from kmwiki.services.files.file_edits import keep_bytes, note_files, refuse_too_many
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.services.review.corrections import note_correction
from kmwiki.services.review.weighing import keep_weight, weigh_waiting
from kmwiki.site import UnitOfWork

#: How often a save is tried again when others save at the same moment.
_TRIES = 50


@dataclass(frozen=True)
class Saved:
    """What became of a save.

    `combined` names fields that others had changed meanwhile and that were taken in. With a `conflict` the head
    has not moved: `revision` is the text that was given, kept beside the head, and both must be looked at.
    """

    change: Change
    revision: Revision
    combined: tuple[str, ...] = ()
    conflict: Merged | None = None


def save(
    uow: UnitOfWork, change_id: UUID, edit: Edit, seen: UUID, resolves: UUID | None = None
) -> Saved:
    """Store an edit of the version that was seen as a new revision of the change.

    Where the head has moved on, the edit is merged with it; a real conflict keeps the given text beside the head
    and is returned to be shown. `resolves` is such a kept text, when this edit settles the conflict.
    The same edit of the same version again stores nothing and answers what it answered before.
    Raises NotFound, Forbidden, Conflict (closed change), Refused (with every problem).
    """
    for _attempt in range(_TRIES):
        saved = _try_to_save(uow, change_id, edit, seen, resolves)
        if saved is not None:
            return saved
        uow.session.rollback()
    raise Conflict(_("Many people are saving this change at once. Your text is still here; please save again."))


def _try_to_save(
    uow: UnitOfWork, change_id: UUID, edit: Edit, seen: UUID, resolves: UUID | None
) -> Saved | None:
    change = find_change(uow, change_id)
    require(uow.actor, "change.save", change)
    digest = edit.digest(seen)
    if before := _saved_before(uow, change, digest):
        return before
    require_savable(change)
    seen_content = content_of(_revision_of_change(uow, change, seen))
    head = find_revision(uow, change.head_id)
    page_type = uow.site.page_type(seen_content.type, seen_content.edition)
    kept = kept_text(uow, change, resolves) if resolves else None
    mine = edited(uow, page_type, seen_content, edit, content_of(head), content_of(kept) if kept else None)
    _refuse_new_wish(uow, change, edit)
    merged = merge(page_type, seen_content, mine, content_of(head))
    refuse_too_many(uow, merged.content, content_of(head), edit.uploads)
    if merged.conflicts:
        return _keep_beside(uow, change, page_type, mine, merged, seen, edit, digest)
    refuse_lower_level(uow, change, merged.content)
    return _store(uow, change, page_type, merged, head, edit, resolves, digest)


def _saved_before(uow: UnitOfWork, change: Change, digest: str) -> Saved | None:
    revision = uow.session.scalar(
        select(Revision).where(Revision.change_id == change.id, Revision.request_digest == digest)
    )
    return Saved(change, revision) if revision and revision.kind != "beside" else None


def _revision_of_change(uow: UnitOfWork, change: Change, revision_id: UUID) -> Revision:
    """The version that was seen, of this change or the one it began from: a second id is checked like the first."""
    revision = uow.session.get(Revision, revision_id)
    if revision is None or (revision.change_id != change.id and revision.id != change.base_id):
        raise NotFound(_("The version that this text began from is not part of this change."))
    return revision


def _refuse_new_wish(uow: UnitOfWork, change: Change, edit: Edit) -> None:
    """Refuse a taken address when it is wished for; one that was taken later stops no save, but the publication."""
    wish = edit.members.get("slug")
    if change.page.state == "new" and wish != change.slug:
        refuse_taken_slug(uow, wish)


def refuse_lower_level(uow: UnitOfWork, change: Change, content: Content) -> None:
    """A submitted change must hold the level that it was sent at."""
    if change.state != State.SUBMITTED:
        return
    problems = [p for p in problems_at(uow, content, Level(change.depth)) if p.level != Level.WARNING]
    if problems:
        message = _("This change waits for review and must stay complete. Withdraw it first to save it unfinished.")
        raise Refused(message, problems)


def _store(
    uow: UnitOfWork,
    change: Change,
    page_type: PageType,
    merged: Merged,
    head: Revision,
    edit: Edit,
    resolves: UUID | None,
    digest: str,
) -> Saved | None:
    """Write the revision and move the head, or give None where the head has moved since it was read."""
    if merged.content == content_of(head) and resolves is None:
        return _store_members(uow, change, edit, head)
    weight = weigh_waiting(uow, change, merged.content)
    keep_bytes(uow, edit.uploads)
    number_new_rows(uow, change.page_id, page_type, merged.content.fields)
    note_files(uow, edit.uploads)
    keep_proposal(uow, edit.new_topic, merged.content)
    revision = add_revision(
        uow, change, merged.content, parent_id=head.id, kind=_kind(uow, change, resolves),
        merged_from_id=resolves, request_digest=digest,
    )  # fmt: skip
    uow.session.flush()
    if not move_head(uow, change, head.id, revision.id):
        return None
    keep_weight(uow, change, weight)
    take_members(change, edit)
    note_draft_saver(uow, change)
    if revision.kind == "correction":
        note_correction(uow, change)
    uow.audit("change.save", page_id=change.page_id, change_id=change.id, revision_id=revision.id)
    return Saved(change, revision, combined=(*merged.from_theirs, *merged.both_changed))


def _store_members(uow: UnitOfWork, change: Change, edit: Edit, head: Revision) -> Saved:
    """Nothing of the text changed: keep the summary, the note and the address that was wished for."""
    take_members(change, edit)
    return Saved(change, head)


def _kind(uow: UnitOfWork, change: Change, resolves: UUID | None) -> str:
    if resolves is not None:
        return "merge"
    others = change.state == State.SUBMITTED and not is_writer(uow, change)
    return "correction" if others else "edit"


def _keep_beside(
    uow: UnitOfWork,
    change: Change,
    page_type: PageType,
    mine: Content,
    merged: Merged,
    seen: UUID,
    edit: Edit,
    digest: str,
) -> Saved:
    """Keep a text that met a conflict: it is in the database before anybody is told of the conflict."""
    earlier = uow.session.scalar(
        select(Revision).where(Revision.change_id == change.id, Revision.request_digest == digest)
    )
    if earlier is not None:
        return Saved(change, earlier, conflict=merged)
    keep_bytes(uow, edit.uploads)
    number_new_rows(uow, change.page_id, page_type, mine.fields)
    note_files(uow, edit.uploads)
    keep_proposal(uow, edit.new_topic, mine)
    beside = add_revision(uow, change, mine, parent_id=seen, kind="beside", request_digest=digest)
    uow.session.flush()
    note_draft_saver(uow, change)
    return Saved(change, beside, conflict=merged)


def kept_text(uow: UnitOfWork, change: Change, revision_id: UUID) -> Revision:
    """A text that is kept beside the head of this change. Raises NotFound."""
    revision = uow.session.get(Revision, revision_id)
    if revision is None or revision.change_id != change.id or revision.kind != "beside":
        raise NotFound()
    return revision


def conflict_with_head(uow: UnitOfWork, change: Change, beside: Revision) -> Merged:
    """What a text kept beside the head and the head disagree on, now."""
    page_type = uow.site.page_type(change.page.type, content_of(beside).edition)
    base = content_of(find_revision(uow, beside.parent_id))
    return merge(page_type, base, content_of(beside), content_of(find_revision(uow, change.head_id)))


def problems_of(uow: UnitOfWork, change: Change) -> list[Problem]:
    """What stands between the change and publication in full, all at once; nothing where no text is to be published."""
    if change.request:
        return []
    return problems_at(uow, content_of(find_revision(uow, change.head_id)), Level.FULL)
