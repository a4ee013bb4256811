"""Starting a change and saving it: immutable revisions, compare-and-set, nothing lost when two people write."""

import logging
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from kmwiki.domain.content import Content
from kmwiki.domain.fields import move_to_edition
from kmwiki.domain.ids import new_id
from kmwiki.domain.merge import Merged, merge
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import PageState, State, Verb, next_state
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, ChangePerson, Page, Part, Publication, Revision
from kmwiki.permissions import require
from kmwiki.services.checking import problems_at
from kmwiki.services.editing import Edit, edited, empty_content
from kmwiki.services.finding import content_of, find_change, find_page, find_revision, open_change_of
from kmwiki.services.rows import number_new_rows
from kmwiki.services.slug_wishes import refuse_taken_slug
from kmwiki.site import UnitOfWork

log = logging.getLogger(__name__)

#: How often a save is tried again when others save at the same moment.
_TRIES = 50


class OpenChangeExists(Conflict):
    """The asker already has an open change on this page."""

    code = "open-change"

    def __init__(self, change: Change) -> None:
        super().__init__(_("You are already changing this page. Go on with that change."))
        self.change_id = change.id


@dataclass(frozen=True)
class Started:
    """A change that was started; `is_new` is False where an idempotency key led to an earlier one."""

    change: Change
    is_new: bool


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


# ---- starting


def start_page(uow: UnitOfWork, type_name: str, edit: Edit, idempotency_key: str | None = None) -> Started:
    """A new page that nobody else sees yet, with its first change.

    Raises UnknownPageType, Refused.
    """
    require(uow.actor, "change.start")
    if earlier := _earlier_start(uow, idempotency_key):
        return Started(earlier, is_new=False)
    page_type = uow.site.page_type(type_name)
    language = str(edit.members.get("language") or current_language())
    blank = empty_content(uow, page_type, language)
    content = edited(uow, page_type, blank, edit)
    refuse_taken_slug(uow, edit.members.get("slug"))
    page = Page(id=new_id(), type=type_name, state="new", created_at=uow.now, row_counter=0)
    uow.session.add(page)
    uow.session.flush()
    return _start(uow, page, page_type, content, None, edit, idempotency_key)


def start_edit(
    uow: UnitOfWork, slug: str, edit: Edit, idempotency_key: str | None = None, seen: UUID | None = None
) -> Started:
    """A change of a published page, from the published version that was seen (None: the newest).

    Raises NotFound, Conflict (the page is in the bin), OpenChangeExists, Refused.
    """
    page = find_page(uow, slug)
    require(uow.actor, "change.start")
    if page.state == PageState.BINNED:
        raise Conflict(_("This page is in the bin. Take it out before you change it."))
    if earlier := _earlier_start(uow, idempotency_key):
        return Started(earlier, is_new=False)
    if mine := open_change_of(uow, page.id):
        raise OpenChangeExists(mine)
    base_id = page.published_revision_id if seen is None else _publication_of(uow, page, seen)
    base = content_of(find_revision(uow, base_id))
    page_type = uow.site.page_type(page.type)
    shown = base.replace(edition=page_type.edition, fields=move_to_edition(page_type, base.fields))
    content = edited(uow, page_type, shown, edit)
    return _start(uow, page, page_type, content, base_id, edit, idempotency_key)


def save_first_again(uow: UnitOfWork, change: Change, edit: Edit) -> Saved | None:
    """Save what came with the key of a change that was started already, as somebody does who goes back in the browser.

    None where it is the very post that started the change. Raises as save() does.
    """
    first = uow.session.scalars(
        select(Revision).where(Revision.change_id == change.id).order_by(Revision.created_at, Revision.id).limit(1)
    ).one()
    if first.request_digest == edit.digest(None):
        return None
    return save(uow, change.id, edit, first.id)


def _publication_of(uow: UnitOfWork, page: Page, revision_id: UUID) -> UUID:
    publication = uow.session.get(Publication, revision_id)
    if publication is None or publication.page_id != page.id:
        raise NotFound(_("The version that this text began from is not one of this page."))
    return revision_id


def _earlier_start(uow: UnitOfWork, key: str | None) -> Change | None:
    if not key:
        return None
    return uow.session.scalar(
        select(Change).where(Change.author_id == uow.actor.user_id, Change.idempotency_key == key)
    )


