"""Revisions of a change: stored once, never changed; the head moves by compare-and-set."""

from uuid import UUID

from sqlalchemy import update

from kmwiki.domain.content import Content
from kmwiki.domain.ids import new_id
from kmwiki.domain.workflow import State, Verb, next_state
from kmwiki.errors import Conflict
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, ChangePerson, Part, Revision
from kmwiki.services.changes.editing import Edit
from kmwiki.site import UnitOfWork


def require_savable(change: Change) -> None:
    """Raises Conflict where no text can be saved into the change: it is closed, or it is a request about its page."""
    next_state(State(change.state), Verb.SAVE)
    if change.request:
        raise Conflict(_("This asks for something to be done with the page; there is no text to be changed in it."))


def add_revision(
    uow: UnitOfWork,
    change: Change,
    content: Content,
    *,
    parent_id: UUID | None,
    kind: str,
    merged_from_id: UUID | None = None,
    revision_id: UUID | None = None,
    request_digest: str | None = None,
) -> Revision:
    """Store an immutable revision of this change; does not move the head."""
    revision = Revision(
        id=revision_id or new_id(), page_id=change.page_id, change_id=change.id, parent_id=parent_id,
        merged_from_id=merged_from_id, kind=kind, content=content.to_json(), digest=content.digest(),
        author_id=uow.actor.user_id, author_name=uow.actor.name, created_at=uow.now,
        request_digest=request_digest,
    )  # fmt: skip
    uow.session.add(revision)
    return revision


def move_head(uow: UnitOfWork, change: Change, seen_head: UUID, new_head: UUID, **values: object) -> bool:
    """Compare-and-set of the head; False where somebody else moved head or state since they were read."""
    moved = uow.session.execute(
        update(Change)
        .where(Change.id == change.id, Change.head_id == seen_head, Change.state == change.state)
        .values(head_id=new_head, updated_at=uow.now, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        return False
    uow.session.refresh(change)
    return True


def note_draft_saver(uow: UnitOfWork, change: Change) -> None:
    """Whoever saves a draft is barred from publishing it (four eyes)."""
    if change.state != State.DRAFT or change.author_id == uow.actor.user_id:
        return
    if not any(p.user_id == uow.actor.user_id and p.part == Part.DRAFT_SAVER for p in change.people):
        assert uow.actor.user_id is not None
        change.people.append(
            ChangePerson(change_id=change.id, user_id=uow.actor.user_id, part=Part.DRAFT_SAVER, at=uow.now)
        )


def is_writer(uow: UnitOfWork, change: Change) -> bool:
    """Whether the asker is the author or a co-author of the change."""
    return change.author_id == uow.actor.user_id or any(
        person.user_id == uow.actor.user_id and person.part == Part.COAUTHOR for person in change.people
    )


def take_members(change: Change, edit: Edit) -> None:
    """Keep what an edit says of the change itself: its summary, the address wished for, the note to the reviewer."""
    for name in ("summary", "note_to_reviewer"):
        if edit.members.get(name) is not None:
            setattr(change, name, edit.members[name])
    if "slug" in edit.members:
        change.slug = edit.members["slug"]
