"""What people call the codes that a site keeps in its database: organisations of the register, its own topics."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from kmwiki.domain.content import Content
from kmwiki.domain.words import Words
from kmwiki.models import Organisation, Topic
from kmwiki.site import UnitOfWork


def organisation_names(uow: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Names of organisations of the register by their id."""
    if not ids:
        return {}
    found = uow.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return dict(found)


@dataclass(frozen=True)
class TopicWord:
    """A topic as it is called now: the code that stands for it, and whether nobody has decided about it yet."""

    code: str
    label: Words
    is_proposed: bool = False


def topic_words(uow: UnitOfWork, codes: Collection[str], with_proposals: bool = False) -> Mapping[str, TopicWord]:
    """What topics stand for these codes, by the code that a page keeps; one that was merged leads to the other.

    Readers never see a proposal; whoever sees a change sees those of its text (`with_proposals`).
    """
    if not codes:
        return {}
    stands = aliased(Topic)
    found = (
        select(Topic.code, stands.code, stands.label, stands.is_accepted)
        .join(stands, stands.code == func.coalesce(Topic.merged_into, Topic.code))
        .where(Topic.code.in_(codes))
    )
    words = {
        code: TopicWord(standing, Words(label), not is_accepted)
        for code, standing, label, is_accepted in uow.session.execute(found)
    }
    return words if with_proposals else {code: word for code, word in words.items() if not word.is_proposed}


def topic_labels(uow: UnitOfWork, codes: Collection[str]) -> Mapping[str, Words]:
    """What readers call these topics; those that are not accepted have no name."""
    return {code: word.label for code, word in topic_words(uow, codes).items()}


def accepted_only(content: Content, words: Mapping[str, TopicWord]) -> Content:
    """The content with the topics that readers are shown, under the codes that stand."""
    known = dict.fromkeys(words[code].code for code in content.topics if code in words)
    return content if tuple(known) == content.topics else content.replace(topics=tuple(known))


def as_readers_see(uow: UnitOfWork, content: Content) -> Content:
    """The content without topics that nobody has accepted, those that were merged under the code that stands."""
    return accepted_only(content, topic_words(uow, content.topics))


def standing_topics(uow: UnitOfWork) -> Mapping[str, str]:
    """The code that stands, for every code that readers may find pages by; for the index, in one query."""
    stands = aliased(Topic)
    found = select(Topic.code, stands.code).join(stands, stands.code == func.coalesce(Topic.merged_into, Topic.code))
    return {code: standing for code, standing in uow.session.execute(found.where(stands.is_accepted))}


def topics(uow: UnitOfWork) -> Collection[Topic]:
    """The site's accepted topics, by code, without those that became part of another."""
    chosen = select(Topic).where(Topic.is_accepted, Topic.merged_into.is_(None))
    return uow.session.scalars(chosen.order_by(Topic.code)).all()
