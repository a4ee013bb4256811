"""Questions to the people behind a page, and the conversation that follows; neither side sees an address.

Whoever asked without an account comes back by a link (enquiry_links.py). Lists stand in enquiry_lists.py.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, NotFound, TooManyTries
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import Enquiry, EnquiryMessage, EnquiryPerson, Page, Revision
from kmwiki.permissions import may, require
from kmwiki.services.accounts.accounts import looks_like_email
from kmwiki.services.pages.finding import find_page
from kmwiki.services.pages.page_people import people_behind
from kmwiki.services.talk.enquiry_links import hash_of, mail_answer, mail_link, token_of
from kmwiki.services.talk.readers_words import (
    Bounds,
    Origin,
    clean,
    count_words,
    faults_of_origin,
    faults_of_words,
    one_line,
    refuse,
)
from kmwiki.site import UnitOfWork

MESSAGE_LIMIT = 3_000
#: Messages of one conversation within a day.
DAILY_MESSAGES = 20
#: After so long an address is forgotten once the conversation is closed; one in which nobody writes is closed, too.
ADDRESS_DAYS = 90
_BOUNDS = Bounds(hourly=5, daily=15, of_page_daily=30)
_DAY = timedelta(days=1)
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|info|ru|cn|xyz|top|io|biz)\b", re.IGNORECASE)

HELD, OPEN, CLOSED, REFUSED = "held", "open", "closed", "refused"


# ---- asking


def askable_page(uow: UnitOfWork, slug: str) -> Page:
    """The page, if questions about it are taken. Raises NotFound, Forbidden, Conflict (archived, in the bin)."""
    page = find_page(uow, slug)
    require(uow.actor, "page.ask", page)
    if page.state != "published":
        raise Conflict(_("This page is not looked after any more, so nobody is here to answer."))
    return page


def ask(uow: UnitOfWork, slug: str, text: str, origin: Origin, *, name: str = "", email: str = "") -> Enquiry:
    """Put a question to the people behind a page: passed on at once, or held until a moderator has looked.

    Held is what has links and comes without an account, and what is about a page whose people asked not to be
    written to. `name` and `email` count for those without an account. Raises Refused, TooManyTries.
    """
    page = askable_page(uow, slug)
    own = uow.actor.is_signed_in
    refuse([*faults_of_words(text, "text", MESSAGE_LIMIT, _("Please write your question.")),
            *([] if own else _faults_of_sender(name, email)), *faults_of_origin(origin)])  # fmt: skip
    is_held = (not own and bool(_LINK.search(f"{name} {text}"))) or _asks_not_to_be_written_to(uow, page)
    people = [] if is_held else [user.id for user in people_behind(uow, page)]
    count_words(uow, "questions", page, origin, _BOUNDS)
    enquiry_id = new_id()
    enquiry = Enquiry(
        id=enquiry_id, page_id=page.id, sender_id=uow.actor.user_id,
        sender_name=uow.actor.name if own else one_line(name, 200),
        sender_email=None if own else email.strip().lower() or None, token_hash=hash_of(token_of(uow, enquiry_id)),
        language=current_language(), state=HELD if is_held else OPEN, created_at=uow.now,
    )  # fmt: skip
    uow.session.add(enquiry)
    uow.session.flush()
    message = _add_message(uow, enquiry, text, is_answer=False)
    _put_to(uow, enquiry, people)
    uow.tell(Event.ENQUIRY_HELD if is_held else Event.ENQUIRY_SENT, page_id=page.id, enquiry_id=str(enquiry.id),
             message_id=str(message.id))  # fmt: skip
    mail_link(uow, enquiry, page)
    return enquiry


def _faults_of_sender(name: str, email: str) -> Iterator[Problem]:
    if not one_line(name, 200):
        yield Problem("name", Level.DRAFT, _("Please say who you are."))
    if email.strip() and not looks_like_email(email):
        yield Problem("email", Level.DRAFT, _("This is not a mail address."))


def _asks_not_to_be_written_to(uow: UnitOfWork, page: Page) -> bool:
    revision = uow.session.get(Revision, page.published_revision_id)
    return bool(revision and revision.content and revision.content["fields"].get("contact") == "not")


def _put_to(uow: UnitOfWork, enquiry: Enquiry, people: Sequence[UUID]) -> None:
    uow.session.add_all(EnquiryPerson(enquiry_id=enquiry.id, user_id=user_id) for user_id in people)


def _add_message(uow: UnitOfWork, enquiry: Enquiry, text: str, *, is_answer: bool) -> EnquiryMessage:
    message = EnquiryMessage(
        id=new_id(), enquiry_id=enquiry.id, is_answer=is_answer, author_id=uow.actor.user_id,
        author_name=uow.actor.name or enquiry.sender_name, text=clean(text), at=uow.now,
    )  # fmt: skip
    uow.session.add(message)
    return message


# ---- the conversation


def find_enquiry(uow: UnitOfWork, enquiry_id: UUID) -> tuple[Enquiry, Page]:
    """A conversation of the asker's: as sender, as one whom it was put to, as moderator. Raises NotFound."""
    enquiry = uow.session.get(Enquiry, enquiry_id)
    if enquiry is None or not (is_sender(uow, enquiry) or may_answer(uow, enquiry)):
        raise NotFound()
    return enquiry, _page_of(uow, enquiry)


