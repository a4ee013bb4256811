"""What people call the codes that a site keeps in its database: organisations of the register, its own topics."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.words import Words
from kmwiki.models import Organisation, Topic
from kmwiki.site import UnitOfWork


def organisation_names(uow: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Names of organisations of the register by their id."""
    if not ids:
        return {}
    found = uow.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return dict(found)


def topic_labels(uow: UnitOfWork, codes: Collection[str]) -> Mapping[str, Words]:
    """What these topics are called."""
    if not codes:
        return {}
    found = uow.session.execute(select(Topic.code, Topic.label).where(Topic.code.in_(codes)))
    return {code: Words(label) for code, label in found}


def topics(uow: UnitOfWork) -> Collection[Topic]:
    """The site's accepted topics, by code."""
    return uow.session.scalars(select(Topic).where(Topic.is_accepted).order_by(Topic.code)).all()
