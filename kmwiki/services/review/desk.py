"""Moderators and what waits: who looks at which change now, what each of them takes, whom a change concerns."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.vocabulary import Vocabulary
from kmwiki.domain.workflow import State
from kmwiki.errors import Conflict, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, ChangeFacet, User
from kmwiki.permissions import require
from kmwiki.services.accounts.accounts import user_by_id, who_decide
from kmwiki.services.pages.finding import find_change
from kmwiki.services.review.weighing import DESK_FACETS
from kmwiki.site import Site, UnitOfWork

#: Whoever took a change and did nothing with it does not keep others from it any longer.
TAKEN_FOR = timedelta(days=1)

Takes = Mapping[str, Sequence[str]]


# ---- who looks at it


def taken(change: Change, now: datetime) -> str | None:
    """The name of the moderator who is looking at this change, None where nobody is."""
    return change.taken_by.name if is_taken(change, now) and change.taken_by else None


def is_taken(change: Change, now: datetime) -> bool:
    return change.state == State.SUBMITTED and change.taken_at is not None and now - change.taken_at < TAKEN_FOR


def take(uow: UnitOfWork, change_id: UUID) -> Change:
    """Say that one is looking at this change; it keeps nobody from deciding. Raises Conflict where another one is."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.take", change)
    _refuse_not_waiting(change)
    me = uow.actor.user_id
    is_free = or_(Change.taken_at.is_(None), Change.taken_at <= uow.now - TAKEN_FOR, Change.taken_by_id == me)
    mine = uow.session.execute(
        update(Change)
        .where(Change.id == change_id, Change.state == State.SUBMITTED, is_free)
        .values(taken_by_id=me, taken_at=uow.now)
        .execution_options(synchronize_session=False)
    )
    uow.session.refresh(change)
    if mine.rowcount != 1:  # type: ignore[attr-defined]
        _refuse_not_waiting(change)
        message = _("{name} is looking at this already. You can still decide about it.")
        raise Conflict(message.format(name=taken(change, uow.now) or _("Somebody else")))
    return change


def release(uow: UnitOfWork, change_id: UUID) -> Change:
    """Leave to others what one took. Raises Conflict where it is not in one's own hands."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.take", change)
    mine = uow.session.execute(
        update(Change)
        .where(Change.id == change_id, Change.taken_by_id == uow.actor.user_id)
        .values(taken_by_id=None, taken_at=None)
        .execution_options(synchronize_session=False)
    )
    if mine.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("You are not the one who is looking at this."))
    uow.session.refresh(change)
    return change


def _refuse_not_waiting(change: Change) -> None:
    if change.state != State.SUBMITTED:
        raise Conflict(_("This does not wait any more: somebody decided about it meanwhile."))


# ---- what each of them takes


def takes_of(user: User) -> dict[str, list[str]]:
    """What a moderator takes, by facet; those are left out of which everything is taken."""
    return {facet: list(user.desk_takes[facet]) for facet in DESK_FACETS if user.desk_takes.get(facet)}


def my_takes(uow: UnitOfWork) -> dict[str, list[str]]:
    """What the asker takes."""
    require(uow.actor, "desk.read")
    return takes_of(user_by_id(uow, uow.actor.user_id)) if uow.actor.user_id else {}


def set_takes(uow: UnitOfWork, takes: Takes) -> None:
    """Keep what the asker takes from now on. Raises Refused for what is not in the lists."""
    require(uow.actor, "desk.read")
    user = user_by_id(uow, uow.actor.user_id)
    chosen = {facet: list(dict.fromkeys(takes.get(facet, ()))) for facet in DESK_FACETS}
    problems = [
        Problem(facet, Level.DRAFT, _("“{value}” is not in the list.").format(value=code[:60]))
        for facet, codes in chosen.items()
        for code in codes
        if code not in vocabulary_of(uow.site, facet)
    ]
    if problems:
        raise Refused(problems[0].message, problems)
    user.desk_takes = {facet: codes for facet, codes in chosen.items() if codes}


def vocabulary_of(site: Site, facet: str) -> Vocabulary:
    """The list that the values of this facet are of."""
    return site.vocabularies[{"language": "languages", "country": "countries", "sector": "sectors"}[facet]]


def moderators_for(uow: UnitOfWork, change: Change) -> Sequence[User]:
    """Whom a change that waits concerns: the moderators who take such, or all where nobody does; never its author."""
    others = select(User).where(who_decide(), User.id != change.author_id)
    found = uow.session.scalars(others.order_by(User.username)).all()
    about = _values(uow, change)
    return [user for user in found if _fits(takes_of(user), about)] or found


def _values(uow: UnitOfWork, change: Change) -> Mapping[str, set[str]]:
    rows = uow.session.execute(
        select(ChangeFacet.facet, ChangeFacet.value).where(ChangeFacet.change_id == change.id)
    )
    values: dict[str, set[str]] = {}
    for facet, value in rows:
        values.setdefault(facet, set()).add(value)
    return values


def _fits(takes: Takes, about: Mapping[str, set[str]]) -> bool:
    """What says nothing of a country is everybody's; the same in SQL: desk_filters.fits()."""
    return all(not about.get(facet) or not about[facet].isdisjoint(codes) for facet, codes in takes.items())