def find_by_token(uow: UnitOfWork, token: str) -> tuple[Enquiry, Page]:
    """The conversation that the link of whoever asked without an account opens. Raises NotFound."""
    enquiry = uow.session.scalar(
        select(Enquiry).where(Enquiry.token_hash == hash_of(token[:100]), Enquiry.sender_id.is_(None))
    )
    if enquiry is None:
        raise NotFound()
    return enquiry, _page_of(uow, enquiry)


def _page_of(uow: UnitOfWork, enquiry: Enquiry) -> Page:
    page = uow.session.get(Page, enquiry.page_id)
    if page is None or not may(uow.actor, "page.read", page):
        raise NotFound()
    return page


def is_sender(uow: UnitOfWork, enquiry: Enquiry) -> bool:
    return enquiry.sender_id is not None and enquiry.sender_id == uow.actor.user_id


def may_answer(uow: UnitOfWork, enquiry: Enquiry) -> bool:
    """Whether the asker is one of those whom it was put to, or a moderator."""
    if uow.actor.user_id is None:
        return False
    person = uow.session.get(EnquiryPerson, (enquiry.id, uow.actor.user_id))
    return person is not None or may(uow.actor, "enquiry.moderate")


def write(uow: UnitOfWork, enquiry_id: UUID, text: str) -> Enquiry:
    """Write on: whoever asked asks again, everybody else answers. Raises NotFound, Refused, Conflict, TooManyTries."""
    enquiry, page = find_enquiry(uow, enquiry_id)
    return _write(uow, enquiry, page, text, is_answer=not is_sender(uow, enquiry))


def write_by_token(uow: UnitOfWork, token: str, text: str) -> Enquiry:
    """The same by the link of whoever asked without an account."""
    enquiry, page = find_by_token(uow, token)
    return _write(uow, enquiry, page, text, is_answer=False)


def _write(uow: UnitOfWork, enquiry: Enquiry, page: Page, text: str, *, is_answer: bool) -> Enquiry:
    require(uow.actor, "page.ask", page)
    if enquiry.state != OPEN:
        raise Conflict(_("This conversation is closed, or has not been passed on yet."))
    refuse(list(faults_of_words(text, "text", MESSAGE_LIMIT, _("Please write something."))))
    lately = (EnquiryMessage.enquiry_id == enquiry.id) & (EnquiryMessage.at > uow.now - _DAY)
    if (uow.session.scalar(select(func.count()).select_from(EnquiryMessage).where(lately)) or 0) >= DAILY_MESSAGES:
        raise TooManyTries(_("Very much was written here today. Please write again tomorrow."))
    message = _add_message(uow, enquiry, text, is_answer=is_answer)
    event = Event.ENQUIRY_ANSWERED if is_answer else Event.ENQUIRY_SENT
    uow.tell(event, page_id=page.id, enquiry_id=str(enquiry.id), message_id=str(message.id))
    if is_answer:
        mail_answer(uow, enquiry, page, message)
    return enquiry


