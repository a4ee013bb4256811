"""What somebody was told, as they may see it now: the title is looked up each time, and kept from those who may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from kmwiki.domain.events import ABOUT, About, Event
from kmwiki.models import Change, Comment, Notification, Page
from kmwiki.permissions import require, visible
from kmwiki.render.event_words import sentence
from kmwiki.services.changes.together import draft_title
from kmwiki.services.pages.finding import readable_pages
from kmwiki.services.pages.plain_reading import heads_of
from kmwiki.site import UnitOfWork

_AT_THE_DESK = (Event.ACCOUNT_WAITS, Event.PAGE_REPORTED, Event.TOPIC_PROPOSED)
_QUESTIONS = (Event.ENQUIRY_HELD, Event.ENQUIRY_SENT, Event.ENQUIRY_ANSWERED)


@dataclass(frozen=True)
class Told:
    """A notification in words; without `sentence` its owner may not see any more what it is about."""

    notification: Notification
    sentence: str | None
    path: str | None


def told(uow: UnitOfWork, page: int, per_page: int) -> tuple[int, Sequence[Told]]:
    """One's own notifications, newest first: (how many, one page of them), in a fixed number of queries."""
    require(uow.actor, "watch.manage")
    mine = Notification.user_id == uow.actor.user_id
    total = uow.session.scalar(select(func.count()).select_from(Notification).where(mine)) or 0
    ordered = select(Notification).where(mine).order_by(Notification.at.desc(), Notification.id.desc())
    return total, in_words(uow, uow.session.scalars(ordered.offset((page - 1) * per_page).limit(per_page)).all())


def in_words(uow: UnitOfWork, notifications: Sequence[Notification]) -> Sequence[Told]:
    """These notifications in the words of now; the asker is their owner."""
    subjects = Subjects.of(uow, notifications)
    return [_in_words(notification, subjects) for notification in notifications]


def _in_words(notification: Notification, subjects: "Subjects") -> Told:
    event = Event(notification.event)
    title = subjects.title(notification)
    if title is None:
        return Told(notification, None, None)
    words = sentence(
        event, title, subjects.who(notification), subjects.other_title(notification),
        is_first=notification.details.get("number") == 1,
    )  # fmt: skip
    return Told(notification, words, _path(notification, event, subjects))


def _path(notification: Notification, event: Event, subjects: "Subjects") -> str:
    """Where to go on from it."""
    details = notification.details
    if event in _AT_THE_DESK:
        return "/review"
    if event in _QUESTIONS and "enquiry_id" in details:
        return f"/enquiries/{details['enquiry_id']}"
    if ABOUT[event] is About.NOTHING:
        return "/account/profile"
    if ABOUT[event] is not About.PAGE:
        return f"/changes/{notification.change_id}"
    page = subjects.pages[notification.page_id or UUID(int=0)]
    if event is Event.PAGE_COMMENTED:
        return f"/pages/{page.slug}/discussion"
    return f"/pages/{page.slug}"


@dataclass(frozen=True)
class Subjects:
    """What notifications are about, as far as their owner may see it: four queries, however many there are."""

    pages: Mapping[UUID, Page]
    changes: Mapping[UUID, Change]
    titles: Mapping[UUID, str]
    comments: Mapping[UUID, Comment]

    @classmethod
    def of(cls, uow: UnitOfWork, notifications: Sequence[Notification]) -> "Subjects":
        others = [_id(one, "case_id") for one in notifications]
        page_ids = {id for id in (*(one.page_id for one in notifications), *others) if id}
        changes = _changes(uow, {one.change_id for one in notifications if one.change_id})
        contents = heads_of(uow, list(changes.values())) if changes else {}
        titles = {
            id: draft_title(uow, contents[id]) if id in contents else change.page.title
            for id, change in changes.items()
        }
        comments = {id for one in notifications if (id := _id(one, "comment_id"))}
        return cls(readable_pages(uow, page_ids), changes, titles, _comments(uow, comments))

    def title(self, notification: Notification) -> str | None:
        """What it is about; None where its owner may not see that, "" where it is about no page."""
        match ABOUT[Event(notification.event)]:
            case About.NOTHING:
                return ""
            case About.PAGE:
                page = self.pages.get(notification.page_id) if notification.page_id else None
                return page.title if page else None
            case _:
                return self.titles.get(notification.change_id) if notification.change_id else None

    def other_title(self, notification: Notification) -> str:
        """The title of the other page that has to do with it."""
        page = self.pages.get(_id(notification, "case_id") or UUID(int=0))
        return page.title if page else ""

    def who(self, notification: Notification) -> str:
        """Who did it; holders of a share link by the name that they gave."""
        comment = self.comments.get(_id(notification, "comment_id") or UUID(int=0))
        return notification.actor_name or (comment.author_name if comment else "")


def _changes(uow: UnitOfWork, ids: set[UUID]) -> Mapping[UUID, Change]:
    if not ids:
        return {}
    found = uow.session.scalars(select(Change).where(Change.id.in_(ids), visible(uow.actor, "change.read")))
    return {change.id: change for change in found}


def _comments(uow: UnitOfWork, ids: set[UUID]) -> Mapping[UUID, Comment]:
    if not ids:
        return {}
    return {comment.id: comment for comment in uow.session.scalars(select(Comment).where(Comment.id.in_(ids)))}


def _id(notification: Notification, name: str) -> UUID | None:
    text = notification.details.get(name)
    return UUID(text) if text else None