def _start(
    uow: UnitOfWork,
    page: Page,
    page_type: PageType,
    content: Content,
    base_id: UUID | None,
    edit: Edit,
    idempotency_key: str | None,
) -> Started:
    assert uow.actor.user_id is not None
    change = Change(
        id=new_id(), page_id=page.id, author_id=uow.actor.user_id, base_id=base_id, head_id=new_id(),
        state=State.DRAFT, idempotency_key=idempotency_key, created_at=uow.now, updated_at=uow.now,
        acknowledged={},
    )  # fmt: skip
    _take_members(change, edit)
    number_new_rows(uow, page.id, page_type, content.fields)
    uow.session.add(change)
    try:
        uow.session.flush()
    except IntegrityError as error:
        return _started_meanwhile(uow, page.id, idempotency_key, error)
    add_revision(
        uow, change, content, parent_id=base_id, kind="edit", revision_id=change.head_id,
        request_digest=edit.digest(None),
    )  # fmt: skip
    uow.audit("change.start", page_id=page.id, change_id=change.id, revision_id=change.head_id)
    uow.session.flush()
    uow.session.refresh(change)
    log.info("started change=%s page=%s actor=%s", change.id, page.id, uow.actor.user_id)
    return Started(change, is_new=True)


def _started_meanwhile(uow: UnitOfWork, page_id: UUID, key: str | None, error: IntegrityError) -> Started:
    """Another request of the same person was quicker: the unique indexes of `change` say so."""
    uow.session.rollback()
    if earlier := _earlier_start(uow, key):
        return Started(earlier, is_new=False)
    if mine := open_change_of(uow, page_id):
        raise OpenChangeExists(mine) from error
    raise error


def _take_members(change: Change, edit: Edit) -> None:
    for name in ("summary", "slug", "note_to_reviewer"):
        if edit.members.get(name) is not None:
            setattr(change, name, edit.members[name])


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


# ---- saving


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
    next_state(State(change.state), Verb.SAVE)
    seen_content = content_of(_revision_of_change(uow, change, seen))
    head = find_revision(uow, change.head_id)
    page_type = uow.site.page_type(seen_content.type, seen_content.edition)
    kept = kept_text(uow, change, resolves) if resolves else None
    mine = edited(uow, page_type, seen_content, edit, content_of(head), content_of(kept) if kept else None)
    merged = merge(page_type, seen_content, mine, content_of(head))
    if merged.conflicts:
        return _keep_beside(uow, change, page_type, mine, merged, seen, digest)
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
    number_new_rows(uow, change.page_id, page_type, merged.content.fields)
    revision = add_revision(
        uow, change, merged.content, parent_id=head.id, kind=_kind(uow, change, resolves),
        merged_from_id=resolves, request_digest=digest,
    )  # fmt: skip
    uow.session.flush()
    if not move_head(uow, change, head.id, revision.id):
        return None
    _take_members(change, edit)
    note_draft_saver(uow, change)
    uow.audit("change.save", page_id=change.page_id, change_id=change.id, revision_id=revision.id)
    return Saved(change, revision, combined=merged.from_theirs)


def _store_members(uow: UnitOfWork, change: Change, edit: Edit, head: Revision) -> Saved:
    """Nothing of the text changed: keep the summary, the note and the address that was wished for."""
    _take_members(change, edit)
    return Saved(change, head)


def _kind(uow: UnitOfWork, change: Change, resolves: UUID | None) -> str:
    if resolves is not None:
        return "merge"
    others = change.state == State.SUBMITTED and not is_writer(uow, change)
    return "correction" if others else "edit"


def is_writer(uow: UnitOfWork, change: Change) -> bool:
    """Whether the asker is the author or a co-author of the change."""
    return change.author_id == uow.actor.user_id or any(
        person.user_id == uow.actor.user_id and person.part == Part.COAUTHOR for person in change.people
    )


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


def _keep_beside(
    uow: UnitOfWork,
    change: Change,
    page_type: PageType,
    mine: Content,
    merged: Merged,
    seen: UUID,
    digest: str,
) -> Saved:
    """Keep a text that met a conflict: it is in the database before anybody is told of the conflict."""
    earlier = uow.session.scalar(
        select(Revision).where(Revision.change_id == change.id, Revision.request_digest == digest)
    )
    if earlier is not None:
        return Saved(change, earlier, conflict=merged)
    number_new_rows(uow, change.page_id, page_type, mine.fields)
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
    """What stands between the change and publication in full, all at once."""
    return problems_at(uow, content_of(find_revision(uow, change.head_id)), Level.FULL)
