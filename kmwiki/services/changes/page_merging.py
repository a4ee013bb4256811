"""Making one page part of another: first a change of the page that is kept, reviewed like any other.

When that change is published, and not before, the page that goes is archived and its address leads to the kept one, so
that readers never miss what it said. Its own versions stay readable at its address: they say who wrote what was taken
over. Restoring it makes it stand for itself again; what was taken over stays where it is, and can be changed there.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.fields import in_edition
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.taking_over import TakenOver, rows_here, take_over, with_row_ids
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page
from kmwiki.permissions import may, require
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.revisions import add_revision, move_head, require_savable
from kmwiki.services.changes.rows import number_new_rows, number_rows_from
from kmwiki.services.changes.starting import OpenChangeExists, start_change
from kmwiki.services.changes.topic_choice import MOST_TOPICS
from kmwiki.services.files.file_intake import free_name
from kmwiki.services.pages.finding import (
    content_of,
    find_page,
    find_page_itself,
    find_revision,
    open_change_of,
)
from kmwiki.services.pages.page_deeds import archive_page
from kmwiki.site import UnitOfWork

#: A file named in Markdown: "](name".
_FILE_IN_TEXT = re.compile(r"(\]\(<?)([^\s()<>]+)")


@dataclass(frozen=True)
class Merging:
    """What becomes of the kept page: `own` as it is, `taken.left` what stays behind in this one.

    `own` is what the asker's change of the kept page says, where this page is being taken over in it already.
    """

    page: Page
    kept: Page
    page_type: PageType
    own: Content
    other: Content
    taken: TakenOver
    change: Change | None = None

    @property
    def combined(self) -> Content:
        """The kept page as it would be, its new rows numbered as they would be now."""
        fields = deepcopy(dict(self.taken.content.fields))
        number_rows_from(self.kept.row_counter, self.page_type, fields)
        return self.taken.content.replace(fields=with_row_ids(self.page_type, fields))


def mergeable_page(uow: UnitOfWork, slug: str) -> Page:
    """The page, if it can become part of another. Raises NotFound, Forbidden, Conflict (not published)."""
    page = find_page_itself(uow, slug)
    require(uow.actor, "page.merge", page)
    if page.state != "published":
        raise Conflict(_("Only a published page can become part of another one."))
    return page


def look(uow: UnitOfWork, slug: str, into: str) -> Merging:
    """What merging would do; changes nothing. Raises Refused (no page of this kind to go into), OpenChangeExists."""
    page = mergeable_page(uow, slug)
    kept = _kept(uow, page, into)
    page_type = uow.site.page_type(page.type)
    change = open_change_of(uow, kept.id)
    if change is not None and change.merges.get("page") != str(page.id):
        raise OpenChangeExists(change)
    own = _content(uow, page_type, change.head_id if change else kept.published_revision_id)
    other = _with_free_names(_content(uow, page_type, page.published_revision_id), own)
    before = None
    if change is not None:
        before = _with_free_names(_content(uow, page_type, UUID(change.merges["revision"])), own)
    taken = take_over(page_type, own, other, page.title, MOST_TOPICS, before)
    return Merging(page, kept, page_type, own, other, taken, change)


def _kept(uow: UnitOfWork, page: Page, into: str) -> Page:
    try:
        kept = find_page(uow, into)
    except NotFound as error:
        raise _refused(_("There is no page “{name}” here.").format(name=into[:80])) from error
    if kept.id == page.id:
        raise _refused(_("A page cannot become part of itself."))
    if kept.type != page.type:
        raise _refused(_("Only pages of one kind can be merged."))
    if kept.state != "published":
        raise _refused(_("The page that is kept must be published."))
    return kept


def _refused(message: str) -> Refused:
    return Refused(message, [Problem("into", Level.DRAFT, message)])


def _content(uow: UnitOfWork, page_type: PageType, revision_id: UUID | None) -> Content:
    """What a revision says, in the newest edition of the type."""
    return in_edition(page_type, content_of(find_revision(uow, revision_id)))


def begin(uow: UnitOfWork, slug: str, into: str) -> Change:
    """Begin the change of the kept page that takes this one over, or take over what is new in it since.

    The moderator reads through it, and sends it for review; somebody else publishes it (four eyes).
    Raises as look() does.
    """
    merging = look(uow, slug, into)
    merges = {"page": str(merging.page.id), "revision": str(merging.page.published_revision_id)}
    if merging.change is not None:
        return _take_over_again(uow, merging, merging.change, merges)
    edit = Edit({"summary": _("Takes in “{title}”").format(title=merging.page.title)[:500]})
    kept = merging.kept
    content = _numbered(uow, merging)
    change = start_change(uow, kept, merging.page_type, content, kept.published_revision_id, edit).change
    change.merges = merges
    uow.audit("page.merge-begin", page_id=merging.page.id, change_id=change.id, into=str(kept.id))
    return change


def _take_over_again(uow: UnitOfWork, merging: Merging, change: Change, merges: dict[str, str]) -> Change:
    head = change.head_id
    if merging.taken.content != merging.own:
        require_savable(change)
        revision = add_revision(uow, change, _numbered(uow, merging), parent_id=head, kind="edit")
        uow.session.flush()
        if not move_head(uow, change, head, revision.id):
            raise Conflict(_("Somebody else changed this at the same moment. Please look at it again."))
    change.merges = merges
    return change


def _numbered(uow: UnitOfWork, merging: Merging) -> Content:
    """The content with the numbers that the kept page gives its new rows. Takes the write lock."""
    fields = deepcopy(dict(merging.taken.content.fields))
    number_new_rows(uow, merging.kept.id, merging.page_type, fields)
    return merging.taken.content.replace(fields=with_row_ids(merging.page_type, fields))


# ---- names of files


def _with_free_names(other: Content, own: Content) -> Content:
    """The other page with its files under names that this one does not use for something else."""
    taken = {file.name: file.sha256 for file in own.files}
    names: dict[str, str] = {}
    files: list[FileEntry] = []
    for file in other.files:
        name = file.name
        if taken.get(name, file.sha256) != file.sha256:
            name = names[file.name] = free_name(name, [*taken, *(one.name for one in files)])
        files.append(replace(file, name=name))
    if not names:
        return other
    fields = {field: _with_names(value, names) for field, value in other.fields.items()}
    return other.replace(files=tuple(files), fields=fields)


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    """The value with files called by their new names: in Markdown, and where a row names one."""
    if isinstance(value, str):
        return names.get(value) or _FILE_IN_TEXT.sub(lambda found: found[1] + names.get(found[2], found[2]), value)
    if isinstance(value, list):
        return [_with_names(item, names) for item in value]
    return {name: _with_names(item, names) for name, item in value.items()} if isinstance(value, dict) else value


# ---- when it is published


def refuse_stale(uow: UnitOfWork, change: Change) -> None:
    """Raises Conflict where the page that is to become part of this one was changed since, or is not there any more."""
    if not change.merges:
        return
    page = uow.session.get(Page, UUID(change.merges["page"]))
    if page is None or page.state != "published":
        raise Conflict(_("The page that is to become part of this one is not published any more. Put this away."))
    if str(page.published_revision_id) != change.merges["revision"]:
        message = _("“{title}” was published anew since it was taken over. Its author can take over what is new: {url}")
        raise Conflict(message.format(title=page.title, url=f"/pages/{page.slug}/merge?into={change.page.slug}"))


def finish(uow: UnitOfWork, change: Change, page_type: PageType, content: Content) -> None:
    """The change is published: the other page's address leads here from now on."""
    if not change.merges:
        return
    page, kept = uow.session.get(Page, UUID(change.merges["page"])), change.page
    assert page is not None
    rows = rows_here(page_type, content, _content(uow, page_type, page.published_revision_id))
    archive_page(uow, page, _("It became part of “{title}”.").format(title=kept.title), kept, change.id)
    page.merged_into_id, page.merged_rows = kept.id, rows
    uow.audit("page.merge", page_id=page.id, change_id=change.id, into=str(kept.id))


def merged_page(uow: UnitOfWork, change: Change) -> Page | None:
    """The page that becomes part of another by this change, or became so, as far as the asker sees it."""
    page = uow.session.get(Page, UUID(change.merges["page"])) if change.merges else None
    return page if page is not None and may(uow.actor, "page.read", page) else None
