"""What people say about a change or a page."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmwiki.db import Base


class Comment(Base):
    """A word on a change or on a page, at one of its fields where wanted.

    `author_id` is empty for the holder of a share link. `thread_id` is the comment that it answers, empty for one
    that begins a thread; only those are resolved. `text` is Markdown; `html`, as the renderer of version `renderer`
    made it, goes with it, so that nothing of a deleted comment is left in a cache. `gone`: "" or how it went,
    deleted by its author or removed by a moderator; such a comment stays, empty, while it has answers.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("(change_id IS NULL) <> (page_id IS NULL)", name="of_one_thing"),
        Index("ix_comment_page_id_thread_id", "page_id", "thread_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[UUID | None] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    thread_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(300))
    field: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    renderer: Mapped[str] = mapped_column(String(20), default="")
    gone: Mapped[str] = mapped_column(String(10), default="")
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str] = mapped_column(String(300), default="")
