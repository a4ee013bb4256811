"""Saying something about a change or a page, answering, editing and deleting one's own, resolving a thread.

Rights are asked of the page or change (permissions.py); that a comment is one's own is a condition beside them.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from kmwiki.domain.ids import new_id
from kmwiki.domain.kinds.words_of_input import has_forbidden_characters
from kmwiki.domain.markdown_guard import faults
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, Forbidden, NotFound, Refused, TooManyTries
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Comment, Page
from kmwiki.permissions import Actor, may, require
from kmwiki.render.markdown import RENDERER_VERSION, render
from kmwiki.services.finding import find_change, find_page, find_page_by_id
from kmwiki.services.limits import count_try
from kmwiki.site import UnitOfWork

Thing = Page | Change

COMMENT_LIMIT = 10_000
ANSWERS_LIMIT = 100
#: Comments on one change: by holders of its share links, and of everybody.
SHARED_LIMIT, CHANGE_LIMIT = 500, 1_000
#: Comments within an hour: by one share link, and of one person.
LINK_HOURLY, PERSON_HOURLY = 30, 60
_HOUR = timedelta(hours=1)


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
    _refuse([*_faults_of_text(text), *_faults_of_field(uow, thing, field)])
    is_page = isinstance(thing, Page)
    said = Comment(
        id=new_id(), page_id=thing.id if is_page else None, change_id=None if is_page else thing.id,
        thread_id=thread.id if thread else None, author_id=uow.actor.user_id,
        author_name=uow.actor.name or _named(name), field=field, created_at=uow.now,
    )  # fmt: skip
    _write(said, str(text))
    _refuse_too_many(uow, thing, thread, link)
    uow.session.add(said)
    _announce(uow, said)
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
    comment.text = _clean(text)
    comment.html, comment.renderer = render(comment.text, html_prefix(comment)), RENDERER_VERSION


def html_prefix(comment: Comment) -> str:
    """What goes before the ids in a comment's HTML."""
    return f"comment-{comment.id}-"


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _announce(uow: UnitOfWork, comment: Comment) -> None:
    """What is said about a page is read in public: every process is to show it at the next request."""
    if comment.page_id is not None:
        uow.raise_generation()


# ---- one's own, and what moderators remove


def edit(uow: UnitOfWork, comment_id: UUID, text: str) -> Comment:
    """Change one's own comment; readers are told that it was edited. Raises NotFound, Forbidden, Refused."""
    comment = find_editable(uow, comment_id)
    _refuse(list(_faults_of_text(text)))
    if _clean(text) != comment.text:
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
    others = _answers(uow, thread) - (0 if comment is thread else 1)
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


# ---- what is refused


def _faults_of_text(text: object) -> Iterator[Problem]:
    if not isinstance(text, str) or not text.strip() or len(text) > COMMENT_LIMIT:
        message = _("Write a comment of at most {number} characters.").format(number=COMMENT_LIMIT)
        yield Problem("text", Level.DRAFT, message)
    elif has_forbidden_characters(_clean(text)):
        yield Problem("text", Level.DRAFT, _("This text holds odd characters."))
    else:
        for fault in faults(_clean(text)):
            message = _("Line {line}: {reason}").format(line=fault.line, reason=fault.reason)
            yield Problem("text", Level.DRAFT, message, line=fault.line)


def _faults_of_field(uow: UnitOfWork, thing: Thing, field: str) -> Iterator[Problem]:
    page = thing if isinstance(thing, Page) else thing.page
    if field and field not in uow.site.page_type(page.type).fields:
        yield Problem("field", Level.DRAFT, _("This page has no such question."))


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems[0].message, problems)


def _named(name: str) -> str:
    clean = " ".join(name.split())[:100]
    if not clean or has_forbidden_characters(clean):
        _refuse([Problem("name", Level.DRAFT, _("Please say who you are."))])
    return clean


def _refuse_too_many(uow: UnitOfWork, thing: Thing, thread: Comment | None, link: str) -> None:
    """Bound what one link, one person, one thread and one change can hold. Raises TooManyTries."""
    if thread is not None and _answers(uow, thread) >= ANSWERS_LIMIT:
        raise TooManyTries(_("This conversation is full. Please begin a new one."))
    if isinstance(thing, Change):
        most = CHANGE_LIMIT if uow.actor.is_signed_in else SHARED_LIMIT
        if _number(uow, Comment.change_id == thing.id) >= most:
            raise TooManyTries(_("There is no room for more comments here. Please write to the author."))
    if link:
        message = _("Very many comments came by this link. Please wait an hour, then send yours.")
        count_try(uow, f"comments by link {link}", LINK_HOURLY, _HOUR, message)
    if uow.actor.is_signed_in:
        message = _("You have written very many comments within an hour. Please wait a while, then send this one.")
        count_try(uow, f"comments of {uow.actor.user_id}", PERSON_HOURLY, _HOUR, message)


def _answers(uow: UnitOfWork, thread: Comment) -> int:
    return _number(uow, Comment.thread_id == thread.id)


def _number(uow: UnitOfWork, which: object) -> int:
    return uow.session.scalar(select(func.count()).select_from(Comment).where(which)) or 0  # type: ignore[arg-type]
