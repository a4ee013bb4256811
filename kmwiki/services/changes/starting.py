"""Starting a change: of a page that is there, or of one that nobody else sees yet."""

import logging
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kmwiki.domain.content import Content
from kmwiki.domain.fields import in_edition
from kmwiki.domain.ids import new_id
from kmwiki.domain.page_type import PageType
from kmwiki.domain.workflow import PageState, State
from kmwiki.errors import Conflict, NotFound
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page, Publication, Revision
from kmwiki.permissions import require
from kmwiki.services.accounts.new_accounts import refuse_more_changes
from kmwiki.services.changes.editing import Edit, edited, empty_content
from kmwiki.services.changes.revisions import add_revision, take_members
from kmwiki.services.changes.rows import number_new_rows
from kmwiki.services.changes.saving import Saved, save
from kmwiki.services.changes.slug_wishes import refuse_taken_slug
from kmwiki.services.changes.topic_choice import keep_proposal
from kmwiki.services.pages.finding import content_of, find_page, find_revision, open_change_of
from kmwiki.site import UnitOfWork

log = logging.getLogger(__name__)


class OpenChangeExists(Conflict):
    """The asker already has an open change on this page."""

    code = "open-change"

    def __init__(self, change: Change) -> None:
        self.change_id = change.id
        self.is_request = bool(change.request)
        asked = _("You have asked for something to be done with this page. Take that back and put it away first.")
        going_on = _("You are already changing this page. Go on with that change.")
        super().__init__(asked if self.is_request else going_on)


@dataclass(frozen=True)
class Started:
    """A change that was started; `is_new` is False where an idempotency key led to an earlier one."""

    change: Change
    is_new: bool


def start_page(uow: UnitOfWork, type_name: str, edit: Edit, idempotency_key: str | None = None) -> Started:
    """A new page that nobody else sees yet, with its first change.

    Raises UnknownPageType, Refused.
    """
    require(uow.actor, "change.start")
    if earlier := _earlier_start(uow, idempotency_key):
        return Started(earlier, is_new=False)
    refuse_more_changes(uow)
    page_type = uow.site.page_type(type_name)
    language = str(edit.members.get("language") or current_language())
    blank = empty_content(uow, page_type, language)
    content = edited(uow, page_type, blank, edit)
    refuse_taken_slug(uow, edit.members.get("slug"))
    page = Page(id=new_id(), type=type_name, state="new", created_at=uow.now, row_counter=0)
    uow.session.add(page)
    uow.session.flush()
    return start_change(uow, page, page_type, content, None, edit, idempotency_key)


def start_edit(
    uow: UnitOfWork, slug: str, edit: Edit, idempotency_key: str | None = None, seen: UUID | None = None
) -> Started:
    """A change of a published page, from the published version that was seen (None: the newest).

    Raises NotFound, Conflict (the page is in the bin), OpenChangeExists, Refused.
    """
    page = find_page(uow, slug)
    require(uow.actor, "change.start")
    if page.state == PageState.BINNED:
        raise Conflict(_("This page is in the bin. Take it out before you change it."))
    if earlier := _earlier_start(uow, idempotency_key):
        return Started(earlier, is_new=False)
    if mine := open_change_of(uow, page.id):
        raise OpenChangeExists(mine)
    refuse_more_changes(uow)
    base_id = page.published_revision_id if seen is None else _publication_of(uow, page, seen)
    base = content_of(find_revision(uow, base_id))
    page_type = uow.site.page_type(page.type)
    content = edited(uow, page_type, in_edition(page_type, base), edit)
    return start_change(uow, page, page_type, content, base_id, edit, idempotency_key)


def save_first_again(uow: UnitOfWork, change: Change, edit: Edit) -> Saved | None:
    """Save what came with the key of a change that was started already, as somebody does who goes back in the browser.

    None where it is the very post that started the change. Raises as save() does.
    """
    first = uow.session.scalars(
        select(Revision).where(Revision.change_id == change.id).order_by(Revision.created_at, Revision.id).limit(1)
    ).one()
    if first.request_digest == edit.digest(None):
        return None
    return save(uow, change.id, edit, first.id)


def _publication_of(uow: UnitOfWork, page: Page, revision_id: UUID) -> UUID:
    publication = uow.session.get(Publication, revision_id)
    if publication is None or publication.page_id != page.id:
        raise NotFound(_("The version that this text began from is not one of this page."))
    return revision_id


def _earlier_start(uow: UnitOfWork, key: str | None) -> Change | None:
    if not key:
        return None
    return uow.session.scalar(
        select(Change).where(Change.author_id == uow.actor.user_id, Change.idempotency_key == key)
    )


def start_change(
    uow: UnitOfWork,
    page: Page,
    page_type: PageType,
    content: Content,
    base_id: UUID | None,
    edit: Edit,
    idempotency_key: str | None = None,
    request: dict[str, str] | None = None,
) -> Started:
    """A draft of this content; the caller has asked who may. Raises OpenChangeExists."""
    assert uow.actor.user_id is not None
    change = Change(
        id=new_id(), page_id=page.id, author_id=uow.actor.user_id, base_id=base_id, head_id=new_id(),
        state=State.DRAFT, idempotency_key=idempotency_key, created_at=uow.now, updated_at=uow.now,
        acknowledged={}, request=request or {},
    )  # fmt: skip
    take_members(change, edit)
    keep_proposal(uow, edit.new_topic, content)
    number_new_rows(uow, page.id, page_type, content.fields)
    uow.session.add(change)
    try:
        uow.session.flush()
    except IntegrityError as error:
        return _started_meanwhile(uow, page.id, idempotency_key, error)
    add_revision(
        uow, change, content, parent_id=base_id, kind="edit", revision_id=change.head_id,
        request_digest=edit.digest(None),
    )  # fmt: skip
    uow.audit("change.start", page_id=page.id, change_id=change.id, revision_id=change.head_id)
    uow.session.flush()
    uow.session.refresh(change)
    log.info("started change=%s page=%s actor=%s", change.id, page.id, uow.actor.user_id)
    return Started(change, is_new=True)


def _started_meanwhile(uow: UnitOfWork, page_id: UUID, key: str | None, error: IntegrityError) -> Started:
    """Another request of the same person was quicker: the unique indexes of `change` say so."""
    uow.session.rollback()
    if earlier := _earlier_start(uow, key):
        return Started(earlier, is_new=False)
    if mine := open_change_of(uow, page_id):
        raise OpenChangeExists(mine) from error
    raise error
