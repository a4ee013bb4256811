"""Comparing published versions, field by field."""

from dataclasses import dataclass

from kmwiki.domain.compare import FieldComparison, compare
from kmwiki.domain.content import Content
from kmwiki.domain.page_type import PageType
from kmwiki.domain.parts import parts_of
from kmwiki.models import Change, Page
from kmwiki.services.pages.finding import content_of, find_page_itself, find_publication, find_revision
from kmwiki.services.pages.reading import PublishedVersion
from kmwiki.site import UnitOfWork


@dataclass(frozen=True)
class VersionComparison:
    """What differs between two versions of a page, in form order; `unchanged` counts the parts that do not."""

    page: Page
    page_type: PageType
    old: PublishedVersion
    new: PublishedVersion
    differences: tuple[FieldComparison, ...]
    unchanged: int


def compare_versions(uow: UnitOfWork, slug: str, old: int, new: int) -> VersionComparison:
    """Two published versions of a page, in either order. Raises NotFound, Conflict for a hidden version."""
    page = find_page_itself(uow, slug)
    before, after = (PublishedVersion(page, *find_publication(uow, page, number)) for number in (old, new))
    page_type, differences, unchanged = compare_contents(
        uow, content_of(before.revision), content_of(after.revision)
    )
    return VersionComparison(page, page_type, before, after, differences, unchanged)


def compare_change(uow: UnitOfWork, change: Change) -> tuple[PageType, tuple[FieldComparison, ...], int]:
    """What a change would make of the page as it was when the change began; a new page is all new."""
    head = content_of(find_revision(uow, change.head_id))
    base = content_of(find_revision(uow, change.base_id)) if change.base_id else None
    return compare_contents(uow, base, head)


def compare_contents(
    uow: UnitOfWork, old: Content | None, new: Content
) -> tuple[PageType, tuple[FieldComparison, ...], int]:
    """(page type of the newer one, differences in form order, number of parts that are the same)."""
    page_type = uow.site.page_type(new.type, new.edition)
    differences = compare(page_type, old, new)
    return page_type, differences, max(0, len(parts_of(new)) - len(differences))
