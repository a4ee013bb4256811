"""A change as whoever may see it looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.content import Content
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import State
from kmwiki.models import Change, Comment, Opinion, Page, Review, Revision, ShareLink
from kmwiki.permissions import may
from kmwiki.services.changes.change_versions import is_insider
from kmwiki.services.changes.checking import highest_level, problems_at
from kmwiki.services.changes.cooperation import share_links
from kmwiki.services.changes.requests import successors
from kmwiki.services.changes.together import Companion, drafts_to_go_with, sent_together
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.services.pages.reading import VersionView, version_view
from kmwiki.services.review.opinions import asked_of, opinions_of
from kmwiki.services.talk.conversations import conversation
from kmwiki.site import UnitOfWork


@dataclass(frozen=True)
class ChangeView:
    """Everything that the page of a change shows.

    `has_moved`: something else was published since it began. `level` is the highest at which it could be published.
    `successor` is the page that a request wants in the place of this one, `together` what was sent with this change,
    `drafts` what its author may send with it. `is_insider`: the asker writes or reviews it; others read what it says
    and what was said about it, no more. `opinions` are those that were asked for, `asked` what the asker was asked.
    """

    change: Change
    page_type: PageType
    head: Revision
    content: Content
    version: VersionView
    has_moved: bool
    level: Level | None
    short_problems: Sequence[Problem]
    full_problems: Sequence[Problem]
    conversation: Sequence[Review | Comment]
    share_links: Sequence[ShareLink]
    successor: Page | None = None
    together: Sequence[Companion] = ()
    drafts: Sequence[Companion] = ()
    is_insider: bool = False
    opinions: Sequence[Opinion] = ()
    asked: Opinion | None = None

    def problems(self, level: Level) -> Sequence[Problem]:
        """What stands in the way of publication at this level."""
        found = self.full_problems if level is Level.FULL else self.short_problems
        return [problem for problem in found if level.includes(problem.level)]

    def warnings(self) -> Sequence[Problem]:
        """What can be gone on with by giving a reason."""
        found = [p for p in (*self.short_problems, *self.full_problems) if p.level is Level.WARNING and p.code]
        return list({problem.code: problem for problem in found}.values())


def look_at_change(uow: UnitOfWork, change_id: UUID, files_at: str, link: str = "") -> ChangeView:
    """The change as the asker may see it; `link` is the token of the share link that is held.

    Raises NotFound, Conflict (its text was hidden).
    """
    change = find_change(uow, change_id)
    head = find_revision(uow, change.head_id)
    content = content_of(head)
    page_type = uow.site.page_type(content.type, content.edition)
    is_open = change.state in (State.DRAFT, State.SUBMITTED)
    insider = is_insider(uow, change)
    return ChangeView(
        change=change,
        page_type=page_type,
        head=head,
        content=content,
        version=version_view(uow, content, files_at, with_proposals=True),
        has_moved=is_open and change.base_id != change.page.published_revision_id,
        level=highest_level(uow, content),
        short_problems=problems_at(uow, content, Level.SHORT),
        full_problems=problems_at(uow, content, Level.FULL),
        conversation=[entry for entry in conversation(uow, change) if insider or isinstance(entry, Comment)],
        share_links=share_links(uow, change),
        successor=successors(uow, [change]).get(change.id),
        together=sent_together(uow, [change]).get(change.id, ()),
        drafts=_drafts(uow, change, content),
        is_insider=insider,
        opinions=opinions_of(uow, change),
        asked=asked_of(uow, change, link),
    )


def _drafts(uow: UnitOfWork, change: Change, content: Content) -> Sequence[Companion]:
    can_be_sent = change.state == State.DRAFT and not change.request and may(uow.actor, "change.submit", change)
    return drafts_to_go_with(uow, change, content) if can_be_sent else ()


def newest_contents(uow: UnitOfWork, changes: Sequence[Change]) -> Mapping[UUID, Content]:
    """What each of these changes says now, by its head, in one query."""
    return _contents(uow, [change.head_id for change in changes])


def _contents(uow: UnitOfWork, revision_ids: Sequence[UUID]) -> Mapping[UUID, Content]:
    found = uow.session.scalars(select(Revision).where(Revision.id.in_(revision_ids), Revision.content.is_not(None)))
    return {revision.id: content_of(revision) for revision in found}
