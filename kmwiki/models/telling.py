"""Telling people: what they watch, what they are told, and other programs that are told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmwiki.db import Base


class Watch(Base):
    """What somebody wants to be told of: `kind` is page (`value`: its id), type, country, sector or search."""

    __tablename__ = "watch"
    __table_args__ = (UniqueConstraint("user_id", "kind", "value"), Index("ix_watch_kind_value", "kind", "value"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]


class Notification(Base):
    """Something that happened, told to one person; never the words of a text, which are looked up when it is shown.

    `event` is one of domain/events.py. `key` names the happening: the same one is told once to the same person.
    `mailed_at` is set when it went out by mail, or when it turned out that it is not to go.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notification_user_id_read_at", "user_id", "read_at", "at"),
        Index("ix_notification_mailed_at", "mailed_at", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    page_id: Mapped[UUID | None] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    actor_name: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]


class Webhook(Base):
    """An address of another program that is told of publications, signed with `secret` (which it must know, too)."""

    __tablename__ = "webhook"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(1000))
    secret: Mapped[str] = mapped_column(String(100))
    events: Mapped[list[Any]]
    is_on: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    last_answer: Mapped[str] = mapped_column(Text, default="")
