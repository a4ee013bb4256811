"""What people have typed and not saved yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kmwiki.db import Base
from kmwiki.models.pages import Page


class WorkingCopy(Base):
    """What autosave holds of one form, by one person: replaced each time, never shown to others, never published.

    `place` is what the form is of: `change:<id>`, `page:<id>` (no change of it yet) or `new:<token>`. `stamp` is
    `<window>.<number>`: which window sent it, and its how-manieth text. `head_id` is the version it began from.
    """

    __tablename__ = "working_copy"
    __table_args__ = (
        UniqueConstraint("user_id", "place"),
        Index("ix_working_copy_page_touched", "page_id", "touched_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(60))
    page_id: Mapped[UUID | None] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    head_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(String(200), default="")
    form: Mapped[dict[str, Any]]
    stamp: Mapped[str] = mapped_column(String(40))
    touched_at: Mapped[datetime] = mapped_column(index=True)
    page: Mapped[Page | None] = relationship(lazy="joined")
