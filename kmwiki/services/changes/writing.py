"""What somebody who writes is shown: the version that a form begins from, and what can be chosen in it.

Nothing here changes anything; saving is the business of changes.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.content import Content
from kmwiki.domain.fields import in_edition
from kmwiki.domain.merge import Merged
from kmwiki.domain.page_type import Field, PageType
from kmwiki.domain.problems import Problem
from kmwiki.i18n import current_language
from kmwiki.models import Change, Organisation, Page, Review
from kmwiki.permissions import require, visible
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.services.changes.checking import missing_at_any_level
from kmwiki.services.changes.clashes import clash_with_head
from kmwiki.services.changes.editing import empty_content
from kmwiki.services.changes.revisions import require_savable
from kmwiki.services.changes.starting import OpenChangeExists
from kmwiki.services.pages.finding import content_of, find_change, find_page, find_revision, open_change_of
from kmwiki.services.pages.link_targets import Targets
from kmwiki.site import UnitOfWork

#: How many organisations or pages a form proposes without script.
PROPOSED = 100


@dataclass(frozen=True)
class Writing:
    """A version that is open for writing.

    `head` is the revision that the form shows: a save names it as what was seen. `change` is None before the first
    save; `page` is None for a new page then too. `beside` is a text kept beside the head that the form brings together
    with it: `content` holds it where they `clash`.
    """

    page_type: PageType
    content: Content
    targets: Targets
    problems: Sequence[Problem]
    head: UUID | None = None
    change: Change | None = None
    page: Page | None = None
    saved_at: datetime | None = None
    returned: Review | None = None
    earlier_edition: bool = False
    beside: UUID | None = None
    clash: Merged | None = None

    @property
    def is_new(self) -> bool:
        """Whether the page has not been published yet."""
        return self.page is None or self.page.state == "new"


def new_page(uow: UnitOfWork, type_name: str) -> Writing:
    """The empty form of a new page, begun with what is known of its author. Raises UnknownPageType."""
    page_type = uow.site.page_type(type_name)
    require(uow.actor, "change.start")
    content = empty_content(uow, page_type, current_language())
    presets = {field.id: field.preset for field in page_type.fields.values() if field.preset is not None}
    asked = page_type.fields.get("organisation")
    if asked and not asked.hidden and (name := user_by_id(uow, uow.actor.user_id).organisation):
        presets["organisation"] = {"name": name}
    return _writing(uow, page_type, content.replace(fields=presets))


def page_to_edit(uow: UnitOfWork, slug: str) -> Writing:
    """The published version of a page. Raises NotFound, OpenChangeExists (go on with that change)."""
    page = find_page(uow, slug)
    require(uow.actor, "change.start")
    if mine := open_change_of(uow, page.id):
        raise OpenChangeExists(mine)
    revision = find_revision(uow, page.published_revision_id)
    page_type = uow.site.page_type(page.type)
    content = content_of(revision)
    shown = in_edition(page_type, content)
    earlier = content.edition != page_type.edition
    return _writing(uow, page_type, shown, head=revision.id, page=page, earlier_edition=earlier)


def change_to_edit(uow: UnitOfWork, change_id: UUID, beside_id: UUID | None = None) -> Writing:
    """The newest version of a change that may be saved, combined with a text kept beside it where one is named.

    Raises NotFound, Forbidden, Conflict (closed).
    """
    change = find_change(uow, change_id)
    require(uow.actor, "change.save", change)
    require_savable(change)
    head = find_revision(uow, change.head_id)
    clash = clash_with_head(uow, change_id, beside_id).merged if beside_id else None
    content = clash.content if clash else content_of(head)
    page_type = uow.site.page_type(content.type, content.edition)
    return _writing(
        uow, page_type, content, head=head.id, change=change, page=change.page, saved_at=head.created_at,
        returned=_last_return(uow, change), beside=beside_id, clash=clash,
    )  # fmt: skip


def _writing(uow: UnitOfWork, page_type: PageType, content: Content, **rest: object) -> Writing:
    targets = Targets.of_content(uow, page_type, content)
    return Writing(page_type, content, targets, missing_at_any_level(uow, content), **rest)  # type: ignore[arg-type]


def _last_return(uow: UnitOfWork, change: Change) -> Review | None:
    if not change.is_returned:
        return None
    steps = select(Review).where(Review.change_id == change.id, Review.step == "returned")
    return uow.session.scalars(steps.order_by(Review.at.desc()).limit(1)).first()


# ---- what is proposed


@dataclass(frozen=True)
class Proposals:
    """Organisations by name, and published pages of each type, that a form proposes for typing."""

    organisations: Sequence[str]
    pages: Mapping[str, Sequence[Page]]

    def pages_for(self, field: Field) -> list[Page]:
        return [page for name in field.types for page in self.pages.get(name, ())]


def proposals(uow: UnitOfWork, page_type: PageType) -> Proposals:
    """What the form of this type proposes: one query for organisations, one for each type it links to and its own."""
    known = select(Organisation.name).where(visible(uow.actor, "site.read"))
    names = uow.session.scalars(known.order_by(Organisation.folded).limit(PROPOSED)).all()
    types = sorted({page_type.name, *(name for field in page_type.fields_of_kind("links") for name in field.types)})
    return Proposals(names, {name: _newest(uow, name) for name in types})


def _newest(uow: UnitOfWork, type_name: str) -> Sequence[Page]:
    published = select(Page).where(Page.state == "published", Page.type == type_name, visible(uow.actor, "page.read"))
    return uow.session.scalars(published.order_by(Page.published_at.desc(), Page.id).limit(PROPOSED)).all()
