"""What stands on the moderators' desk: what waits in its groups, small edits that are live already, new accounts.

Nothing is compared and no text is read here: how much a change changes was weighed when it came (weighing.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import joinedload

from kmwiki.models import Change, Publication, User, UserState
from kmwiki.permissions import require
from kmwiki.services.changes.together import Companion, sent_together
from kmwiki.services.review.desk import my_takes
from kmwiki.services.review.desk_filters import GROUPS, Choices, DeskFilter, Group, Show, choices, narrowed
from kmwiki.services.review.desk_numbers import DeskNumbers, desk_numbers
from kmwiki.services.review.head_titles import HeadTitle, head_titles
from kmwiki.site import UnitOfWork

#: A group that stands beside others shows so many; on its own it has pages.
FIRST_OF_GROUP = 20
PER_PAGE = 50
_MOST_ACCOUNTS = 50
#: What is published already is for everybody, and of no kind that somebody asks for.
_WHOLE_DESKS = (DeskFilter(), DeskFilter(Show.ALL), DeskFilter(Show.TAKES))


@dataclass(frozen=True)
class OnDesk:
    """A change on the desk; `is_first`: nothing by its author was published before."""

    change: Change
    head: HeadTitle
    is_first: bool = False
    together: Sequence[Companion] = ()

    @property
    def is_new_page(self) -> bool:
        return self.change.base_id is None


@dataclass(frozen=True)
class DeskGroup:
    """Part of what waits: the oldest of it, or one page, and how many there are in all."""

    items: Sequence[OnDesk]
    total: int


@dataclass(frozen=True)
class DeskView:
    """The desk as it was asked for; `others` wait beside what is shown."""

    asked: DeskFilter
    takes: Mapping[str, Sequence[str]]
    groups: Mapping[Group, DeskGroup]
    to_look_at: Sequence[OnDesk]
    accounts: Sequence[User]
    numbers: DeskNumbers
    choices: Choices

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups.values())

    @property
    def others(self) -> int:
        return self.numbers.waiting - self.total


def look_at_desk(uow: UnitOfWork, asked: DeskFilter | None = None, page: int = 1) -> DeskView:
    """The desk, in a number of queries that does not depend on what waits. Raises Unauthenticated, Forbidden."""
    require(uow.actor, "desk.read")
    asked, takes = asked or DeskFilter(), my_takes(uow)
    condition = narrowed(uow, asked, takes)
    totals = _totals(uow, condition)
    found = {group: _page_of(uow, condition, group, asked, page) for group in Group}
    small = _changes(uow, select(Change).where(Change.needs_look).order_by(Change.decided_at).limit(PER_PAGE))
    changes = [*(change for group in found.values() for change in group), *small]
    items = _on_desk(uow, changes)
    return DeskView(
        asked=asked,
        takes=takes,
        groups={
            group: DeskGroup([items[change.id] for change in found[group]], totals.get(group, 0))
            for group in Group
            if asked.group in (None, group)
        },
        to_look_at=[items[change.id] for change in small] if asked in _WHOLE_DESKS else [],
        accounts=_accounts(uow),
        numbers=desk_numbers(uow),
        choices=choices(uow),
    )


def default_show(takes: Mapping[str, Sequence[str]]) -> Show:
    """What the desk opens on."""
    return Show.TAKES if takes else Show.ALL


def not_shown(uow: UnitOfWork, view: DeskView, change_ids: Sequence[UUID]) -> Sequence[OnDesk]:
    """Those of these changes that the asker may see and that do not stand in a group of this view."""
    shown = {item.change.id for group in view.groups.values() for item in group.items}
    missing = [change_id for change_id in change_ids if change_id not in shown]
    found = _changes(uow, select(Change).where(Change.id.in_(missing))) if missing else []
    return list(_on_desk(uow, found).values())


def _totals(uow: UnitOfWork, condition: ColumnElement[bool]) -> dict[Group, int]:
    group = case(*((where, name.value) for name, where in GROUPS.items()))
    rows = uow.session.execute(select(group, func.count()).select_from(Change).where(condition).group_by(group))
    return {Group(name): count for name, count in rows}


def _page_of(
    uow: UnitOfWork, condition: ColumnElement[bool], group: Group, asked: DeskFilter, page: int
) -> Sequence[Change]:
    if asked.group not in (None, group):
        return []
    oldest = select(Change).where(condition, GROUPS[group]).order_by(Change.submitted_at, Change.id)
    if asked.group is None:
        return _changes(uow, oldest.limit(FIRST_OF_GROUP))
    return _changes(uow, oldest.offset((page - 1) * PER_PAGE).limit(PER_PAGE))


def _changes(uow: UnitOfWork, statement: Select[tuple[Change]]) -> Sequence[Change]:
    return uow.session.scalars(statement.options(joinedload(Change.taken_by))).all()


def _accounts(uow: UnitOfWork) -> Sequence[User]:
    accounts = select(User).where(User.state == UserState.WAITING).order_by(User.created_at)
    return uow.session.scalars(accounts.limit(_MOST_ACCOUNTS)).all()


def _on_desk(uow: UnitOfWork, changes: Sequence[Change]) -> dict[UUID, OnDesk]:
    titles = head_titles(uow, changes)
    experienced = _experienced(uow, changes)
    together = sent_together(uow, changes)
    return {
        change.id: OnDesk(change, titles[change.id], change.author_id not in experienced, together.get(change.id, ()))
        for change in changes
    }


def _experienced(uow: UnitOfWork, changes: Sequence[Change]) -> set[UUID]:
    """Authors of whom something was published before."""
    published = select(Publication.revision_id).join(Change, Change.head_id == Publication.revision_id)
    authors = select(User.id).where(
        User.id.in_({change.author_id for change in changes}), published.where(Change.author_id == User.id).exists()
    )
    return set(uow.session.scalars(authors))
