"""What readers say to the people behind a page, and what they report of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmwiki.db import Base


class Enquiry(Base):
    """A question to the people behind a page, and the conversation that follows; neither side sees an address.

    `state`: held (a moderator looks first), open, closed or refused. `token_hash` is of the link by which whoever
    asked without an account reads the answer; `sender_email` is theirs, if they gave one, for the answer alone.
    `closed_at` is when it was closed or refused.
    """

    __tablename__ = "enquiry"
    __table_args__ = (Index("ix_enquiry_state_created_at", "state", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    page_id: Mapped[UUID] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    sender_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    sender_name: Mapped[str] = mapped_column(String(300))
    sender_email: Mapped[str | None] = mapped_column(String(320))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class EnquiryPerson(Base):
    """Somebody whom a question was put to: those who were behind the page when it was passed on."""

    __tablename__ = "enquiry_person"

    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class EnquiryMessage(Base):
    """One message of it; `is_answer` is one of the people behind the page."""

    __tablename__ = "enquiry_message"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id", ondelete="CASCADE"), index=True)
    is_answer: Mapped[bool]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Report(Base):
    """Somebody says that a page is wrong, harmful … It stands on the desk until a moderator settles it.

    `sender_key` tells whether two reports came from one place: a keyed hash, kept while the report is open.
    """

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_settled_at_created_at", "settled_at", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    page_id: Mapped[UUID] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    sender_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    sender_name: Mapped[str] = mapped_column(String(300), default="")
    sender_key: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(String(300), default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
