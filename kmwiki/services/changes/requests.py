"""Requests about a page: its author asks to archive, rename or remove it, and a moderator does it, or not.

A request is a change like any other, that changes nothing of the text: it stands on the desk, is withdrawn, returned,
rejected or "published", which carries it out; whoever wrote it does not carry it out (four eyes).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from kmwiki.domain.events import Event
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import PageState, RequestVerb, State, people_page_state
from kmwiki.errors import Conflict, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page
from kmwiki.permissions import require
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.lifecycle import (
    end_share_links,
    move_state,
    note_step,
    ready_to_send,
    require_protected,
    required_reason,
    send,
)
from kmwiki.services.changes.slug_wishes import refuse_bad_slug, refuse_slug, refuse_taken_slug
from kmwiki.services.changes.starting import OpenChangeExists, start_change
from kmwiki.services.pages.finding import content_of, find_page, find_revision, open_change_of, readable_pages
from kmwiki.services.pages.page_deeds import archive_page, find_successor, give_address, own_old_address, put_into_bin
from kmwiki.site import UnitOfWork

log = logging.getLogger(__name__)

_RENAMABLE = (PageState.PUBLISHED, PageState.ARCHIVED)


def askable_page(uow: UnitOfWork, slug: str) -> Page:
    """The page, if the asker may ask something of it now: whoever may start a change of it.

    Raises NotFound, Unauthenticated, Forbidden, Conflict (not published), OpenChangeExists.
    """
    page = find_page(uow, slug)
    require(uow.actor, "change.start")
    if page.is_protected:
        require_protected(uow)
    if page.state != PageState.PUBLISHED:
        message = _("You can ask this of a published page; this page is “{state}”.")
        raise Conflict(message.format(state=people_page_state(PageState(page.state))))
    if mine := open_change_of(uow, page.id):
        raise OpenChangeExists(mine)
    return page


def ask(
    uow: UnitOfWork, slug: str, verb: str, reason: object, *, successor: str = "", new_slug: str = ""
) -> Change:
    """Ask that a page be archived (`successor`: the page in its place), renamed (to `new_slug`) or removed.

    The change is sent at once. Raises Refused with every problem, and as askable_page() does.
    """
    page = askable_page(uow, slug)
    problems: list[Problem] = []
    why, request = "", {}
    with _noting(problems):
        request = _request(uow, page, verb, successor, new_slug)
    with _noting(problems):
        why = required_reason(reason)
    if problems:
        raise Refused(problems[0].message, problems)
    content = content_of(find_revision(uow, page.published_revision_id))
    page_type = uow.site.page_type(page.type, content.edition)
    edit = Edit({"note_to_reviewer": why})
    started = start_change(
        uow, page, page_type, content, page.published_revision_id, edit, request=request
    )
    return send(uow, ready_to_send(uow, started.change.id, None, {}), "asked", why)


@contextmanager
def _noting(problems: list[Problem]) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        problems.extend(refused.problems)


def _request(uow: UnitOfWork, page: Page, verb: str, successor: str, new_slug: str) -> dict[str, str]:
    """What is kept of a request. Raises Refused."""
    if verb == RequestVerb.ARCHIVE and successor:
        return {"verb": verb, "successor": str(find_successor(uow, page, successor).id)}
    if verb == RequestVerb.RENAME:
        _refuse_address(uow, page, new_slug)
        return {"verb": verb, "slug": new_slug}
    if verb not in list(RequestVerb):
        message = _("Choose what you ask for.")
        raise Refused(message, [Problem(field="verb", level=Level.DRAFT, message=message)])
    return {"verb": verb}


def _refuse_address(uow: UnitOfWork, page: Page, slug: str) -> None:
    refuse_bad_slug(slug)
    if slug == page.slug:
        refuse_slug(_("The page has this address already."))
    if own_old_address(uow, page, slug) is None:
        refuse_taken_slug(uow, slug)


# ---- carrying out


def carry_out(uow: UnitOfWork, change: Change, comment: str) -> None:
    """Do what a request asks; the caller has asked who may, and whether it was looked at.

    Raises Conflict where it does not fit any more: the page is archived already, the address is taken.
    """
    page, request = change.page, change.request
    why = change.note_to_reviewer
    move_state(uow, change, State.PUBLISHED, decided_at=uow.now)
    match request["verb"]:
        case RequestVerb.ARCHIVE:
            archive_page(uow, page, why, _successor(uow, request), change.id)
        case RequestVerb.RENAME:
            _refuse_renaming(page, request["slug"])
            give_address(uow, page, request["slug"], why, change.id)
        case RequestVerb.REMOVE:
            put_into_bin(uow, page, why, change.id)
    end_share_links(uow, change)
    note_step(uow, change, "carried-out", comment)
    uow.tell(Event.REQUEST_CARRIED_OUT, page_id=page.id, change_id=change.id)
    log.info("carried out change=%s page=%s actor=%s", change.id, page.id, uow.actor.user_id)


def _successor(uow: UnitOfWork, request: Mapping[str, str]) -> Page | None:
    if "successor" not in request:
        return None
    wanted = UUID(request["successor"])
    found = readable_pages(uow, [wanted]).get(wanted)
    if found is None or found.state == PageState.BINNED:
        raise Conflict(_("The page that was to stand in its place is not there any more. Send this back and say so."))
    return found


def _refuse_renaming(page: Page, slug: str) -> None:
    if page.state not in _RENAMABLE:
        raise Conflict(_("This page is in the bin. Take it out before you rename it."))
    if page.slug == slug:
        raise Conflict(_("The page has this address already."))


# ---- showing


def successors(uow: UnitOfWork, changes: Sequence[Change]) -> Mapping[UUID, Page]:
    """The pages that are to stand in the place of others, by the change that asks it, as far as the asker sees them."""
    wanted = {change.id: UUID(change.request["successor"]) for change in changes if "successor" in change.request}
    pages = readable_pages(uow, set(wanted.values()))
    return {change_id: pages[page_id] for change_id, page_id in wanted.items() if page_id in pages}
