"""What moderators decide about topics: accepted, declined, part of another one, taken away."""

from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, select, update

from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import OPEN_STATES
from kmwiki.errors import NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page, Revision, Topic
from kmwiki.services.changes.topic_choice import names_of
from kmwiki.services.pages.topics import find_topic, note_decision
from kmwiki.site import UnitOfWork

#: So many pages are looked through for a topic in one job.
_BATCH = 200


def accept_topic(uow: UnitOfWork, code: str) -> Topic:
    """Readers see it from now on. Raises Forbidden, NotFound."""
    topic = _proposed(uow, code)
    topic.is_accepted = True
    note_decision(uow, "topic.accept", code, pages=True)
    return topic


def decline_topic(uow: UnitOfWork, code: str) -> Topic:
    """The word goes; a text that names it shows it no more. Raises Forbidden, NotFound."""
    topic = _proposed(uow, code)
    uow.session.execute(delete(Topic).where(Topic.code == code, Topic.is_accepted.is_(False)))
    note_decision(uow, "topic.decline", code)
    return topic


def _proposed(uow: UnitOfWork, code: str) -> Topic:
    topic = find_topic(uow, code)
    if topic.is_accepted or topic.merged_into:
        raise NotFound()
    return topic


def merge_topic(uow: UnitOfWork, code: str, into: str) -> Topic:
    """Let another topic stand for this one, with its words; pages keep the code that they have.

    Raises Forbidden, NotFound, Refused.
    """
    topic = find_topic(uow, code)
    target = uow.session.get(Topic, into)
    if target is None or target.code == code or not target.is_accepted or target.merged_into or topic.merged_into:
        message = _("Please choose another topic of the list.")
        raise Refused(message, [Problem(field="into", level=Level.DRAFT, message=message)])
    target.other_words = _with_words_of(target, topic)
    topic.merged_into = into
    uow.session.execute(update(Topic).where(Topic.merged_into == code).values(merged_into=into))
    note_decision(uow, "topic.merge", code, pages=True, into=into)
    return target


def _with_words_of(target: Topic, topic: Topic) -> dict[str, list[str]]:
    """The target's other words with every name of the topic that it does not have yet."""
    others = {language: list(words) for language, words in target.other_words.items()}
    known = names_of(target)
    for language in dict.fromkeys((*topic.label, *topic.other_words)):
        names = [topic.label.get(language, ""), *topic.other_words.get(language, [])]
        new = [name for name in names if name and name.casefold() not in known]
        if new:
            others[language] = [*others.get(language, []), *new]
    return others


def remove_topic(uow: UnitOfWork, code: str) -> Topic:
    """Take away a topic that no published page and no open change names. Raises Forbidden, NotFound, Refused."""
    topic = find_topic(uow, code)
    if is_used(uow, code):
        raise Refused(_("Pages name this topic, or another one became part of it. Make it part of another one."))
    uow.session.execute(delete(Topic).where(Topic.code == code))
    note_decision(uow, "topic.remove", code)
    return topic


def is_used(uow: UnitOfWork, code: str) -> bool:
    """Whether a published page or an open change names it, or another topic became part of it."""
    taken_in = select(Topic.code).where(Topic.merged_into == code)
    published = _naming(select(Page.id).join(Revision, Revision.id == Page.published_revision_id), code)
    open_changes = select(Change.id).join(Revision, Revision.id == Change.head_id)
    changes = _naming(open_changes.where(Change.state.in_(OPEN_STATES)), code)
    return any(uow.session.execute(each.limit(1)).first() for each in (taken_in, published, changes))


def _naming(found: Any, code: str) -> Any:
    """Those of them whose text holds the code; a few more than name it as a topic."""
    return found.where(cast(Revision.content, Text).contains(f'"{code}"', autoescape=True))


# ---- for the worker


def index_pages_of_topic(uow: UnitOfWork, code: str, after: str | None = None) -> None:
    """Leave a job of the index for each published page that names the topic, a batch at a time."""
    published = select(Page.id).join(Revision, Revision.id == Page.published_revision_id)
    found = _naming(published.where(Page.state == "published"), code).order_by(Page.id).limit(_BATCH)
    ids = uow.session.scalars(found.where(Page.id > UUID(after)) if after else found).all()
    for page_id in ids:
        uow.enqueue("index", page_id=str(page_id))
    if len(ids) == _BATCH:
        uow.enqueue("index-topic", code=code, after=str(ids[-1]))
