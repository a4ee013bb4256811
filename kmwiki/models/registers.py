"""Registers that fill themselves from published pages: links, organisations; and the site's own topics."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmwiki.db import Base


class Link(Base):
    """A link of a published revision to a page or row, or to a title that is wanted.

    `field` is the field that holds it, "text" for one inside Markdown. `target_id` has no foreign key: after an
    import it may name a page that is not on this site.
    """

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_target_id_field", "target_id", "field"), Index("ix_link_wanted", "wanted"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(60))
    target_id: Mapped[UUID | None]
    target_row: Mapped[str] = mapped_column(String(20), default="")
    relation: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    wanted: Mapped[str] = mapped_column(String(1000), default="")


class Organisation(Base):
    """An organisation that some published page names; `folded` is its name for looking up."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(1000))
    folded: Mapped[str] = mapped_column(String(1000), unique=True)
    created_at: Mapped[datetime]


class Topic(Base):
    """A word of the site's own vocabulary: labels `{language: text}`, other words `{language: [text]}`.

    One that somebody proposed is not accepted yet. `merged_into` is the code that stands for it now.
    """

    __tablename__ = "topic"

    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    label: Mapped[dict[str, Any]]
    meaning: Mapped[dict[str, Any]] = mapped_column(default=dict)
    other_words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_accepted: Mapped[bool] = mapped_column(default=True)
    merged_into: Mapped[str | None] = mapped_column(String(80))
    proposed_by_id: Mapped[UUID | None]
    proposed_at: Mapped[datetime | None]
