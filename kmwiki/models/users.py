"""People, their sessions, tokens and one-time links. Secrets are kept as SHA-256 of what was handed out."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kmwiki.db import Base


class Role(StrEnum):
    """What somebody may do; permissions.py says what each role is allowed."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    MODERATOR = "moderator"
    ADMIN = "admin"


class UserState(StrEnum):
    """A waiting account may write and send a first change; a disabled one may do nothing."""

    ACTIVE = "active"
    WAITING = "waiting"
    DISABLED = "disabled"


class User(Base):
    """An account. `username` is kept in lower case; `name` is what readers see."""

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    is_trusted: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[str] = mapped_column(String(300), default="")
    languages: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]


class LoginSession(Base):
    """One sign-in on one device; deleting the row signs it out."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


class ApiToken(Base):
    """A token of the API, never wider than its owner's role is now."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    is_read_only: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined")


class OneTimeLink(Base):
    """A link that works once: the first administrator's set-up, or a sign-in handed over by an admin."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginAttempt(Base):
    """A try that counts against a limit; `key` is the hash of an account name or address, never either itself."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_key_at", "key", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
