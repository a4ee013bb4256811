"""The name of somebody who left and does not want it shown: replaced wherever it was written down, in short batches.

For the worker; may run twice. What people typed into texts and comments is left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from kmwiki.models import (
    AuditEntry,
    Change,
    ChangePerson,
    Comment,
    Enquiry,
    EnquiryMessage,
    FormSettings,
    Import,
    Notification,
    Opinion,
    Publication,
    Report,
    Review,
    Revision,
    SitePageVersion,
    User,
)
from kmwiki.permissions import SYSTEM
from kmwiki.site import Site, UnitOfWork

#: Rows of one short transaction: nobody who saves meanwhile has to wait.
BATCH = 200

#: (whose it is, the name that was written down)
NAMES_WITH_OWNER: Sequence[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]]] = (
    (Revision.author_id, Revision.author_name),
    (Review.actor_id, Review.actor_name),
    (Comment.author_id, Comment.author_name),
    (Opinion.user_id, Opinion.name),
    (Opinion.asked_by_id, Opinion.asked_by_name),
    (Enquiry.sender_id, Enquiry.sender_name),
    (EnquiryMessage.author_id, EnquiryMessage.author_name),
    (Report.sender_id, Report.sender_name),
    (SitePageVersion.author_id, SitePageVersion.author_name),
    (AuditEntry.actor_id, AuditEntry.actor_name),
)
#: Names alone: replaced where nobody else here has the same one.
NAMES_ALONE: Sequence[InstrumentedAttribute[Any]] = (
    Comment.resolved_by, Report.settled_by, Notification.actor_name, FormSettings.author_name, Import.actor_name,
)  # fmt: skip


def replace_names(uow: UnitOfWork, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Do so for everybody in these payloads, in units of work of their own."""
    for payload in payloads:
        user_id = UUID(payload["user_id"])
        _replace_owned(uow.site, user_id, payload["new_name"])
        _replace_alone(uow.site, user_id, payload["old_name"], payload["new_name"])
        _replace_credits(uow.site, user_id, payload["old_name"], payload["new_name"])
        _replace_usernames(uow.site, payload["old_username"], payload["new_username"])
    with uow.site.work(SYSTEM) as short:
        short.raise_generation()


def _replace_owned(site: Site, user_id: UUID, name: str) -> None:
    for owner, column in NAMES_WITH_OWNER:
        _in_batches(site, column, name, owner == user_id, column != name)
    _in_batches(site, Enquiry.sender_email, None, Enquiry.sender_id == user_id, Enquiry.sender_email.is_not(None))


def _replace_alone(site: Site, user_id: UUID, old_name: str, name: str) -> None:
    with site.work(SYSTEM) as uow:
        others = select(func.count()).select_from(User).where(User.name == old_name, User.id != user_id)
        if uow.session.scalar(others):
            return
    for column in NAMES_ALONE:
        _in_batches(site, column, name, column == old_name)


def _replace_usernames(site: Site, old: str, new: str) -> None:
    """What the log says was done about the account."""
    is_old = AuditEntry.action.startswith("user.") & (AuditEntry.details["user"].as_string() == old)
    while True:
        with site.work(SYSTEM) as uow:
            rows = uow.session.scalars(select(AuditEntry).where(is_old).limit(BATCH)).all()
            for row in rows:
                row.details = {**row.details, "user": new}
        if not rows:
            return


def _in_batches(site: Site, column: InstrumentedAttribute[Any], value: str | None, *where: ColumnElement[bool]) -> None:
    table = column.class_
    while True:
        with site.work(SYSTEM) as uow:
            ids = uow.session.scalars(select(table.id).where(*where).limit(BATCH)).all()
            if ids:
                uow.session.execute(
                    update(table)
                    .where(table.id.in_(ids))
                    .values({column.key: value})
                    .execution_options(synchronize_session=False)
                )
        if not ids:
            return


def _replace_credits(site: Site, user_id: UUID, old_name: str, name: str) -> None:
    """The names that readers see with a published version; those of versions from another site stay as they came."""
    for ids in _publications_with(site, user_id):
        with site.work(SYSTEM) as uow:
            for row in uow.session.scalars(select(Publication).where(Publication.revision_id.in_(ids))):
                row.credits = _renamed(row.credits, old_name, name)


def _renamed(credits: Mapping[str, Any], old_name: str, name: str) -> dict[str, Any]:
    if credits.get("origin"):
        return dict(credits)
    return {
        part: [name if word == old_name else word for word in words] if isinstance(words, list) else words
        for part, words in credits.items()
    }


def _publications_with(site: Site, user_id: UUID) -> Iterator[Sequence[UUID]]:
    """Published versions that somebody wrote, helped to write, corrected or approved, in batches."""
    own = aliased(Revision)
    is_theirs = or_(
        Publication.approved_by_id == user_id,
        Revision.author_id == user_id,
        exists().where(Change.id == Revision.change_id, Change.author_id == user_id),
        exists().where(ChangePerson.change_id == Revision.change_id, ChangePerson.user_id == user_id),
        exists().where(own.change_id == Revision.change_id, own.author_id == user_id),
    )
    found = select(Publication.revision_id).join(Revision, Revision.id == Publication.revision_id).where(is_theirs)
    last: UUID | None = None
    while True:
        further = found.where(Publication.revision_id > last) if last else found
        with site.work(SYSTEM) as uow:
            ids = uow.session.scalars(further.order_by(Publication.revision_id).limit(BATCH)).all()
        if not ids:
            return
        yield ids
        last = ids[-1]
