"""The site's own topics, as moderators look after them: words, proposals, topics that became part of another."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kmwiki.backends.search import SearchQuery
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, NotFound, Refused, SearchUnavailable
from kmwiki.i18n import gettext as _
from kmwiki.models import Topic, User
from kmwiki.permissions import require
from kmwiki.services.changes.topic_choice import MOST_CHARACTERS, cleaned, free_code, names_of
from kmwiki.services.upkeep.given_words import given_words
from kmwiki.site import UnitOfWork

#: So many topics, and so many proposals, are listed.
LISTED = 500
PROPOSALS_LISTED = 100
MOST_OF_A_MEANING = 500
MOST_OTHER_WORDS = 20


@dataclass(frozen=True)
class TopicWords:
    """What was typed of a topic, by language; other words stand between commas."""

    label: Mapping[str, str]
    meaning: Mapping[str, str]
    other_words: Mapping[str, str]


@dataclass(frozen=True)
class TopicList:
    """`pages` counts published pages by code, None where the search is away; `merged` names what a topic took in."""

    topics: Sequence[Topic]
    proposals: Sequence[tuple[Topic, str]]
    merged: Mapping[str, Sequence[Topic]]
    pages: Mapping[str, int] | None


def topic_list(uow: UnitOfWork) -> TopicList:
    """Everything there is, in four queries and one of the search. Raises Forbidden."""
    require(uow.actor, "site.topics")
    standing = select(Topic).where(Topic.is_accepted, Topic.merged_into.is_(None)).order_by(Topic.code)
    merged: dict[str, list[Topic]] = {}
    gone = select(Topic).where(Topic.merged_into.is_not(None)).order_by(Topic.code).limit(LISTED)
    for topic in uow.session.scalars(gone):
        merged.setdefault(str(topic.merged_into), []).append(topic)
    return TopicList(uow.session.scalars(standing.limit(LISTED)).all(), _proposals(uow), merged, _pages(uow))


def _proposals(uow: UnitOfWork) -> list[tuple[Topic, str]]:
    found = (
        select(Topic, User.name)
        .outerjoin(User, User.id == Topic.proposed_by_id)
        .where(Topic.is_accepted.is_(False), Topic.merged_into.is_(None))
        .order_by(Topic.proposed_at, Topic.code)
        .limit(PROPOSALS_LISTED)
    )
    return [(topic, name or "") for topic, name in uow.session.execute(found)]


def _pages(uow: UnitOfWork) -> Mapping[str, int] | None:
    try:
        return uow.site.search.search(SearchQuery(per_page=1)).facets.get("topic", {})
    except SearchUnavailable:
        return None


def find_topic(uow: UnitOfWork, code: str) -> Topic:
    """A topic, also one that is proposed or merged. Raises Forbidden, NotFound."""
    require(uow.actor, "site.topics")
    topic = uow.session.get(Topic, code)
    if topic is None:
        raise NotFound()
    return topic


def seen_words(topic: Topic) -> str:
    """A short name of the words that a topic has now: whoever changes them says which were seen."""
    words = json.dumps([topic.label, topic.meaning, topic.other_words], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


# ---- words


def add_topic(uow: UnitOfWork, words: TopicWords) -> Topic:
    """Raises Forbidden, Refused (with every problem)."""
    require(uow.actor, "site.topics")
    columns = _columns(uow, words)
    topics = _all(uow)
    _refuse_taken(columns, topics)
    code = free_code(uow, next(iter(columns["label"].values())), topics)
    topic = Topic(code=code, is_accepted=True, **columns)
    uow.session.add(topic)
    try:
        uow.session.flush()
    except IntegrityError as error:
        raise Conflict(_("Somebody else has just added a topic of this name.")) from error
    note_decision(uow, "topic.add", code, pages=True)  # pages that were imported may name it already
    return topic


def change_topic(uow: UnitOfWork, code: str, words: TopicWords, seen: str) -> Topic:
    """Raises Forbidden, NotFound, Refused, Conflict (somebody else changed it)."""
    topic = find_topic(uow, code)
    columns = _columns(uow, words)
    _refuse_taken(columns, [other for other in _all(uow) if code not in (other.code, other.merged_into)])
    if seen_words(topic) != seen:
        message = _("Somebody else has changed this topic meanwhile. What you typed is here; look at both, save again.")
        raise Conflict(message)
    for name, value in columns.items():
        setattr(topic, name, value)
    note_decision(uow, "topic.change", code)
    return topic


def _columns(uow: UnitOfWork, words: TopicWords) -> dict[str, Any]:
    label = given_words(uow.site, words.label, MOST_CHARACTERS)
    meaning = given_words(uow.site, words.meaning, MOST_OF_A_MEANING)
    others = given_words(uow.site, words.other_words, MOST_OTHER_WORDS * MOST_CHARACTERS)
    parts = (("label", label), ("meaning", meaning), ("other_words", others))
    problems = [_problem(name, fault) for name, found in parts for fault in found.faults]
    if not label.texts:
        problems.append(_problem("label", _("Write what it is called, in one language at least.")))
    lists = {code: _list(text) for code, text in others.texts.items()}
    if any(len(found) > MOST_OTHER_WORDS for found in lists.values()):
        problems.append(_problem("other_words", _("At most {number} other words.").format(number=MOST_OTHER_WORDS)))
    if problems:
        raise Refused(problems[0].message, problems)
    return {
        "label": {code: cleaned(text) for code, text in label.texts.items()},
        "meaning": dict(meaning.texts),
        "other_words": lists,
    }


def _list(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (cleaned(word) for word in text.replace("\n", ",").split(",")))))


def _all(uow: UnitOfWork) -> Sequence[Topic]:
    return uow.session.scalars(select(Topic)).all()


def _refuse_taken(columns: Mapping[str, Any], topics: Sequence[Topic]) -> None:
    """Two topics of one name could not be told apart."""
    names = {cleaned(text).casefold() for text in columns["label"].values()}
    for topic in topics:
        if names & names_of(topic):
            message = _("There is a topic of this name already: {code}.").format(code=topic.code)
            raise Refused(message, [_problem("label", message)])


def note_decision(uow: UnitOfWork, action: str, code: str, pages: bool = False, **details: str) -> None:
    """Audit it and tell every process; `pages`: those that name the topic are found otherwise from now on."""
    uow.audit(action, topic=code, **details)
    if pages:
        uow.enqueue("index-topic", code=code)
    uow.raise_generation()


def _problem(field: str, message: str) -> Problem:
    return Problem(field=field, level=Level.DRAFT, message=message)
