"""Pages as readers know them: identity, published state, history."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kmwiki.db import Base


class Page(Base):
    """The stable identity of a page, from its first change on.

    `title`, `summary`, `language`, `depth` and `published_at` repeat the published revision, so that lists need no
    JSON. `slug` is empty until the first publication. `row_counter` numbers the rows of all changes, never reset;
    `published_row_counter` is the highest number that readers ever saw (drafts must not show in a bundle), and
    `row_aliases` names the new ids of rows that an import had to number anew. `merged_into_id`: the page that this one
    (archived) became part of; its address leads there, and `merged_rows` are the ids of its rows there.
    `check_again_told`: how often the people behind it were told that the present `check_again_on` has passed.
    """

    __tablename__ = "page"
    __table_args__ = (
        Index("ix_page_state_published_at", "state", "published_at", "id"),
        Index("ix_page_state_type_title", "state", "type", "title"),
        Index("ix_page_translation_of", "translation_of"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)
    type: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    published_revision_id: Mapped[UUID | None]
    row_counter: Mapped[int] = mapped_column(default=0)
    published_row_counter: Mapped[int] = mapped_column(default=0)
    row_aliases: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_protected: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(1000), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    depth: Mapped[str] = mapped_column(String(10), default="")
    translation_of: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    check_again_on: Mapped[date | None]
    check_again_told: Mapped[int] = mapped_column(default=0, server_default="0")
    archived_reason: Mapped[str] = mapped_column(Text, default="")
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("page.id"))
    merged_into_id: Mapped[UUID | None] = mapped_column(index=True)
    merged_rows: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    binned_at: Mapped[datetime | None]
    binned_from: Mapped[str] = mapped_column(String(12), default="")
    created_at: Mapped[datetime]
    import_id: Mapped[UUID | None] = mapped_column(index=True)


class OldSlug(Base):
    """An address that a page once had; it redirects for ever."""

    __tablename__ = "old_slug"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    page_id: Mapped[UUID] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)


class Publication(Base):
    """One published version as readers count them: 1, 2, 3 …

    `credits` is `{"origin": {"site_id", "site_name"} | null, "approved_by": [name], "authors": [name]}` as first
    published; origin null means this site. `earlier` lists ids of revisions published before this one that this
    site does not hold, newest first (after an import without history).
    """

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("page_id", "number"),)

    revision_id: Mapped[UUID] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    page_id: Mapped[UUID] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    number: Mapped[int]
    published_at: Mapped[datetime]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    under_four_eyes: Mapped[bool]
    depth: Mapped[str] = mapped_column(String(10))
    credits: Mapped[dict[str, Any]]
    earlier: Mapped[list[Any]] = mapped_column(default=list)
    page: Mapped[Page] = relationship()
