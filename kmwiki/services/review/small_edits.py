"""Small edits of trusted contributors go live at once and stand on the desk as "published, please look"."""

from uuid import UUID

from kmwiki.domain.compare import FieldComparison, changed_characters, compare
from kmwiki.domain.events import Event
from kmwiki.domain.page_type import PageType
from kmwiki.errors import Conflict
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Publication
from kmwiki.permissions import may, require
from kmwiki.services.changes.lifecycle import note_step
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.services.pages.page_care import revert
from kmwiki.services.review.publishing import Outcome, publish_head
from kmwiki.site import UnitOfWork

#: A small edit changes at most so many characters.
SMALL_EDIT_CHARACTERS = 300
_WRITTEN = ("text", "md")


def publish_if_small(uow: UnitOfWork, change: Change) -> Outcome | None:
    """Publish a change that was sent just now, where its author is trusted and it is small; else None."""
    if change.together_id is not None:
        return None  # its author wants it to be looked at with the others
    if not may(uow.actor, "small-edit.publish") or not is_small(uow, change):
        return None
    if change.base_id != change.page.published_revision_id:
        return None  # the page moved on: somebody is to look at the combination
    outcome = publish_head(uow, change)
    outcome.change.needs_look = True
    uow.tell(Event.PUBLISHED_PLEASE_LOOK, page_id=change.page_id, change_id=change.id)
    return outcome


def is_small(uow: UnitOfWork, change: Change) -> bool:
    """No new page, no request, no merging of pages, no coded field, no row removed, at most 300 characters."""
    if change.base_id is None or change.request or change.merges or change.page.is_protected:
        return False
    if change.changed_characters > SMALL_EDIT_CHARACTERS:
        return False  # weighed when it was sent: long texts are not compared again
    head = content_of(find_revision(uow, change.head_id))
    page_type = uow.site.page_type(head.type, head.edition)
    differences = compare(page_type, content_of(find_revision(uow, change.base_id)), head)
    return (
        bool(differences)
        and all(_is_small_difference(page_type, difference) for difference in differences)
        and changed_characters(differences) <= SMALL_EDIT_CHARACTERS
    )


def _is_small_difference(page_type: PageType, difference: FieldComparison) -> bool:
    field = page_type.fields.get(difference.field)
    if field is None:
        return False
    if field.kind in _WRITTEN:
        return True
    return field.kind == "rows" and all(
        row.op in ("same", "added", "moved")
        or (row.op == "changed" and all(_is_written(page_type, field.id, cell.field) for cell in row.cells))
        for row in difference.rows
    )


def _is_written(page_type: PageType, field: str, column: str) -> bool:
    found = page_type.fields[field].column(column)
    return found is not None and found.kind in _WRITTEN


def looked_at(uow: UnitOfWork, change_id: UUID) -> Change:
    """A moderator has looked at a small edit and lets it stand."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.return", change)
    change.needs_look = False
    note_step(uow, change, "looked-at")
    return change


def take_back(uow: UnitOfWork, change_id: UUID) -> Outcome:
    """Put back the version that stood before a small edit."""
    change = find_change(uow, change_id)
    require(uow.actor, "page.revert", change)
    before = uow.session.get(Publication, change.base_id)
    if not change.needs_look or change.page.published_revision_id != change.head_id or before is None:
        raise Conflict(_("Something else was published since; compare the versions and change the page instead."))
    change.needs_look = False
    note_step(uow, change, "taken-back")
    uow.tell(Event.CHANGE_TAKEN_BACK, page_id=change.page_id, change_id=change.id)
    return revert(uow, str(change.page.slug), before.number)
