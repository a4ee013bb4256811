"""Addresses of pages: wished for in a change, given at the first publication, kept for ever."""

from sqlalchemy import exists, select

from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.slugs import check_slug, free_slug
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import OldSlug, Page
from kmwiki.permissions import visible
from kmwiki.site import UnitOfWork


def is_taken(uow: UnitOfWork, slug: str) -> bool:
    """Whether any page has or had this address, visible to the asker or not."""
    return bool(
        uow.session.scalar(
            select(
                exists(select(Page.id).where(Page.slug == slug))
                | exists(select(OldSlug.slug).where(OldSlug.slug == slug))
            )
        )
    )


def refuse_taken_slug(uow: UnitOfWork, slug: str | None) -> None:
    """Refuse an address of a page that the asker may see, with a suggestion.

    One of a page that they may not see is not mentioned; it clashes at publication.
    """
    if slug is None or not _is_visibly_taken(uow, slug):
        return
    free = free_slug(slug, lambda wish: is_taken(uow, wish))
    refuse_slug(_("The address “{slug}” is taken. “{free}” is free.").format(slug=slug, free=free))


def refuse_bad_slug(slug: str) -> None:
    """Refuse an address of wrong form or a reserved word."""
    if faults := check_slug(slug):
        refuse_slug(" ".join(faults))


def refuse_slug(message: str) -> None:
    raise Refused(message, [Problem(field="slug", level=Level.DRAFT, message=message)])


def _is_visibly_taken(uow: UnitOfWork, slug: str) -> bool:
    readable = visible(uow.actor, "page.read")
    return bool(
        uow.session.scalar(
            select(
                exists(select(Page.id).where(Page.slug == slug, readable))
                | exists(select(OldSlug.slug).join(Page).where(OldSlug.slug == slug, readable))
            )
        )
    )
