"""Saying something about a change or a page, answering, editing and deleting one's own, resolving a thread.

Rights are asked of the page or change (permissions.py); that a comment is one's own is a condition beside them.
"""

from uuid import UUID

from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Comment, Page
from kmwiki.permissions import Actor, may, require
from kmwiki.render.markdown import RENDERER_VERSION, render
from kmwiki.services.accounts.new_accounts import count_comment
from kmwiki.services.pages.finding import find_change, find_page, find_page_by_id
from kmwiki.services.talk.comment_bounds import (
    checked_name,
    clean,
    faults_of_field,
    faults_of_text,
    number_of_answers,
    refuse,
    refuse_too_many,
)
from kmwiki.site import UnitOfWork

Thing = Page | Change


# ---- saying something


def comment_on_change(
    uow: UnitOfWork, change_id: UUID, text: str, field: str = "", answers: UUID | None = None, *,
    name: str = "", link: str = "",
) -> Comment:  # fmt: skip
    """Say something about a change; holders of a share link give a name, and the link is counted."""
    return _add(uow, find_change(uow, change_id), text, field, answers, name, link)


def comment_on_page(
    uow: UnitOfWork, slug: str, text: str, field: str = "", answers: UUID | None = None
) -> Comment:  # fmt: skip
    """Say something about a page, for everybody who may read it."""
    return _add(uow, find_page(uow, slug), text, field, answers)


def _add(
    uow: UnitOfWork, thing: Thing, text: object, field: str, answers: UUID | None, name: str = "", link: str = ""
) -> Comment:
    require(uow.actor, _right(thing, "comment"), thing)
    thread = _thread_of(uow, thing, answers) if answers else None
    field = thread.field if thread else field
    refuse([*faults_of_text(text), *faults_of_field(uow, thing, field)])
    is_page = isinstance(thing, Page)
    said = Comment(
        id=new_id(), page_id=thing.id if is_page else None, change_id=None if is_page else thing.id,
        thread_id=thread.id if thread else None, author_id=uow.actor.user_id,
        author_name=uow.actor.name or checked_name(name), field=field, created_at=uow.now,
    )  # fmt: skip
    _write(said, str(text))
    refuse_too_many(uow, thing, thread, link)
    count_comment(uow)
    uow.session.add(said)
    _announce(uow, said)
    _tell(uow, said, thing)
    return said


def _thread_of(uow: UnitOfWork, thing: Thing, answers: UUID) -> Comment:
    """The beginning of the thread that is answered in. Raises Refused where it is not of this thing, Conflict."""
    found = uow.session.get(Comment, answers)
    if found is None or thing.id not in (found.page_id, found.change_id):
        message = _("What you answer to is not there any more.")
        raise Refused(message, [Problem("answers", Level.DRAFT, message)])
    thread = beginning_of(uow, found)
    if thread.resolved_at is not None:
        raise Conflict(_("This conversation was marked as settled. Open it again to answer."))
    return thread


def _write(comment: Comment, text: str) -> None:
    """Put the text in, and its HTML: rendered here, before the first write."""
    comment.text = clean(text)
    comment.html, comment.renderer = render(comment.text, html_prefix(comment)), RENDERER_VERSION


def html_prefix(comment: Comment) -> str:
    """What goes before the ids in a comment's HTML."""
    return f"comment-{comment.id}-"


def _announce(uow: UnitOfWork, comment: Comment) -> None:
    """What is said about a page is read in public: every process is to show it at the next request."""
    if comment.page_id is not None:
        uow.raise_generation()


def _tell(uow: UnitOfWork, said: Comment, thing: Thing) -> None:
    comment_id, thread_id = str(said.id), str(said.thread_id or said.id)
    if isinstance(thing, Page):
        uow.tell(Event.PAGE_COMMENTED, page_id=thing.id, comment_id=comment_id, thread_id=thread_id)
    else:
        uow.tell(
            Event.CHANGE_COMMENTED, page_id=thing.page_id, change_id=thing.id,
            comment_id=comment_id, thread_id=thread_id,
        )  # fmt: skip


# ---- one's own, and what moderators remove


def edit(uow: UnitOfWork, comment_id: UUID, text: str) -> Comment:
    """Change one's own comment; readers are told that it was edited. Raises NotFound, Forbidden, Refused."""
    comment = find_editable(uow, comment_id)
    refuse(list(faults_of_text(text)))
    if clean(text) != comment.text:
        _write(comment, text)
        comment.edited_at = uow.now
        _announce(uow, comment)
    return comment


