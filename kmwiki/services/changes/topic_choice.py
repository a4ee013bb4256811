"""The topics of a change: those that are chosen, and a new word that its author proposes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from kmwiki.db import insert_missing
from kmwiki.domain.content import Content
from kmwiki.domain.events import Event
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.slugs import free_slug, slug_of
from kmwiki.i18n import gettext as _
from kmwiki.models import Topic
from kmwiki.services.pages.labels import topic_words
from kmwiki.site import UnitOfWork

MOST_TOPICS = 5
MOST_CHARACTERS = 60
#: So many words that nobody has decided about may one person propose in a day.
MOST_PROPOSALS = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Proposal:
    """The topic that a typed word stands for: `is_new` where there was none of this name."""

    code: str
    word: str
    is_new: bool


def chosen_topics(
    uow: UnitOfWork, value: Any, new_word: str, kept: Collection[str], problems: list[Problem]
) -> tuple[str, ...]:
    """The codes that are meant, with that of a new word; `kept`: those that the text has, which stay as they are."""
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        problems.append(_problem(_("Topics are given as a list of codes.")))
        return ()
    codes = list(dict.fromkeys(value))
    known = topic_words(uow, codes)
    unknown = [code for code in codes if code not in known and code not in kept]
    problems += [_problem(_("There is no topic “{code}” here.").format(code=code[:80])) for code in unknown]
    if faults := _word_faults(new_word):
        problems += [_problem(fault) for fault in faults]
    elif proposal := proposal_of(uow, new_word):
        codes = list(dict.fromkeys([*codes, proposal.code]))
        if proposal.is_new and _open_proposals(uow) >= MOST_PROPOSALS:
            problems.append(_problem(_too_many()))
    if len(codes) > MOST_TOPICS:
        problems.append(_problem(_("Choose at most {number} topics.").format(number=MOST_TOPICS)))
    return tuple(codes)


def _word_faults(word: str) -> Sequence[str]:
    if len(cleaned(word)) > MOST_CHARACTERS:
        return [_("A topic is one word or a few: at most {number} characters.").format(number=MOST_CHARACTERS)]
    if not word.isprintable() or (word.strip() and not any(character.isalnum() for character in word)):
        return [_("Write a topic in plain letters.")]
    return []


def _too_many() -> str:
    message = _("You have proposed {number} new topics today. Choose one that is there, or propose this one tomorrow.")
    return message.format(number=MOST_PROPOSALS)


def proposal_of(uow: UnitOfWork, word: str) -> Proposal | None:
    """The topic of this name, also one that is proposed or merged; a new code where there is none; None for no word."""
    word = cleaned(word)
    if not word:
        return None
    topics = uow.session.scalars(select(Topic).order_by(Topic.is_accepted.desc(), Topic.code)).all()
    wanted = word.casefold()
    for topic in topics:
        if wanted in names_of(topic):
            return Proposal(topic.merged_into or topic.code, word, is_new=False)
    return Proposal(free_code(uow, word, topics), word, is_new=True)


def free_code(uow: UnitOfWork, word: str, topics: Sequence[Topic]) -> str:
    """The code of a new topic of this name."""
    taken = {topic.code for topic in topics} | set(uow.site.vocabularies["topics"].entries)
    return free_slug(slug_of(word), lambda code: code in taken)


def keep_proposal(uow: UnitOfWork, word: str, content: Content) -> None:
    """Note the new word that was stored with this content, for moderators to decide about."""
    proposal = proposal_of(uow, word)
    if proposal is None or not proposal.is_new or proposal.code not in content.topics:
        return
    language = content.language.partition("-")[0]
    row = {
        "code": proposal.code, "label": {language: proposal.word}, "meaning": {}, "other_words": {},
        "is_accepted": False, "merged_into": None, "proposed_by_id": uow.actor.user_id, "proposed_at": uow.now,
    }  # fmt: skip
    insert_missing(uow.session, Topic, [row])
    uow.audit("topic.propose", topic=proposal.code)
    uow.tell(Event.TOPIC_PROPOSED, topic=proposal.code)


def cleaned(word: str) -> str:
    return " ".join(word.split())


def names_of(topic: Topic) -> set[str]:
    """Everything that a topic is called, in whatever language, for looking up."""
    others = (word for words in topic.other_words.values() for word in words)
    return {cleaned(str(name)).casefold() for name in (*topic.label.values(), *others)}


def _open_proposals(uow: UnitOfWork) -> int:
    mine = (
        select(func.count())
        .select_from(Topic)
        .where(
            Topic.proposed_by_id == uow.actor.user_id,
            Topic.proposed_at > uow.now - _DAY,
            Topic.is_accepted.is_(False),
            Topic.merged_into.is_(None),
        )
    )
    return uow.session.scalar(mine) or 0


def _problem(message: str) -> Problem:
    return Problem(field="topics", level=Level.DRAFT, message=message)
