"""What people have typed and not saved yet: one text for each form and person, replaced by every autosave.

Nobody else is ever shown it. It is no revision: no history, no review, no search, no export.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from kmwiki.db import insert_missing
from kmwiki.domain.ids import new_id
from kmwiki.domain.workflow import PageState, State, Verb, next_state
from kmwiki.errors import Conflict, Refused, TooLarge
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, WorkingCopy
from kmwiki.permissions import require
from kmwiki.services.pages.finding import find_change, find_page
from kmwiki.site import UnitOfWork

Form = Mapping[str, Sequence[str]]

#: More than the largest page that can be saved, as a form sends it.
LIMIT_CHARACTERS = 600_000
_LIMIT_VALUES = 10_000
#: How many forms of one person are kept at the same time.
LIMIT_FORMS = 100
KEPT_FOR = timedelta(days=30)
#: Whoever typed so lately counts as editing now.
EDITING_NOW = timedelta(minutes=5)
_TITLE_CHARACTERS = 200
_STAMP = re.compile(r"(?P<window>[A-Za-z0-9]{8,24})\.(?P<number>[0-9]{1,9})")


class WrittenElsewhere(Conflict):
    """The same person typed into the same form in another window or on another device since."""

    code = "written-elsewhere"

    def __init__(self) -> None:
        super().__init__(_("You are writing this in another window, too."))


@dataclass(frozen=True)
class Place:
    """What a form is of. `head` is the newest version there is of it now, None for a new page.

    `before` is the place that this one follows: that of the page, once a change of it is started.
    """

    key: str
    type: str
    page_id: UUID | None = None
    change_id: UUID | None = None
    head: UUID | None = None
    before: str = ""


@dataclass(frozen=True)
class Kept:
    """What an autosave is told: when it was kept, the newest version now, whether somebody else is editing too."""

    at: datetime
    head: UUID | None
    others: bool


def place_of_change(uow: UnitOfWork, change_id: UUID) -> Place:
    """Raises NotFound, Forbidden, Conflict (closed), as saving would."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.save", change)
    next_state(State(change.state), Verb.SAVE)
    before = f"page:{change.page_id}"
    return Place(f"change:{change.id}", change.page.type, change.page_id, change.id, change.head_id, before)


def place_of_page(uow: UnitOfWork, slug: str) -> Place:
    """Raises NotFound, Forbidden, Conflict (in the bin), as starting a change would."""
    page = find_page(uow, slug)
    require(uow.actor, "change.start")
    if page.state == PageState.BINNED:
        raise Conflict(_("This page is in the bin. Take it out before you change it."))
    return Place(f"page:{page.id}", page.type, page.id, None, page.published_revision_id)


def place_of_new(uow: UnitOfWork, type_name: str, token: str) -> Place:
    """Raises UnknownPageType, Forbidden."""
    require(uow.actor, "change.start")
    return Place(f"new:{token}", uow.site.page_type(type_name).name)


# ---- keeping


def keep(uow: UnitOfWork, place: Place, form: Form, head: UUID | None, stamp: str, seen: str) -> Kept:
    """Keep what a form holds now, in place of what it held; `head` is the version that it began from.

    `stamp` names the window and counts its texts, `seen` is the stamp of what this window knows to be kept: another
    window's newer text is never overwritten. A text that comes late, after a newer one of its window, is passed over.
    Raises WrittenElsewhere, TooLarge, Refused.
    """
    _refuse_bad(form, stamp)
    before = copy_at(uow, [place.key])
    if before is None or not _is_late(before.stamp, stamp):
        _write(uow, place, form, head, stamp, seen, before)
    return Kept(uow.now, place.head, somebody_else_writes(uow, place.page_id))


def _refuse_bad(form: Form, stamp: str) -> None:
    characters = sum(len(name) + sum(len(value) for value in values) for name, values in form.items())
    if characters > LIMIT_CHARACTERS or sum(len(values) for values in form.values()) > _LIMIT_VALUES:
        raise TooLarge(_("This is longer than a page can be. Shorten it, or make two pages of it."))
    if not _STAMP.fullmatch(stamp):
        raise Refused(_("The form does not say which window it comes from."))


def _is_late(before: str, stamp: str) -> bool:
    return window_of(before) == window_of(stamp) and int(before.rpartition(".")[2]) >= int(stamp.rpartition(".")[2])


