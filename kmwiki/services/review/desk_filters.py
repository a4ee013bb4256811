"""What narrows the moderators' desk, as conditions on changes; and the values that what waits now has to offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, true
from sqlalchemy.orm import aliased

from kmwiki.domain.workflow import RequestVerb, State
from kmwiki.models import Change, ChangeFacet, Page, User
from kmwiki.permissions import visible
from kmwiki.services.review.desk import TAKEN_FOR, Takes
from kmwiki.services.review.small_edits import SMALL_EDIT_CHARACTERS
from kmwiki.services.review.weighing import DESK_FACETS, TRANSLATION
from kmwiki.site import UnitOfWork

#: After so long a change waits too long.
LATE = timedelta(days=7)
_MOST_AUTHORS = 100


class Show(StrEnum):
    """Whose part of what waits is shown."""

    ALL = "all"
    TAKES = "takes"
    MINE = "mine"


class Group(StrEnum):
    """The parts of the desk that changes stand in."""

    QUICK = "quick"
    READING = "reading"
    ASKED = "asked"


class Kind(StrEnum):
    """What kind of change it is."""

    NEW = "new"
    TRANSLATION = "translation"
    EDIT = "edit"
    SMALL = "small"
    ARCHIVE = "archive"
    RENAME = "rename"
    REMOVE = "remove"


@dataclass(frozen=True)
class DeskFilter:
    """What is asked for; an empty value asks for nothing. `show` None: what the asker takes, else all."""

    show: Show | None = None
    group: Group | None = None
    kind: Kind | None = None
    type: str = ""
    language: str = ""
    country: str = ""
    sector: str = ""
    author: str = ""
    is_late: bool = False


_verb = Change.request["verb"].as_string()
_is_edit = Change.base_id.is_not(None) & _verb.is_(None)
_is_small = _is_edit & (Change.changed_fields > 0) & (Change.changed_characters <= SMALL_EDIT_CHARACTERS)

GROUPS = {
    Group.QUICK: _is_small,
    Group.READING: _verb.is_(None) & not_(_is_small),
    Group.ASKED: _verb.is_not(None),
}


def waiting(uow: UnitOfWork) -> ColumnElement[bool]:
    """Everything that waits, as far as the asker may see it."""
    return visible(uow.actor, "change.read") & (Change.state == State.SUBMITTED)


def narrowed(uow: UnitOfWork, asked: DeskFilter, takes: Takes) -> ColumnElement[bool]:
    """What waits and is asked for, its group left aside."""
    parts = [waiting(uow), _shown(uow, asked.show, takes)]
    parts += [_has(facet, [value]) for facet in DESK_FACETS if (value := getattr(asked, facet))]
    if asked.kind:
        parts.append(_kind(asked.kind))
    if asked.type:
        parts.append(exists().where(Page.id == Change.page_id, Page.type == asked.type))
    if asked.author:
        parts.append(exists().where(User.id == Change.author_id, User.username == asked.author))
    if asked.is_late:
        parts.append(Change.submitted_at <= uow.now - LATE)
    return and_(*parts)


def fits(takes: Takes) -> ColumnElement[bool]:
    """What a moderator takes; what says nothing of a country is everybody's. In Python: desk.moderators_for()."""
    return and_(true(), *(or_(_has(facet, codes), not_(_has(facet))) for facet, codes in takes.items()))


def in_hands_of(uow: UnitOfWork, now: datetime) -> ColumnElement[bool]:
    """What the asker took."""
    return (Change.taken_by_id == uow.actor.user_id) & (Change.taken_at > now - TAKEN_FOR)


def _shown(uow: UnitOfWork, show: Show | None, takes: Takes) -> ColumnElement[bool]:
    if show is Show.MINE:
        return in_hands_of(uow, uow.now)
    return true() if show is Show.ALL else fits(takes)


def _has(facet: str, values: Sequence[str] | None = None) -> ColumnElement[bool]:
    of_change = exists().where(ChangeFacet.change_id == Change.id, ChangeFacet.facet == facet)
    return of_change if values is None else of_change.where(ChangeFacet.value.in_(values))


def _kind(kind: Kind) -> ColumnElement[bool]:
    match kind:
        case Kind.NEW:
            return Change.base_id.is_(None)
        case Kind.TRANSLATION:
            return _has(TRANSLATION[0], [TRANSLATION[1]])
        case Kind.EDIT:
            return _is_edit & not_(_is_small)
        case Kind.SMALL:
            return _is_small
    return _verb == RequestVerb(kind)


# ---- what there is to choose from


@dataclass(frozen=True)
class Choices:
    """Values that something has that waits, with the number of changes: of facets, types, and authors by user name."""

    facets: dict[str, dict[str, int]]
    types: dict[str, int]
    authors: dict[str, tuple[str, int]]


def choices(uow: UnitOfWork) -> Choices:
    """What there is to choose from, in three queries."""
    all_of_it = waiting(uow)
    facets: dict[str, dict[str, int]] = {facet: {} for facet in DESK_FACETS}
    number = func.count()
    by_facet = (
        select(ChangeFacet.facet, ChangeFacet.value, number)
        .join(Change, Change.id == ChangeFacet.change_id)
        .where(all_of_it, ChangeFacet.facet.in_(DESK_FACETS))
        .group_by(ChangeFacet.facet, ChangeFacet.value)
    )
    for facet, value, count in uow.session.execute(by_facet):
        facets[facet][value] = count
    page = aliased(Page)  # the condition asks of Page itself
    by_type = select(page.type, number).join(Change, Change.page_id == page.id).where(all_of_it).group_by(page.type)
    by_author = (
        select(User.username, User.name, number)
        .join(Change, Change.author_id == User.id)
        .where(all_of_it)
        .group_by(User.username, User.name)
        .order_by(number.desc(), User.username)
        .limit(_MOST_AUTHORS)
    )
    return Choices(
        facets,
        {name: count for name, count in uow.session.execute(by_type)},
        {username: (name, count) for username, name, count in uow.session.execute(by_author)},
    )
