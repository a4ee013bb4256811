"""What programs read: versions as they are stored, with links as the asker may see them, and no HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.content import Content
from kmwiki.domain.fields import move_to_edition
from kmwiki.domain.page_type import PageType
from kmwiki.models import Change, Revision
from kmwiki.services.pages.finding import find_page
from kmwiki.services.pages.link_targets import Targets, shown_fields
from kmwiki.services.pages.reading import PublishedVersion, publication_now
from kmwiki.site import UnitOfWork


@dataclass(frozen=True)
class PlainContent:
    """A content to be given out: `fields` with slugs for ids, without hidden ids of rows."""

    page_type: PageType
    content: Content
    fields: Mapping[str, Any]
    translation_of: str | None
    replaces: str | None


def published_now(uow: UnitOfWork, slug: str) -> PublishedVersion:
    """The version of a page that its readers see. Raises NotFound."""
    page = find_page(uow, slug)
    return PublishedVersion(page, *publication_now(uow, page))


def plain(uow: UnitOfWork, content: Content) -> PlainContent:
    """The content as the asker may see it."""
    page_type = uow.site.page_type(content.type, content.edition)
    targets = Targets.of_content(uow, page_type, content)
    return PlainContent(
        page_type=page_type,
        content=content,
        fields=shown_fields(page_type, content, targets),
        translation_of=targets.slug(content.translation_of),
        replaces=targets.slug(content.replaces),
    )


def comparable(uow: UnitOfWork, content: Content, edition: int | None = None) -> Content:
    """The content as the asker may see it, to be compared: a link that they may not see differs from nothing.

    `edition`: that of the page type which both sides are to be told in.
    """
    shown = plain(uow, content)
    fields: Mapping[str, Any] = shown.fields
    if edition is not None and edition != content.edition:
        fields = move_to_edition(uow.site.page_type(content.type, edition), fields)
    return content.replace(
        edition=edition or content.edition,
        fields=fields,
        translation_of=shown.translation_of,
        replaces=shown.replaces,
    )


def heads_of(uow: UnitOfWork, changes: Sequence[Change]) -> Mapping[UUID, Content]:
    """The newest content of each of these changes that the asker may read, by change; hidden ones are left out."""
    by_head = {change.head_id: change.id for change in changes}
    found = uow.session.scalars(select(Revision).where(Revision.id.in_(by_head)))
    return {by_head[revision.id]: Content.from_json(revision.content) for revision in found if revision.content}


def slugs_of(uow: UnitOfWork, page_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Addresses of those of these pages that the asker may read."""
    return {page_id: str(page.slug) for page_id, page in Targets.of(uow, page_ids).pages.items()}