def _write(
    uow: UnitOfWork, place: Place, form: Form, head: UUID | None, stamp: str, seen: str, before: WorkingCopy | None
) -> None:
    title = next(iter(form.get("title", ())), "").replace("\x00", "")[:_TITLE_CHARACTERS].strip()
    values = {
        "form": {name: list(given) for name, given in form.items()},
        "head_id": head, "title": title, "stamp": stamp, "touched_at": uow.now,
    }  # fmt: skip
    if before is None:
        _insert(uow, place, values)
        _delete(uow, [copy for copy in _mine(uow, [place.before]) if copy.stamp == seen])
    elif before.stamp != seen and window_of(before.stamp) != window_of(stamp):
        raise WrittenElsewhere()
    else:
        is_unchanged = (WorkingCopy.id == before.id) & (WorkingCopy.stamp == before.stamp)
        changed = uow.session.execute(
            update(WorkingCopy).where(is_unchanged).values(values).execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise WrittenElsewhere()


def _insert(uow: UnitOfWork, place: Place, values: Mapping[str, object]) -> None:
    mine = WorkingCopy.user_id == uow.actor.user_id
    if (uow.session.scalar(select(func.count()).where(mine)) or 0) >= LIMIT_FORMS:
        raise Conflict(_("You have begun very many pages. Save some of them, or throw some away."))
    row = {"id": new_id(), "user_id": uow.actor.user_id, "place": place.key, "type": place.type, **values}
    insert_missing(uow.session, WorkingCopy, [{**row, "page_id": place.page_id, "change_id": place.change_id}])
    if uow.session.scalar(select(WorkingCopy.id).where(mine, WorkingCopy.place == place.key)) != row["id"]:
        raise WrittenElsewhere()  # another window was quicker by a moment


def window_of(stamp: str) -> str:
    """Which window a stamp is of; "" for what is no stamp."""
    match = _STAMP.fullmatch(stamp)
    return match["window"] if match else ""


# ---- finding


def copy_at(uow: UnitOfWork, keys: Sequence[str]) -> WorkingCopy | None:
    """What the asker typed at the first of these places where there is something."""
    if not uow.actor.is_signed_in:
        return None
    found = {copy.place: copy for copy in _mine(uow, keys)}
    return next((found[key] for key in keys if key in found), None)


def copy_of_change(uow: UnitOfWork, change: Change) -> WorkingCopy | None:
    """What the asker typed into the form of this change, or of its page before the change was started elsewhere."""
    copy = copy_at(uow, [f"change:{change.id}", f"page:{change.page_id}"])
    if copy is not None and copy.change_id is None and copy.head_id != change.base_id:
        return None  # it began from another published version: saving could not tell what is new in it
    return copy


def begun(uow: UnitOfWork, type_name: str | None = None) -> Sequence[WorkingCopy]:
    """New pages and changes that the asker began and never saved, newest first; of one type, new pages alone."""
    mine = select(WorkingCopy).where(WorkingCopy.user_id == uow.actor.user_id, WorkingCopy.change_id.is_(None))
    if type_name is not None:
        mine = mine.where(WorkingCopy.type == type_name, WorkingCopy.page_id.is_(None))
    return uow.session.scalars(mine.order_by(WorkingCopy.touched_at.desc()).limit(LIMIT_FORMS)).all()


def somebody_else_writes(uow: UnitOfWork, page_id: UUID | None) -> bool:
    """Whether somebody else typed into a form of this page a moment ago: no name, no time."""
    if page_id is None:
        return False
    lately = select(WorkingCopy.id).where(
        WorkingCopy.page_id == page_id,
        WorkingCopy.user_id != uow.actor.user_id,
        WorkingCopy.touched_at > uow.now - EDITING_NOW,
    )
    return uow.session.scalar(lately.limit(1)) is not None


# ---- forgetting


def forget_saved(uow: UnitOfWork, keys: Collection[str], stamp: str) -> None:
    """What was typed is saved: forget it, where it is of the window that saved."""
    if window := window_of(stamp):
        _delete(uow, [copy for copy in _mine(uow, keys) if window_of(copy.stamp) == window])


def throw_away(uow: UnitOfWork, keys: Collection[str]) -> None:
    """Forget what the asker typed at these places; nothing where there is nothing."""
    _delete(uow, _mine(uow, keys))


def forget_old(uow: UnitOfWork) -> None:
    """Remove what nobody has touched for 30 days. For the worker."""
    uow.session.execute(delete(WorkingCopy).where(WorkingCopy.touched_at < uow.now - KEPT_FOR))


def _mine(uow: UnitOfWork, keys: Collection[str]) -> Sequence[WorkingCopy]:
    found = select(WorkingCopy).where(WorkingCopy.user_id == uow.actor.user_id, WorkingCopy.place.in_(keys))
    return uow.session.scalars(found.execution_options(populate_existing=True)).all()


def _delete(uow: UnitOfWork, copies: Sequence[WorkingCopy]) -> None:
    if copies:
        ids = [copy.id for copy in copies]
        statement = delete(WorkingCopy).where(WorkingCopy.id.in_(ids))
        uow.session.execute(statement.execution_options(synchronize_session=False))