def close(uow: UnitOfWork, enquiry_id: UUID) -> None:
    """Nothing more is to be said. Either side may. Raises NotFound, Conflict."""
    _close(uow, find_enquiry(uow, enquiry_id)[0])


def close_by_token(uow: UnitOfWork, token: str) -> None:
    _close(uow, find_by_token(uow, token)[0])


def _close(uow: UnitOfWork, enquiry: Enquiry) -> None:
    _move(uow, enquiry, OPEN, CLOSED, closed_at=uow.now)


def _move(uow: UnitOfWork, enquiry: Enquiry, before: str, after: str, **values: object) -> None:
    """Compare-and-set of the state."""
    moved = uow.session.execute(
        update(Enquiry).where(Enquiry.id == enquiry.id, Enquiry.state == before).values(state=after, **values)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("Somebody else decided about this already."))
    uow.session.refresh(enquiry)


# ---- what a moderator looks at first


@dataclass(frozen=True)
class Held:
    """A question that waits, and the page that it is about."""

    enquiry: Enquiry
    page: Page


def held(uow: UnitOfWork, limit: int = 50) -> list[Held]:
    """Questions that a moderator is to look at before they are passed on, the oldest first."""
    require(uow.actor, "desk.read")
    waiting = select(Enquiry, Page).join(Page, Page.id == Enquiry.page_id).where(Enquiry.state == HELD)
    found = uow.session.execute(waiting.order_by(Enquiry.created_at, Enquiry.id).limit(limit))
    return [Held(enquiry, page) for enquiry, page in found]


def accept(uow: UnitOfWork, enquiry_id: UUID) -> None:
    """Pass a held question on to the people behind its page."""
    enquiry, page = find_enquiry(uow, enquiry_id)
    require(uow.actor, "enquiry.moderate")
    people = [user.id for user in people_behind(uow, page)]
    _move(uow, enquiry, HELD, OPEN)
    _put_to(uow, enquiry, people)
    uow.tell(Event.ENQUIRY_SENT, page_id=page.id, enquiry_id=str(enquiry.id))
    uow.audit("enquiry.accept", page_id=page.id, enquiry=str(enquiry.id))


def decline(uow: UnitOfWork, enquiry_id: UUID) -> None:
    """Do not pass it on. Its sender's address is forgotten at once."""
    enquiry, page = find_enquiry(uow, enquiry_id)
    require(uow.actor, "enquiry.moderate")
    _move(uow, enquiry, HELD, REFUSED, closed_at=uow.now, sender_email=None)
    uow.audit("enquiry.refuse", page_id=page.id, enquiry=str(enquiry.id))


# ---- for the worker


def forget_addresses(uow: UnitOfWork) -> None:
    """Close conversations in which nobody writes any more; forget the addresses of those that were closed long ago."""
    long_ago = uow.now - timedelta(days=ADDRESS_DAYS)
    latest = select(func.max(EnquiryMessage.at)).where(EnquiryMessage.enquiry_id == Enquiry.id).scalar_subquery()
    is_silent = (Enquiry.state == OPEN) & (Enquiry.created_at < long_ago) & (latest < long_ago)
    uow.session.execute(update(Enquiry).where(is_silent).values(state=CLOSED, closed_at=uow.now))
    is_over = (Enquiry.closed_at < long_ago) & Enquiry.sender_email.is_not(None)
    uow.session.execute(update(Enquiry).where(is_over).values(sender_email=None))
