"""What stands in a mail beside its first sentence: the reason that was given, what changed, what was said.

The asker is whoever gets the mail: everything is looked up with their rights, as they are when it is written.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import exists, select

from kmwiki.domain.compare import compare
from kmwiki.domain.content import Content
from kmwiki.domain.events import Event
from kmwiki.domain.fields import in_edition, summary_of
from kmwiki.domain.plain_words import plain_words
from kmwiki.i18n import gettext as _
from kmwiki.models import (
    Change,
    Comment,
    Enquiry,
    EnquiryMessage,
    EnquiryPerson,
    Notification,
    Opinion,
    Page,
    Publication,
    Review,
    Revision,
)
from kmwiki.render.change_words import lines_of
from kmwiki.render.values import Around, ShownLink
from kmwiki.services.pages.finding import content_of
from kmwiki.services.pages.labels import as_readers_see
from kmwiki.services.pages.link_targets import Targets
from kmwiki.services.telling.notifications import Told
from kmwiki.site import UnitOfWork

#: Characters of a mail that tell what changed, or what somebody said.
MOST_CHARACTERS = 1_500
_SUMMARY_CHARACTERS = 500
_CORRECTIONS_LOOKED_AT = 50
_DECISIONS = {
    Event.CHANGE_RETURNED: "returned",
    Event.CHANGE_REJECTED: "rejected",
    Event.CHANGE_PUBLISHED: "published",
    Event.REQUEST_CARRIED_OUT: "carried-out",
}
_TOLD_WHAT_CHANGED = (Event.CHANGE_SENT, Event.CHANGE_PUBLISHED, Event.PUBLISHED_PLEASE_LOOK)


def paragraphs(uow: UnitOfWork, told: Told, limit: int = MOST_CHARACTERS) -> list[str]:
    """What is worth saying beside the sentence; nothing of what its owner may not see."""
    if told.sentence is None:
        return []
    return [text for text in _paragraphs(uow, told.notification, limit) if text]


def _paragraphs(uow: UnitOfWork, notification: Notification, limit: int) -> Iterator[str]:
    event = Event(notification.event)
    change = uow.session.get(Change, notification.change_id) if notification.change_id else None
    if event in _DECISIONS and change is not None:
        yield _cut(_reason(uow, change, _DECISIONS[event]), limit)
    if event is Event.CHANGE_SENT and change is not None:
        yield _cut(change.summary, _SUMMARY_CHARACTERS)
        yield _cut(change.note_to_reviewer, _SUMMARY_CHARACTERS)
    if "comment_id" in notification.details:
        yield _cut(_comment(uow, UUID(notification.details["comment_id"])), limit)
    if "message_id" in notification.details:
        yield _cut(_message(uow, UUID(notification.details["message_id"])), limit)
    if "opinion_id" in notification.details:
        yield _cut(_opinion(uow, UUID(notification.details["opinion_id"]), event), limit)
    if event is Event.PAGE_ARCHIVED and notification.page_id:
        page = uow.session.get(Page, notification.page_id)
        yield _cut(page.archived_reason if page else "", limit)
    yield _what_changed(uow, notification, event, change, limit)


def _cut(text: str, limit: int) -> str:
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1].rpartition(" ")[0] + " …"


# ---- what somebody said


def _reason(uow: UnitOfWork, change: Change, step: str) -> str:
    """What was said with the newest step of this kind."""
    steps = select(Review.reason).where(Review.change_id == change.id, Review.step == step)
    return uow.session.scalar(steps.order_by(Review.at.desc(), Review.id.desc()).limit(1)) or ""


def _comment(uow: UnitOfWork, comment_id: UUID) -> str:
    comment = uow.session.get(Comment, comment_id)
    return plain_words(comment.text) if comment is not None and not comment.gone else ""


def _message(uow: UnitOfWork, message_id: UUID) -> str:
    """A question or an answer, for those whom it was put to and whoever asked."""
    is_mine = (Enquiry.sender_id == uow.actor.user_id) | exists().where(
        EnquiryPerson.enquiry_id == Enquiry.id, EnquiryPerson.user_id == uow.actor.user_id
    )
    found = (
        select(EnquiryMessage.text)
        .join(Enquiry, Enquiry.id == EnquiryMessage.enquiry_id)
        .where(EnquiryMessage.id == message_id, is_mine)
    )
    return uow.session.scalar(found) or ""


def _opinion(uow: UnitOfWork, opinion_id: UUID, event: Event) -> str:
    """The question for whoever was asked, the answer for whoever asked."""
    opinion = uow.session.get(Opinion, opinion_id)
    if opinion is not None and event is Event.OPINION_ASKED and opinion.user_id == uow.actor.user_id:
        return opinion.question
    if opinion is not None and event is Event.OPINION_GIVEN and opinion.asked_by_id == uow.actor.user_id:
        return opinion.answer
    return ""


# ---- what changed


def _what_changed(
    uow: UnitOfWork, notification: Notification, event: Event, change: Change | None, limit: int
) -> str:
    old, new = _sides(uow, notification, event, change)
    if new is None:
        return ""
    if old is None:
        return _cut(_summary(uow, new), _SUMMARY_CHARACTERS)
    page_type = uow.site.page_type(new.type, new.edition)
    old = in_edition(page_type, old)
    targets = Targets.of_content(uow, page_type, old, new)
    around = Around(uow.site.vocabularies, lambda link: _link(link, targets))
    lines = lines_of(page_type, compare(page_type, old, new), new, around, limit)
    return "\n".join([_("What changed:"), *(f"- {line}" for line in lines)]) if lines else ""


def _sides(
    uow: UnitOfWork, notification: Notification, event: Event, change: Change | None
) -> tuple[Content | None, Content | None]:
    """(before, after) of what an event tells of; nothing after: it tells of no text; nothing before: all is new."""
    if event is Event.PAGE_PUBLISHED:
        return _published(uow, notification)
    if change is None or change.request:
        return None, None
    if event is Event.CHANGE_CORRECTED:
        return _content(uow, _before_corrections(uow, change)), _content(uow, change.head_id)
    if event in _TOLD_WHAT_CHANGED:
        return _content(uow, change.base_id), _content(uow, change.head_id)
    return None, None


def _published(uow: UnitOfWork, notification: Notification) -> tuple[Content | None, Content | None]:
    """As readers see both, without topics that nobody accepted."""
    number = int(notification.details.get("number", 0))
    found = uow.session.execute(
        select(Publication.number, Publication.revision_id).where(
            Publication.page_id == notification.page_id, Publication.number.in_((number - 1, number))
        )
    )
    by_number = {at: _content(uow, revision_id) for at, revision_id in found}
    old, new = by_number.get(number - 1), by_number.get(number)
    if number > 1 and old is None:
        return None, None  # hidden since
    return old and as_readers_see(uow, old), new and as_readers_see(uow, new)


def _before_corrections(uow: UnitOfWork, change: Change) -> UUID | None:
    revision = uow.session.get(Revision, change.head_id)
    for _number in range(_CORRECTIONS_LOOKED_AT):
        if revision is None or revision.kind != "correction" or revision.parent_id is None:
            break
        revision = uow.session.get(Revision, revision.parent_id)
    return revision.id if revision is not None else None


def _content(uow: UnitOfWork, revision_id: UUID | None) -> Content | None:
    revision = uow.session.get(Revision, revision_id) if revision_id else None
    return content_of(revision) if revision is not None and revision.content is not None else None


def _summary(uow: UnitOfWork, content: Content) -> str:
    return summary_of(uow.site.page_type(content.type, content.edition), content.fields)


def _link(link: object, targets: Targets) -> ShownLink | None:
    """The title of a page that is linked, where its reader may see it."""
    stored = link if isinstance(link, dict) else {}
    if "page" not in stored:
        return ShownLink(title=str(stored.get("wanted", "")))
    page = targets.pages.get(UUID(str(stored["page"])))
    return ShownLink(title=page.title) if page else None
