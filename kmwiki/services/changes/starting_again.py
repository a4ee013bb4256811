"""A change that says again what an earlier version of its page said: for anybody who may change the page."""

from kmwiki.domain.fields import in_edition
from kmwiki.errors import Conflict
from kmwiki.i18n import gettext as _
from kmwiki.models import Change
from kmwiki.permissions import require
from kmwiki.services.accounts.new_accounts import refuse_more_changes
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.starting import OpenChangeExists, start_change
from kmwiki.services.pages.finding import content_of, find_page_itself, find_publication, find_revision, open_change_of
from kmwiki.site import UnitOfWork


def start_from_version(uow: UnitOfWork, slug: str, number: int) -> Change:
    """A draft with the text of version `number`, begun from what readers see now.

    Raises NotFound, Conflict (not published, that very text, hidden), OpenChangeExists.
    """
    page = find_page_itself(uow, slug)
    require(uow.actor, "change.start")
    if page.state != "published":
        raise Conflict(_("You can change only a published page."))
    if mine := open_change_of(uow, page.id):
        raise OpenChangeExists(mine)
    refuse_more_changes(uow)
    content = content_of(find_publication(uow, page, number)[1])
    if content == content_of(find_revision(uow, page.published_revision_id)):
        raise Conflict(_("That version says what readers see now."))
    page_type = uow.site.page_type(page.type)
    edit = Edit({"summary": _("Version {number} again").format(number=number)})
    return start_change(uow, page, page_type, in_edition(page_type, content), page.published_revision_id, edit).change
