"""Looking at pages again: each has a date after which it may not hold any more, unless somebody says that it does."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from kmwiki.domain.events import Event
from kmwiki.errors import Conflict
from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.permissions import may, require
from kmwiki.services.pages.finding import find_page
from kmwiki.site import UnitOfWork

#: The people behind a page are told when its date has passed, and so many times more, each after so many days.
TOLD_AGAIN = 2
TOLD_AGAIN_DAYS = 30
#: So many pages are told of in one go of the worker; the next go takes those that are left.
_AT_ONCE = 100


def next_check(today: date, months: int | None) -> date | None:
    """The date after which a page that holds today is looked at again; None for types that never are."""
    if not months:
        return None
    years, month = divmod(today.month - 1 + months, 12)
    return date(today.year + years, month + 1, min(today.day, 28))


def today_of(uow: UnitOfWork) -> date:
    """The day that it is where the site is."""
    return uow.now.astimezone(uow.site.config.timezone).date()


def is_overdue(uow: UnitOfWork, page: Page) -> bool:
    """Whether the date of a published page has come."""
    return page.state == "published" and page.check_again_on is not None and page.check_again_on <= today_of(uow)


def still_right(uow: UnitOfWork, slug: str) -> Page:
    """Say that a page still holds: its next date is as far away as the page type has it.

    For moderators and for those who wrote a published change of it. Raises NotFound, Forbidden, Conflict (its date
    has not come, or somebody else has looked already).
    """
    page = find_page(uow, slug)
    require(uow.actor, "page.check-again", page)
    if not is_overdue(uow, page):
        raise Conflict(_("This page need not be looked at again yet."))
    before, months = page.check_again_on, uow.site.page_type(page.type).check_again_months
    page.check_again_on, page.check_again_told = next_check(today_of(uow), months), 0
    uow.audit("page.checked", page_id=page.id, before=str(before), after=str(page.check_again_on))
    uow.raise_generation()
    return page


def may_say_it_is_right(uow: UnitOfWork, page_id: UUID) -> bool:
    """Whether the asker is offered to say so, for a page that they read."""
    page = uow.session.get(Page, page_id)
    return page is not None and is_overdue(uow, page) and may(uow.actor, "page.check-again", page)


def overdue(uow: UnitOfWork, page: int, per_page: int, type_name: str = "") -> tuple[int, Sequence[Page]]:
    """Pages whose date has passed, the longest first: (how many, one page of them). For moderators."""
    require(uow.actor, "desk.read")
    wanted = (Page.state == "published") & (Page.check_again_on <= today_of(uow))
    if type_name:
        wanted = wanted & (Page.type == type_name)
    total = uow.session.scalar(select(func.count()).select_from(Page).where(wanted)) or 0
    ordered = select(Page).where(wanted).order_by(Page.check_again_on, Page.id)
    return total, uow.session.scalars(ordered.offset((page - 1) * per_page).limit(per_page)).all()


def tell_of_overdue(uow: UnitOfWork) -> int:
    """Tell the people behind pages whose date has passed; how many pages. For the worker."""
    pages = uow.session.scalars(
        select(Page).where(Page.state == "published", or_(*_due_to_be_told(today_of(uow))))
        .order_by(Page.check_again_on).limit(_AT_ONCE)
    ).all()  # fmt: skip
    for page in pages:
        page.check_again_told += 1
        uow.tell(Event.CHECK_AGAIN, page_id=page.id, since=str(page.check_again_on), time=page.check_again_told)
    return len(pages)


def _due_to_be_told(today: date) -> list[ColumnElement[bool]]:
    return [
        and_(Page.check_again_told == times, Page.check_again_on <= today - timedelta(days=times * TOLD_AGAIN_DAYS))
        for times in range(TOLD_AGAIN + 1)
    ]
