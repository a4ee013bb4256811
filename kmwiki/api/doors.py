"""What a call acts on, in the order in which every call refuses: not there (404), not you (401, 403), not now (409).

The services ask the same again. This is asked before a body is looked at, so that no fault of the input tells
somebody about a thing that they may not see or touch.
"""

from uuid import UUID

from flask import request

from kmwiki.api.answers import go_to
from kmwiki.domain.workflow import PageState, PageVerb, State, Verb, next_page_state, next_state
from kmwiki.errors import NotFound, PreconditionMissing, StaleRevision
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page
from kmwiki.permissions import require
from kmwiki.services.pages.finding import find_change, find_page, find_page_itself
from kmwiki.site import UnitOfWork


def change_for(uow: UnitOfWork, change_id: UUID, action: str, verb: Verb | None = None) -> Change:
    """The change, if the asker may do this to it, and it is in a state for it."""
    change = find_change(uow, change_id)
    require(uow.actor, action, change)
    if verb is not None:
        next_state(State(change.state), verb)
    return change


def page_for(uow: UnitOfWork, slug: str, action: str, verb: PageVerb | None = None) -> Page:
    """The page, if the asker may do this to it, and it is in a state for it. Old addresses lead to it too."""
    page = find_page_itself(uow, slug)
    require(uow.actor, action, page)
    if verb is not None:
        next_page_state(PageState(page.state), verb)
    return page


def page_at(uow: UnitOfWork, slug: str, itself: bool = False) -> Page:
    """The page to be read at this very address; one that was renamed, or became part of another, answers 301.

    `itself`: also one that became part of another, for its own versions.
    """
    page = find_page_itself(uow, slug) if itself else find_page(uow, slug)
    if page.slug != slug:
        go_to(str(page.slug))
    return page


def require_head(change: Change) -> None:
    """Go on only if If-Match names the head: 428 without, 412 for any other version or what is no version."""
    if not request.headers.get("If-Match", "").strip():
        raise PreconditionMissing(_("Send If-Match with the version that you changed, as its ETag was given."))
    if not request.if_match.contains(str(change.head_id)) or request.if_match.star_tag:
        raise StaleRevision(_("The change has been saved since. Read it again, then send your edit of that."))


def number_of(text: str) -> int:
    """The number of a version in an address. Raises NotFound for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound()
    return int(text)
