"""Who is to be told when something is published: its authors, those who watch, those whose practice failed there."""

from uuid import UUID

from kmwiki.domain.content import Content
from kmwiki.domain.events import Event
from kmwiki.domain.page_type import PageType
from kmwiki.models import Change, Publication, Revision
from kmwiki.services.pages.finding import content_of
from kmwiki.services.pages.link_targets import links_of
from kmwiki.site import UnitOfWork

#: The relation by which a case says that a practice failed (vocabulary "applied").
_FAILED = "did-not-work"


def tell_of_publication(
    uow: UnitOfWork, change: Change, publication: Publication, page_type: PageType, content: Content
) -> None:
    """Leave what is to be told in the outbox."""
    uow.tell(Event.CHANGE_PUBLISHED, page_id=change.page_id, change_id=change.id)
    uow.tell(Event.PAGE_PUBLISHED, page_id=change.page_id, change_id=change.id, number=publication.number)
    for practice in sorted(_newly_failed(uow, change, page_type, content)):
        uow.tell(Event.DID_NOT_WORK, page_id=UUID(practice), case_id=str(change.page_id))


def _newly_failed(uow: UnitOfWork, change: Change, page_type: PageType, content: Content) -> set[str]:
    """Pages that this version says did not work, and the one before did not."""
    failed = _failed(page_type, content)
    before = uow.session.get(Revision, change.base_id) if failed and change.base_id else None
    if before is None or before.content is None:
        return failed
    old = content_of(before)
    return failed - _failed(uow.site.page_type(old.type, old.edition), old)


def _failed(page_type: PageType, content: Content) -> set[str]:
    return {
        link["page"]
        for _field, link in links_of(content, page_type)
        if "page" in link and link.get("relation") == _FAILED
    }