def delete(uow: UnitOfWork, comment_id: UUID, reason: str = "") -> None:
    """Delete one's own comment, or as a moderator another's; where it was answered, its place stays, empty."""
    comment, thing = find_comment(uow, comment_id)
    _require_own_or(uow, "remove-comment", comment, thing)
    how = "deleted" if is_own(uow.actor, comment) else "removed"
    thread = beginning_of(uow, comment)
    others = number_of_answers(uow, thread) - (0 if comment is thread else 1)
    if comment is thread and others:
        comment.text = comment.html = ""
        comment.gone = how
    elif comment is not thread and thread.gone and not others:
        uow.session.delete(thread)  # its last answer goes with it
    else:
        uow.session.delete(comment)
    if how == "removed":
        uow.audit(
            "comment.remove", page_id=comment.page_id, change_id=comment.change_id, reason=reason.strip()[:1_000],
            comment=str(comment.id), author=comment.author_name,
        )  # fmt: skip
    _announce(uow, comment)


def resolve(uow: UnitOfWork, comment_id: UUID, is_resolved: bool = True) -> Comment:
    """Mark the thread of this comment as settled, or open it again: its beginning."""
    thread = find_resolvable(uow, comment_id)
    if is_resolved != (thread.resolved_at is not None):
        thread.resolved_at = uow.now if is_resolved else None
        thread.resolved_by = uow.actor.name if is_resolved else ""
        _announce(uow, thread)
    return thread


# ---- finding, and who may


def find_comment(uow: UnitOfWork, comment_id: UUID, also_gone: bool = False) -> tuple[Comment, Thing]:
    """A comment and what it is about. Raises NotFound where the asker may not read that, or it was deleted."""
    comment = uow.session.get(Comment, comment_id)
    if comment is None or (comment.gone and not also_gone):
        raise NotFound()
    if comment.change_id is not None:
        return comment, find_change(uow, comment.change_id)
    assert comment.page_id is not None
    return comment, find_page_by_id(uow, comment.page_id)


def find_editable(uow: UnitOfWork, comment_id: UUID) -> Comment:
    """A comment of the asker's own. Raises NotFound, Forbidden."""
    comment, thing = find_comment(uow, comment_id)
    require(uow.actor, _right(thing, "comment"), thing)
    if not is_own(uow.actor, comment):
        raise Forbidden(_("Only whoever wrote a comment can change it."))
    return comment


def find_resolvable(uow: UnitOfWork, comment_id: UUID) -> Comment:
    """The beginning of this comment's thread, where the asker may settle it. Raises NotFound, Forbidden."""
    comment, thing = find_comment(uow, comment_id, also_gone=True)
    thread = beginning_of(uow, comment)
    _require_own_or(uow, "resolve-comment", thread, thing)
    return thread


def beginning_of(uow: UnitOfWork, comment: Comment) -> Comment:
    """The comment that its thread begins with."""
    found = uow.session.get(Comment, comment.thread_id) if comment.thread_id else comment
    assert found is not None
    return found


def is_own(actor: Actor, comment: Comment) -> bool:
    return actor.user_id is not None and comment.author_id == actor.user_id


def may_comment(actor: Actor, thing: Thing) -> bool:
    return may(actor, _right(thing, "comment"), thing)


def may_edit(actor: Actor, comment: Comment, thing: Thing) -> bool:
    return not comment.gone and is_own(actor, comment) and may(actor, _right(thing, "comment"), thing)


def may_remove(actor: Actor, comment: Comment, thing: Thing) -> bool:
    return not comment.gone and _is_own_or(actor, "remove-comment", comment, thing)


def may_resolve(actor: Actor, thread: Comment, thing: Thing) -> bool:
    return _is_own_or(actor, "resolve-comment", thread, thing)


def _is_own_or(actor: Actor, action: str, comment: Comment, thing: Thing) -> bool:
    return may(actor, _right(thing, "comment" if is_own(actor, comment) else action), thing)


def _require_own_or(uow: UnitOfWork, action: str, comment: Comment, thing: Thing) -> None:
    require(uow.actor, _right(thing, "comment" if is_own(uow.actor, comment) else action), thing)


def _right(thing: Thing, action: str) -> str:
    return f"{'page' if isinstance(thing, Page) else 'change'}.{action}"
