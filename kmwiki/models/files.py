"""Bytes of attachments, files that are still arriving, and HTML made of Markdown."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmwiki.db import Base


class Blob(Base):
    """Bytes known by their SHA-256; names, alt text and licence stand in the revisions that use them."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime]


class PartialUpload(Base):
    """A file that arrives in pieces, by whom and for which change; its bytes stand in backends/partial_files.py."""

    __tablename__ = "partial_upload"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(250))
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]


class Rendering(Base):
    """HTML by digest of (renderer version, context, text): may be deleted at any time."""

    __tablename__ = "rendering"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    html: Mapped[str] = mapped_column(Text)
