"""Whom an event concerns, before anybody asks who may see what (services/telling/telling.py does)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from kmwiki.domain.events import Event
from kmwiki.models import (
    Change,
    Comment,
    Enquiry,
    EnquiryPerson,
    Page,
    Part,
    Report,
    Revision,
    User,
    Watch,
)
from kmwiki.services.accounts.accounts import who_decide
from kmwiki.services.pages.labels import standing_topics
from kmwiki.services.pages.page_people import people_behind
from kmwiki.services.pages.searching import document
from kmwiki.services.review.desk import moderators_for
from kmwiki.services.telling.watching import FACET_KINDS, PAGE, SEARCH, searches_finding
from kmwiki.site import UnitOfWork


@dataclass(frozen=True)
class Happening:
    """One thing that happened; `key` is the same whenever its job runs again. `details` are ids and codes."""

    key: str
    event: Event
    at: datetime
    page_id: UUID | None
    change_id: UUID | None
    actor_id: UUID | None
    actor_name: str
    details: Mapping[str, Any]

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Happening":
        """What UnitOfWork.tell() left in the outbox."""
        named = ("happening", "event", "at", "page_id", "change_id", "actor_id", "actor_name")
        return cls(
            key=payload["happening"], event=Event(payload["event"]), at=datetime.fromisoformat(payload["at"]),
            page_id=_uuid(payload["page_id"]), change_id=_uuid(payload["change_id"]),
            actor_id=_uuid(payload["actor_id"]), actor_name=payload["actor_name"],
            details={name: value for name, value in payload.items() if name not in named},
        )  # fmt: skip

    def id(self, name: str) -> UUID | None:
        """An id among the details."""
        return _uuid(self.details.get(name))


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


People = Iterable[UUID]
Audience = Callable[[UnitOfWork, Happening], People]


def audience(uow: UnitOfWork, happening: Happening) -> list[UUID]:
    """Everybody whom it concerns, each once; never whoever did it."""
    people = dict.fromkeys(_AUDIENCES[happening.event](uow, happening))
    return [user_id for user_id in people if user_id != happening.actor_id]


# ---- those who review


def _moderators(uow: UnitOfWork, _happening: Happening) -> People:
    return uow.session.scalars(select(User.id).where(who_decide()))


def _who_takes_it(uow: UnitOfWork, happening: Happening) -> People:
    change = _change(uow, happening)
    return [user.id for user in moderators_for(uow, change)] if change else []


# ---- those who write


def _writers(uow: UnitOfWork, happening: Happening) -> People:
    """The author and accepted co-authors of a change."""
    change = _change(uow, happening)
    if change is None:
        return []
    return [change.author_id, *(person.user_id for person in change.people if person.part == Part.COAUTHOR)]


def _author(uow: UnitOfWork, happening: Happening) -> People:
    change = _change(uow, happening)
    return [change.author_id] if change else []


def _named(_uow: UnitOfWork, happening: Happening) -> People:
    """The one person whom it is about."""
    user_id = happening.id("user_id")
    return [user_id] if user_id else []


def _author_and_named(uow: UnitOfWork, happening: Happening) -> People:
    return [*_author(uow, happening), *_named(uow, happening)]


def _in_the_talk_of_a_change(uow: UnitOfWork, happening: Happening) -> People:
    """Its writers, whoever looks at it, and all who said something about it."""
    change = _change(uow, happening)
    looking = [change.taken_by_id] if change and change.taken_by_id else []
    return [*_writers(uow, happening), *looking, *_speakers(uow, Comment.change_id == happening.change_id)]


def _speakers(uow: UnitOfWork, comments: ColumnElement[bool]) -> list[UUID]:
    said = select(Comment.author_id).where(comments, Comment.author_id.is_not(None)).distinct()
    return [user_id for user_id in uow.session.scalars(said) if user_id]


# ---- the people behind a page, and those who asked or reported


def _behind_page(uow: UnitOfWork, happening: Happening) -> People:
    page = _page(uow, happening)
    return [user.id for user in people_behind(uow, page)] if page else []


def _behind_and_watching(uow: UnitOfWork, happening: Happening) -> People:
    return [*_behind_page(uow, happening), *_watchers(uow, happening)]


def _asked(uow: UnitOfWork, happening: Happening) -> People:
    """Whom a question was put to."""
    return uow.session.scalars(
        select(EnquiryPerson.user_id).where(EnquiryPerson.enquiry_id == happening.id("enquiry_id"))
    )


def _asker(uow: UnitOfWork, happening: Happening) -> People:
    return _present(uow, select(Enquiry.sender_id).where(Enquiry.id == happening.id("enquiry_id")))


def _reporter_and_behind(uow: UnitOfWork, happening: Happening) -> People:
    reporter = select(Report.sender_id).where(Report.id == happening.id("report_id"))
    return [*_present(uow, reporter), *_behind_page(uow, happening)]


def _present(uow: UnitOfWork, ids: Select[UUID | None]) -> list[UUID]:
    return [user_id for user_id in uow.session.scalars(ids) if user_id]


# ---- those who watch


def _watchers(uow: UnitOfWork, happening: Happening) -> People:
    return uow.session.scalars(_watching(PAGE, str(happening.page_id)))


def _in_the_talk_of_a_page(uow: UnitOfWork, happening: Happening) -> People:
    """Those who watch it, and all who speak in the conversation."""
    thread = happening.id("thread_id")
    speakers = _speakers(uow, (Comment.id == thread) | (Comment.thread_id == thread)) if thread else []
    return [*_watchers(uow, happening), *speakers]


def _watchers_and_writers(uow: UnitOfWork, happening: Happening) -> People:
    """Those who watch it, and those who have an open change of it."""
    is_open = (Change.page_id == happening.page_id) & Change.state.in_(("draft", "submitted"))
    return [*_watchers(uow, happening), *uow.session.scalars(select(Change.author_id).where(is_open))]


def _readers_of_a_publication(uow: UnitOfWork, happening: Happening) -> People:
    """Those who watch the page; of a new one those who wait for such; its writers are told in other words."""
    page = _page(uow, happening)
    if page is None:
        return []
    told = set(_writers(uow, happening))
    new = _waiting_for_such(uow, page) if happening.details.get("number") == 1 else []
    return [user_id for user_id in (*_watchers(uow, happening), *new) if user_id not in told]


def _waiting_for_such(uow: UnitOfWork, page: Page) -> list[UUID]:
    revision = uow.session.get(Revision, page.published_revision_id) if page.published_revision_id else None
    if revision is None or revision.content is None:
        return []
    found = document(uow, page, revision, standing_topics(uow))
    pairs = [(kind, value) for kind in FACET_KINDS for value in found.all_facets.get(kind, ())]
    pairs += [(SEARCH, value) for value in searches_finding(uow, found)]
    return [user_id for kind, value in pairs for user_id in uow.session.scalars(_watching(kind, value))]


def _watching(kind: str, value: str) -> Select[UUID]:
    return select(Watch.user_id).where(Watch.kind == kind, Watch.value == value)


def _page(uow: UnitOfWork, happening: Happening) -> Page | None:
    return uow.session.get(Page, happening.page_id) if happening.page_id else None


def _change(uow: UnitOfWork, happening: Happening) -> Change | None:
    return uow.session.get(Change, happening.change_id) if happening.change_id else None


_AUDIENCES: Mapping[Event, Audience] = {
    Event.CHANGE_SENT: _who_takes_it,
    Event.CHANGE_WAITS: _who_takes_it,
    Event.ACCOUNT_WAITS: _moderators,
    Event.PAGE_REPORTED: _moderators,
    Event.ENQUIRY_HELD: _moderators,
    Event.TOPIC_PROPOSED: _moderators,
    Event.PUBLISHED_PLEASE_LOOK: _moderators,
    Event.CHANGE_CORRECTED: _writers,
    Event.CHANGE_RETURNED: _writers,
    Event.CHANGE_REJECTED: _writers,
    Event.CHANGE_PUBLISHED: _writers,
    Event.CHANGE_TAKEN_BACK: _writers,
    Event.REQUEST_CARRIED_OUT: _writers,
    Event.CHANGE_COMMENTED: _in_the_talk_of_a_change,
    Event.COAUTHOR_INVITED: _named,
    Event.COAUTHOR_ACCEPTED: _author,
    Event.CHANGE_HANDED_OVER: _author_and_named,
    Event.OPINION_ASKED: _named,
    Event.OPINION_GIVEN: _named,
    Event.CHECK_AGAIN: _behind_page,
    Event.ENQUIRY_SENT: _asked,
    Event.DID_NOT_WORK: _behind_and_watching,
    Event.REPORT_SETTLED: _reporter_and_behind,
    Event.ENQUIRY_ANSWERED: _asker,
    Event.PAGE_PUBLISHED: _readers_of_a_publication,
    Event.PAGE_COMMENTED: _in_the_talk_of_a_page,
    Event.PAGE_ARCHIVED: _watchers_and_writers,
    Event.PAGE_RESTORED: _watchers_and_writers,
    Event.PAGE_RENAMED: _watchers,
    Event.ACCOUNT_APPROVED: _named,
    Event.ROLE_CHANGED: _named,
}
