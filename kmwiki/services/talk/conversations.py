"""What was said about a change or a page, as it is read: threads with their answers, and their texts as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select

from kmwiki.errors import NotFound
from kmwiki.models import Change, Comment, Page, Review
from kmwiki.render.markdown import RENDERER_VERSION, render
from kmwiki.render.resolve import markers, resolve
from kmwiki.services.pages.finding import pages_by_slug
from kmwiki.services.talk.comments import html_prefix
from kmwiki.site import UnitOfWork


@dataclass(frozen=True)
class Thread:
    """A comment with its answers, oldest first."""

    beginning: Comment
    answers: Sequence[Comment]

    @property
    def is_resolved(self) -> bool:
        return self.beginning.resolved_at is not None

    @property
    def comments(self) -> Sequence[Comment]:
        return [self.beginning, *self.answers]


def conversation(uow: UnitOfWork, change: Change) -> Sequence[Review | Comment]:
    """Steps and comments of a change that the asker may read, oldest first."""
    steps = uow.session.scalars(select(Review).where(Review.change_id == change.id)).all()
    comments = uow.session.scalars(select(Comment).where(Comment.change_id == change.id)).all()
    return sorted([*steps, *comments], key=lambda entry: entry.at if isinstance(entry, Review) else entry.created_at)


def threads_of(comments: Sequence[Comment]) -> Sequence[Thread]:
    """All the comments of a thing as threads: open ones first, then resolved ones, the newest first."""
    answers: dict[UUID, list[Comment]] = {}
    for comment in sorted(comments, key=lambda comment: (comment.created_at, comment.id)):
        answers.setdefault(comment.thread_id or comment.id, []).append(comment)
    threads = [
        Thread(comment, [other for other in answers[comment.id] if other is not comment])
        for comment in comments
        if comment.thread_id is None
    ]
    newest_first = sorted(threads, key=lambda thread: (thread.beginning.created_at, thread.beginning.id), reverse=True)
    return sorted(newest_first, key=lambda thread: thread.is_resolved)


def threads_of_page(uow: UnitOfWork, page: Page, number: int, per_page: int) -> tuple[int, Sequence[Thread]]:
    """Threads about a page that the asker may read: (how many, one page of them)."""
    begins = (Comment.page_id == page.id) & Comment.thread_id.is_(None)
    total = uow.session.scalar(select(func.count()).select_from(Comment).where(begins)) or 0
    beginnings = uow.session.scalars(
        select(Comment)
        .where(begins)
        .order_by(Comment.resolved_at.is_not(None), Comment.created_at.desc(), Comment.id.desc())
        .offset((number - 1) * per_page)
        .limit(per_page)
    ).all()
    answers = uow.session.scalars(select(Comment).where(Comment.thread_id.in_([begin.id for begin in beginnings])))
    return total, threads_of([*beginnings, *answers])


def thread_of(uow: UnitOfWork, page: Page, comment_id: UUID) -> Thread:
    """The thread of a comment on this page. Raises NotFound."""
    found = uow.session.get(Comment, comment_id)
    if found is None or found.page_id != page.id:
        raise NotFound()
    begins = found.thread_id or found.id
    mine = select(Comment).where((Comment.id == begins) | (Comment.thread_id == begins))
    return threads_of(uow.session.scalars(mine).all())[0]


def open_threads(page_id: UUID) -> ScalarSelect[int]:
    """How many threads about a page are open, as a part of another query."""
    is_open = (Comment.page_id == page_id) & Comment.thread_id.is_(None) & Comment.resolved_at.is_(None)
    return select(func.count()).select_from(Comment).where(is_open).scalar_subquery()


def texts_of(uow: UnitOfWork, threads: Sequence[Thread]) -> Mapping[UUID, str]:
    """The safe HTML of each comment, with links to the pages that the asker may read: at most two queries."""
    html = {comment.id: _html(comment) for thread in threads for comment in thread.comments}
    pages = pages_by_slug(uow, sorted(markers("".join(html.values())).pages))
    slugs = {name: page.slug for name, page in pages.items()}
    titles = {page.slug: page.title for page in pages.values() if page.slug}
    return {comment_id: resolve(source, slugs, titles, {}) for comment_id, source in html.items()}


def _html(comment: Comment) -> str:
    if comment.renderer == RENDERER_VERSION or comment.gone:
        return comment.html
    return render(comment.text, html_prefix(comment))
