"""What can be said: the faults of a comment, and how many there can be of one link, person, thread and change."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from kmwiki.domain.kinds.words_of_input import has_forbidden_characters
from kmwiki.domain.markdown_guard import faults
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused, TooManyTries
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Comment, Page
from kmwiki.services.upkeep.limits import count_try
from kmwiki.site import UnitOfWork

COMMENT_LIMIT = 10_000
ANSWERS_LIMIT = 100
#: Comments on one change: with which holders of its share links, and with which everybody, find no more room.
SHARED_LIMIT, CHANGE_LIMIT = 500, 1_000
#: Comments within an hour: by one share link, and of one person.
LINK_HOURLY, PERSON_HOURLY = 30, 60
_HOUR = timedelta(hours=1)


def clean(text: str) -> str:
    """A text as it is stored."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()



def faults_of_text(text: object) -> Iterator[Problem]:
    """Why a text cannot be said, by line where Markdown is too heavy."""
    if not isinstance(text, str) or not text.strip() or len(text) > COMMENT_LIMIT:
        message = _("Write a comment of at most {number} characters.").format(number=COMMENT_LIMIT)
        yield Problem("text", Level.DRAFT, message)
    elif has_forbidden_characters(clean(text)):
        yield Problem("text", Level.DRAFT, _("This text holds odd characters."))
    else:
        for fault in faults(clean(text)):
            message = _("Line {line}: {reason}").format(line=fault.line, reason=fault.reason)
            yield Problem("text", Level.DRAFT, message, line=fault.line)


def faults_of_field(uow: UnitOfWork, thing: Page | Change, field: str) -> Iterator[Problem]:
    page = thing if isinstance(thing, Page) else thing.page
    if field and field not in uow.site.page_type(page.type).fields:
        yield Problem("field", Level.DRAFT, _("This page has no such question."))


def refuse(problems: list[Problem]) -> None:
    """Raises Refused where there are any."""
    if problems:
        raise Refused(problems[0].message, problems)


def checked_name(name: str) -> str:
    """The name that the holder of a share link gives. Raises Refused."""
    clean = " ".join(name.split())[:100]
    if not clean or has_forbidden_characters(clean):
        refuse([Problem("name", Level.DRAFT, _("Please say who you are."))])
    return clean


def refuse_too_many(uow: UnitOfWork, thing: Page | Change, thread: Comment | None, link: str) -> None:
    """Bound what one link, one person, one thread and one change can hold. Raises TooManyTries."""
    if thread is not None and number_of_answers(uow, thread) >= ANSWERS_LIMIT:
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


def number_of_answers(uow: UnitOfWork, thread: Comment) -> int:
    return _number(uow, Comment.thread_id == thread.id)


def _number(uow: UnitOfWork, which: ColumnElement[bool]) -> int:
    return uow.session.scalar(select(func.count()).select_from(Comment).where(which)) or 0
