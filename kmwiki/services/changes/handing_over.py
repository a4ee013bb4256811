"""Drafts of people who have left: an administrator hands them over, and does not get to read them by it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from kmwiki.domain.workflow import State
from kmwiki.errors import NotFound
from kmwiki.models import Change, Page, User
from kmwiki.permissions import require
from kmwiki.services.changes.cooperation import give_to, has_left, named_user, who_have_left
from kmwiki.site import UnitOfWork


def left_drafts(uow: UnitOfWork, page: int, per_page: int) -> tuple[int, Sequence[Change]]:
    """Drafts whose authors have left, the oldest first: (how many, one page of them). For administrators.

    Who wrote it, of what kind of page, and when is for the list; what it says is not.
    """
    require(uow.actor, "users.manage")
    theirs = (Change.state == State.DRAFT) & (Page.state != "binned") & who_have_left(uow)
    joined = select(Change).join(User, User.id == Change.author_id).join(Page, Page.id == Change.page_id).where(theirs)
    total = uow.session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    ordered = joined.order_by(Change.updated_at, Change.id)
    return total, uow.session.scalars(ordered.offset((page - 1) * per_page).limit(per_page)).all()


def hand_over_left(uow: UnitOfWork, change_id: UUID, username: str) -> User:
    """Give a draft of somebody who has left to another author, who is returned.

    Raises NotFound (no such draft), Forbidden, Refused (no such account), Conflict (has an open change on the page).
    """
    require(uow.actor, "users.manage")
    change = uow.session.get(Change, change_id)
    if change is None or change.state != State.DRAFT or not has_left(uow, change.author):
        raise NotFound()
    receiver = named_user(uow, username)
    give_to(uow, change, receiver)
    return receiver
