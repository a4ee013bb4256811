"""What keeps a site running: settings, jobs, audit log, generation, imports under way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from kmwiki.db import Base


class Setting(Base):
    """A setting of the site that is not in the environment, and what the site knows of itself (its id)."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class TypeEdition(Base):
    """The digest of a page type's edition at its first use here: a shipped edition is never edited."""

    __tablename__ = "type_edition"

    type: Mapped[str] = mapped_column(String(60), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class Generation(Base):
    """Row 1. `number` is raised by everything that readers could see change, `settings` by what was chosen for all."""

    __tablename__ = "generation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    settings: Mapped[int] = mapped_column(default=1, server_default="1")


class OutboxJob(Base):
    """Work to be done after a commit, written in the same transaction; may run twice.

    `rests` after eight failures, until somebody looks at it.
    """

    __tablename__ = "outbox_job"
    __table_args__ = (Index("ix_outbox_job_due", "rests", "run_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    rests: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class WorkerBeat(Base):
    """When a background worker was last seen at work."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    seen_at: Mapped[datetime]


class AuditEntry(Base):
    """Who did what, when, to what, and why. Never deleted; a purge takes words out of what it says of the page."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "at", "id"),
        Index("ix_audit_entry_action_at", "action", "at"),
        Index("ix_audit_entry_actor_id_at", "actor_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(300))
    action: Mapped[str] = mapped_column(String(40))
    page_id: Mapped[UUID | None] = mapped_column(index=True)
    change_id: Mapped[UUID | None]
    revision_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Import(Base):
    """An import under way: its rows stay invisible until `done`; unfinished ones are swept at start."""

    __tablename__ = "import"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    actor_name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]


class SitePageVersion(Base):
    """One version of a page of the site's own (about, house rules …) in one language; the newest is shown."""

    __tablename__ = "site_page_version"
    __table_args__ = (UniqueConstraint("name", "language", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID | None]
    author_name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]


class FormSettings(Base):
    """One edition of a site's own settings of a page type's form; the newest is used.

    `fields` is `{field: {"level"?, "label"?, "guidance"?, "example"?}}`, as a site's own file of words says it
    (domain/site_words.py); `release_note` is `{language: text}`.
    """

    __tablename__ = "form_settings"
    __table_args__ = (UniqueConstraint("type", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    fields: Mapped[dict[str, Any]]
    release_note: Mapped[dict[str, Any]] = mapped_column(default=dict)
    author_name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
