"""How much a change changes, and what it is about: looked at once, when it is sent or saved, and kept for the desk.

The desk compares nothing. What is weighed is weighed before the first write, as comparing long texts takes its time.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from kmwiki.domain.compare import changed_characters, compare
from kmwiki.domain.content import Content
from kmwiki.domain.fields import facets, in_edition
from kmwiki.domain.page_type import PageType
from kmwiki.domain.parts import parts_of
from kmwiki.domain.workflow import State
from kmwiki.models import Change, ChangeFacet, Revision
from kmwiki.permissions import SYSTEM
from kmwiki.services.pages.finding import content_of
from kmwiki.site import Site, UnitOfWork

#: What the desk is narrowed by, and what moderators say that they take.
DESK_FACETS = ("language", "country", "sector")
#: A facet of its own, for new pages that translate another.
TRANSLATION = ("kind", "translation")
#: Of one facet, so many values are kept: a page about every country is about none.
_MOST_VALUES = 300
_LINK = re.compile(r"https?://[^\s<>\"'()\[\]]+", re.IGNORECASE)


@dataclass(frozen=True)
class Weight:
    """How much a change changes against what it began from; of a new page, all of it."""

    fields: int = 0
    characters: int = 0
    outside_links: int = 0
    facets: frozenset[tuple[str, str]] = frozenset()


def weigh(uow: UnitOfWork, change: Change, content: Content, base_id: UUID | None = None) -> Weight:
    """Weigh this content as the change's newest; `base_id`, where it is to begin from another version from now on."""
    page_type = uow.site.page_type(content.type, content.edition)
    about = frozenset(_facets(page_type, change, content))
    if change.request:
        return Weight(facets=about)
    before = _before(uow, page_type, base_id or change.base_id)
    links = _outside_links(uow, content) - (_outside_links(uow, before) if before else set())
    if before is None:
        return Weight(len(parts_of(content)), sum(map(len, _texts(content.fields))), len(links), about)
    differences = compare(page_type, before, content)
    return Weight(len(differences), changed_characters(differences), len(links), about)


def weigh_waiting(uow: UnitOfWork, change: Change, content: Content, base_id: UUID | None = None) -> Weight | None:
    """The same for a change that is saved; None for a draft, which is weighed when it is sent."""
    return weigh(uow, change, content, base_id) if change.state == State.SUBMITTED else None


def keep_weight(uow: UnitOfWork, change: Change, weight: Weight | None) -> None:
    """Store what was weighed."""
    if weight is None:
        return
    change.changed_fields, change.changed_characters = weight.fields, weight.characters
    change.outside_links = weight.outside_links
    forget_facets(uow, change.id)
    rows = [{"change_id": change.id, "facet": facet, "value": value} for facet, value in sorted(weight.facets)]
    uow.session.execute(insert(ChangeFacet), rows)


def forget_facets(uow: UnitOfWork, change_id: UUID) -> None:
    """A change that waits no longer is not looked for by what it is about."""
    uow.session.execute(delete(ChangeFacet).where(ChangeFacet.change_id == change_id))


def weigh_all(site: Site) -> None:
    """Weigh what waits and was never weighed, one in each transaction."""
    while True:
        with site.work(SYSTEM) as uow:
            if not weigh_one_unweighed(uow):
                return


def weigh_one_unweighed(uow: UnitOfWork) -> bool:
    """Weigh one change that came to wait by another way (an import, an older site); False where there is none left."""
    weighed = select(ChangeFacet.change_id).where(ChangeFacet.change_id == Change.id).exists()
    readable = select(Revision.id).where(Revision.id == Change.head_id, Revision.content.is_not(None)).exists()
    waiting = select(Change).where(Change.state == State.SUBMITTED, ~weighed, readable)
    change = uow.session.scalar(waiting.order_by(Change.submitted_at, Change.id).limit(1))
    if change is None:
        return False
    head = uow.session.get_one(Revision, change.head_id)
    weight = weigh(uow, change, content_of(head))
    same = (Change.id == change.id, Change.head_id == head.id, Change.state == State.SUBMITTED)
    held = uow.session.execute(update(Change).where(*same).values(changed_fields=weight.fields))
    if held.rowcount == 1:  # type: ignore[attr-defined]
        keep_weight(uow, change, weight)
    return True


def _before(uow: UnitOfWork, page_type: PageType, revision_id: UUID | None) -> Content | None:
    """What the change began from, in the edition of today; None where there is nothing, or where it was hidden."""
    revision = uow.session.get(Revision, revision_id) if revision_id else None
    if revision is None or revision.content is None:
        return None
    return in_edition(page_type, content_of(revision))


def _facets(page_type: PageType, change: Change, content: Content) -> Iterator[tuple[str, str]]:
    yield "language", content.language
    found = facets(page_type, content.fields)
    for facet in DESK_FACETS:
        yield from ((facet, code) for code in found.get(facet, ())[:_MOST_VALUES])
    if content.translation_of and change.base_id is None:
        yield TRANSLATION


def _outside_links(uow: UnitOfWork, content: Content) -> set[str]:
    """Addresses of other sites in whatever somebody wrote, each once."""
    own = urlsplit(uow.site.config.base_url).hostname
    found = {link for text in _texts(content.fields) for link in _LINK.findall(text)}
    return {link for link in found if _host(link) != own}


def _host(link: str) -> str | None:
    try:
        return urlsplit(link).hostname
    except ValueError:
        return None  # no address at all: [ in the host, for one


def _texts(value: Any) -> Iterator[str]:
    """Every text in the fields, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name != "uid":
                yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
