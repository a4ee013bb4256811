"""Bytes of attachments, and HTML made of Markdown."""

from datetime import datetime

from sqlalchemy import String, Text
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


class Rendering(Base):
    """HTML by digest of (renderer version, context, text): may be deleted at any time."""

    __tablename__ = "rendering"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    html: Mapped[str] = mapped_column(Text)
