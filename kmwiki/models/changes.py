"""Proposed changes: their revisions, people and decisions."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kmwiki.db import Base
from kmwiki.models.pages import Page
from kmwiki.models.users import User

_OPEN = text("state IN ('draft', 'submitted')")


class Change(Base):
    """A proposed change of one page, like a pull request.

    `base_id` is the published revision that it began from (none for a new page), `head_id` its newest revision.
    `needs_look`: a small edit of a trusted contributor that is live and that no moderator has looked at yet.
    `request`: what its author asks to be done with the page instead of changing its text
    (services/changes/requests.py), `{"verb": "archive" | "rename" | "remove", "successor"?: page id,
    "slug"?: address}`, empty for all others.
    `merges`: the page that becomes part of this one when the change is published, `{"page": id, "revision": id of what
    was taken over}` (services/changes/page_merging.py), empty for all others.
    `together_id` is the same for changes that were sent together. `changed_fields`, `changed_characters` and
    `outside_links` say how much it changes against what it began from, as of its newest revision since it was sent.
    `taken_by_id` is the moderator who is looking at it, since `taken_at`. `reminded_days`: moderators were reminded
    of it after so many days.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index(
            "uq_change_open_page_author", "page_id", "author_id", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        UniqueConstraint("author_id", "idempotency_key"),
        Index("ix_change_state_submitted_at", "state", "submitted_at", "id"),
        Index("ix_change_decided_at", "decided_at"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    page_id: Mapped[UUID] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    base_id: Mapped[UUID | None]
    head_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(12))
    is_returned: Mapped[bool] = mapped_column(default=False)
    depth: Mapped[str] = mapped_column(String(10), default="")
    summary: Mapped[str] = mapped_column(String(500), default="")
    slug: Mapped[str | None] = mapped_column(String(80))
    note_to_reviewer: Mapped[str] = mapped_column(Text, default="")
    acknowledged: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request: Mapped[dict[str, Any]] = mapped_column(default=dict)
    merges: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    together_id: Mapped[UUID | None] = mapped_column(index=True)
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    needs_look: Mapped[bool] = mapped_column(default=False)
    discarded_from: Mapped[str] = mapped_column(String(12), default="")
    changed_fields: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_characters: Mapped[int] = mapped_column(default=0, server_default="0")
    outside_links: Mapped[int] = mapped_column(default=0, server_default="0")
    taken_by_id: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    reminded_days: Mapped[int] = mapped_column(default=0, server_default="0")
    import_id: Mapped[UUID | None] = mapped_column(index=True)
    page: Mapped[Page] = relationship(lazy="joined")
    author: Mapped[User] = relationship(lazy="joined")
    taken_by: Mapped[User | None] = relationship(
        primaryjoin="foreign(Change.taken_by_id) == User.id", viewonly=True
    )
    people: Mapped[list["ChangePerson"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class Part(StrEnum):
    """What somebody other than the author has to do with a change."""

    INVITED = "invited"
    COAUTHOR = "coauthor"
    DRAFT_SAVER = "draft-saver"
    ASKED = "asked"


class ChangeFacet(Base):
    """What the desk is narrowed by: a language, country or sector of what a waiting change says.

    A new page that translates another has the kind "translation".
    """

    __tablename__ = "change_facet"
    __table_args__ = (Index("ix_change_facet_facet_value", "facet", "value"),)

    change_id: Mapped[UUID] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), primary_key=True)
    facet: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(60), primary_key=True)


class ChangePerson(Base):
    """Co-authors, invited ones, those asked for an opinion, and everybody who saved the change while it was a draft."""

    __tablename__ = "change_person"

    change_id: Mapped[UUID] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(String(12), primary_key=True)
    at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


class Revision(Base):
    """What a page says at one moment. Never updated; a hidden one loses its content and nothing else.

    `kind`: edit, correction (a moderator's, on a submitted change of another), merge, revert, import, or
    `beside` (a text that met a conflict: kept, but not the head). `author_name` is the name at that time.
    `request_digest` tells a post sent twice.
    """

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_change_request", "change_id", "request_digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    page_id: Mapped[UUID] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None]
    merged_from_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(12))
    content: Mapped[dict[str, Any] | None]
    digest: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    request_digest: Mapped[str | None] = mapped_column(String(64))
    import_id: Mapped[UUID | None] = mapped_column(index=True)


class Review(Base):
    """One step of a change, by whom, when and why: submitted, withdrawn, returned, rejected, published …

    `answers` are those to the page type's questions for the reviewer: `{question: {"answer": code, "line"?: words}}`.
    """

    __tablename__ = "review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(300))
    step: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    revision_id: Mapped[UUID | None]
    at: Mapped[datetime]


class Opinion(Base):
    """What a moderator asked somebody who knows about a change, and what they answered.

    `user_id` is whom an account was asked of; for somebody without one, `share_link_id` is the link that was made for
    them (it may have ended since), and `name` the name that they gave or were given.
    """

    __tablename__ = "opinion"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    share_link_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(300))
    question: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]


class ShareLink(Base):
    """Lets its holder read one change and comment on it, without an account, for 30 days."""

    __tablename__ = "share_link"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
