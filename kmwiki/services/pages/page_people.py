"""The people behind a page: those to whom questions about it go. Knows no texts of mails, no addresses of people."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from kmwiki.models import Change, ChangePerson, Page, Part, Publication, Revision, User, UserState
from kmwiki.services.accounts.accounts import who_decide
from kmwiki.services.pages.finding import family_of
from kmwiki.site import UnitOfWork

#: A question goes to no more people than this.
MOST_PEOPLE = 50


def people_behind(uow: UnitOfWork, page: Page) -> Sequence[User]:
    """Those who wrote the page; else those of the organisation behind it; else the moderators.

    Accounts in order alone, those who have been here longest first. At most four queries.
    """
    return _writers(uow, page.id) or _of_organisation(uow, page) or _moderators(uow)


def _writers(uow: UnitOfWork, page_id: UUID) -> Sequence[User]:
    """Authors and co-authors of what was published of the page, and of pages that became part of it."""
    changes = (
        select(Revision.change_id)
        .join(Publication, Publication.revision_id == Revision.id)
        .where(Publication.page_id.in_(family_of(page_id)), Revision.change_id.is_not(None))
    )
    authors = select(Change.author_id).where(Change.id.in_(changes))
    coauthors = select(ChangePerson.user_id).where(
        ChangePerson.change_id.in_(changes), ChangePerson.part == Part.COAUTHOR
    )
    return _active(uow, User.id.in_(authors.union(coauthors)))


def _of_organisation(uow: UnitOfWork, page: Page) -> Sequence[User]:
    revision = uow.session.get(Revision, page.published_revision_id) if page.published_revision_id else None
    organisation = revision.content["fields"].get("organisation") if revision and revision.content else None
    name = " ".join(organisation.get("name", "").split()) if isinstance(organisation, dict) else ""
    return _active(uow, func.lower(User.organisation) == func.lower(name)) if name else []


def _moderators(uow: UnitOfWork) -> Sequence[User]:
    return _active(uow, who_decide())


def _active(uow: UnitOfWork, who: ColumnElement[bool]) -> Sequence[User]:
    found = select(User).where(User.state == UserState.ACTIVE, who)
    return uow.session.scalars(found.order_by(User.created_at, User.id).limit(MOST_PEOPLE)).all()
