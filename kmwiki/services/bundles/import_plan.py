"""What an import would do, page by page, and everything that stands against it; reads, writes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from kmwiki.domain import fields as field_rules
from kmwiki.domain.bundle.foreign import ForeignReading
from kmwiki.domain.bundle.records import BundledPage, BundledRevision
from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level
from kmwiki.domain.slugs import check_slug, free_slug
from kmwiki.errors import BundleError, UnknownPageType
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, OldSlug, Page, Publication, Revision
from kmwiki.services.changes.checking import highest_level
from kmwiki.services.changes.rows import row_fields
from kmwiki.services.changes.slug_wishes import is_taken
from kmwiki.services.pages.finding import content_of
from kmwiki.services.pages.link_targets import links_of
from kmwiki.site import Site, UnitOfWork

_BATCH = 200


@dataclass(frozen=True)
class Incoming:
    """A page as it comes: from a bundle with its history and record, or from a folder without."""

    id: UUID
    slug: str
    content: Content
    name: str
    bundled: BundledPage | None = None


class Action(StrEnum):
    """What becomes of an incoming page."""

    PUBLISH = "publish"
    SUBMIT = "submit"
    DRAFT = "draft"
    CHANGE = "change"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Step:
    """One page's part of the plan. `base` is the published revision here that a change begins from."""

    incoming: Incoming
    action: Action
    slug: str
    content: Content
    level: Level | None = None
    base: UUID | None = None

    @property
    def files(self) -> tuple[FileEntry, ...]:
        """The files of all versions that are taken in."""
        bundled = self.incoming.bundled
        older = bundled.history if bundled and self.action is Action.PUBLISH else ()
        contents = [self.content, *(revision.content for revision in older if revision.content)]
        return tuple({file.sha256: file for content in contents for file in content.files}.values())


@dataclass
class Plan:
    steps: list[Step] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# ---- what comes


def from_bundle(page: BundledPage) -> Incoming:
    """A bundle's page; its current version is never hidden (read_bag has checked)."""
    assert page.current.content is not None
    return Incoming(UUID(page.id), page.slug, page.current.content, f"pages/{page.type}/{page.slug}.md", page)


def content_faults(site: Site, page: BundledPage) -> Iterator[str]:
    """Everything in a bundle's page that could not have been saved here, as sentences."""
    for revision in page.revisions:
        if revision.content is not None:
            yield from _faults_of(site, revision)


def _faults_of(site: Site, revision: BundledRevision) -> Iterator[str]:
    content = revision.content
    assert content is not None
    try:
        page_type = site.page_type(content.type, content.edition)
    except UnknownPageType as error:
        yield str(error)
        return
    parsed = field_rules.parse_fields(page_type, content.fields, site.vocabularies, language=content.language)
    for problem in parsed.problems:
        yield f"{problem.field}: {problem.message}"
    if not parsed.problems and parsed.fields != dict(content.fields):
        yield _("A value is not written as kmwiki writes it.")
    for name, code in (("languages", content.language), ("licences", content.licence)):
        if code not in site.vocabularies[name]:
            yield _("“{value}” is not in the list {name}.").format(value=code[:60], name=name)


def from_folder(
    site: Site, page_type: PageType, reading: ForeignReading, language: str, licence: str
) -> list[Incoming]:
    """The pages of a folder of Markdown files. Raises BundleError with every fault."""
    incoming, faults = [], []
    for page in reading.pages:
        parsed = field_rules.parse_fields(page_type, page.fields, site.vocabularies, language=language)
        faults.extend(f"{page.path}: {problem.field}: {problem.message}" for problem in parsed.problems)
        content = Content(
            type=page_type.name, edition=page_type.edition, language=language, licence=licence,
            fields=parsed.fields, files=tuple(sorted(page.files, key=lambda file: file.name)),
        )  # fmt: skip
        incoming.append(Incoming(UUID(page.id), page.slug, content, page.path))
    if faults:
        raise BundleError(_("The folder cannot be imported."), faults)
    return incoming


# ---- what is here


@dataclass(frozen=True)
class _Here:
    """What this site knows of the incoming pages."""

    pages: Mapping[UUID, Page]
    owners_of_slugs: Mapping[str, UUID]
    revisions: Mapping[UUID, Revision]
    heads: Mapping[UUID, list[Change]]


def plan(uow: UnitOfWork, incoming: list[Incoming], *, publish: bool, rename: bool) -> Plan:
    """What would be done with each page, and every fault. Fixed numbers of queries for each 200 pages."""
    made = Plan()
    _refuse_twice(incoming, made)
    given: set[str] = set()
    for start in range(0, len(incoming), _BATCH):
        batch = incoming[start : start + _BATCH]
        here = _here(uow, batch)
        for page in batch:
            step = _step(uow, page, here, made, given, publish=publish, rename=rename)
            if step is not None:
                made.steps.append(step)
                given.add(step.slug)
    _note_missing_targets(uow, made)
    return made


def _refuse_twice(incoming: list[Incoming], made: Plan) -> None:
    seen: dict[UUID, str] = {}
    for page in incoming:
        if page.id in seen:
            made.faults.append(f"{page.name}: " + _("the same page is {name}").format(name=seen[page.id]))
        seen[page.id] = page.name


def _here(uow: UnitOfWork, batch: list[Incoming]) -> _Here:
    ids = [page.id for page in batch]
    slugs = [page.slug for page in batch]
    revision_ids = [UUID(r.id) for page in batch if page.bundled for r in page.bundled.revisions]
    owners = _pairs(uow, select(Page.slug, Page.id).where(Page.slug.in_(slugs)))
    moved = _pairs(uow, select(OldSlug.slug, OldSlug.page_id).where(OldSlug.slug.in_(slugs)))
    heads: dict[UUID, list[Change]] = {}
    for change in uow.session.scalars(
        select(Change).where(Change.page_id.in_(ids), Change.state.in_(("draft", "submitted", "rejected")))
    ):
        heads.setdefault(change.page_id, []).append(change)
    return _Here(
        pages={page.id: page for page in uow.session.scalars(select(Page).where(Page.id.in_(ids)))},
        owners_of_slugs=moved | owners,
        revisions={r.id: r for r in uow.session.scalars(select(Revision).where(Revision.id.in_(revision_ids)))},
        heads=heads,
    )


def _pairs(uow: UnitOfWork, pairs: Select[Any]) -> dict[str, UUID]:
    return {str(slug): page_id for slug, page_id in uow.session.execute(pairs)}


def _step(
    uow: UnitOfWork, page: Incoming, here: _Here, made: Plan, given: set[str], *, publish: bool, rename: bool
) -> Step | None:
    faults = list(_identity_faults(page, here))
    if faults:
        made.faults.extend(f"{page.name}: {fault}" for fault in faults)
        return None
    known = here.pages.get(page.id)
    if known is not None:
        return _step_for_known(uow, page, known, here, made)
    slug = _slug(uow, page, here, made, given, rename=rename)
    return _step_for_new(uow, page, slug, publish=publish) if slug else None


def _identity_faults(page: Incoming, here: _Here) -> Iterator[str]:
    """A known id with another digest, page or parent is a fault, never an overwrite."""
    yield from check_slug(page.slug)
    for revision in page.bundled.revisions if page.bundled else ():
        known = here.revisions.get(UUID(revision.id))
        if known is None:
            continue
        if known.page_id != page.id:
            yield _("version {id} belongs to another page here").format(id=revision.id)
        elif known.digest != revision.digest:
            yield _("version {id} says something else here").format(id=revision.id)


def _slug(
    uow: UnitOfWork, page: Incoming, here: _Here, made: Plan, given: set[str], *, rename: bool
) -> str | None:
    owner = here.owners_of_slugs.get(page.slug)
    if owner is None and page.slug not in given:
        return page.slug
    if rename:
        return free_slug(page.slug, lambda wish: wish in given or is_taken(uow, wish))
    words = _("the address “{slug}” is that of page {owner} here, and this is page {id}; --rename gives it another")
    made.faults.append(f"{page.name}: " + words.format(slug=page.slug, owner=owner, id=page.id))
    return None


def _step_for_new(uow: UnitOfWork, page: Incoming, slug: str, *, publish: bool) -> Step:
    level = highest_level(uow, page.content)
    if publish and (page.bundled is not None or level is not None):
        return Step(page, Action.PUBLISH, slug, page.content, level)
    return Step(page, Action.SUBMIT if level else Action.DRAFT, slug, page.content, level)


def _step_for_known(uow: UnitOfWork, page: Incoming, known: Page, here: _Here, made: Plan) -> Step | None:
    """A page that is here: the same changes nothing, what differs becomes a change merged from a common ancestor."""
    slug = known.slug or page.slug
    if known.state == "binned":
        made.faults.append(f"{page.name}: " + _("this page is in the bin here; take it out first"))
        return None
    content = _with_known_row_ids(uow, page.content, known, here.heads.get(known.id, []))
    if _says_the_same(uow, known, content, page, here):
        return Step(page, Action.NOTHING, slug, content)
    mine = [c for c in here.heads.get(known.id, []) if c.author_id == uow.actor.user_id and c.state != "rejected"]
    if mine or known.published_revision_id is None:
        words = _("there is an open change of this page here ({id}); finish it first")
        open_changes = mine or here.heads.get(known.id, [])
        made.faults.append(f"{page.name}: " + words.format(id=open_changes[0].id if open_changes else "?"))
        return None
    level = highest_level(uow, content)
    return Step(page, Action.CHANGE, slug, content, level, base=_common_ancestor(uow, page, known))


def _says_the_same(uow: UnitOfWork, known: Page, content: Content, page: Incoming, here: _Here) -> bool:
    """Whether this is what readers see here, or saw earlier, or what an open or rejected change says."""
    if page.bundled is not None and UUID(page.bundled.current.id) in here.revisions:
        return True
    digest = content.digest()
    heads = [known.published_revision_id, *(change.head_id for change in here.heads.get(known.id, []))]
    return digest in set(
        uow.session.scalars(select(Revision.digest).where(Revision.id.in_([head for head in heads if head])))
    )


def _with_known_row_ids(uow: UnitOfWork, content: Content, known: Page, changes: Iterable[Change]) -> Content:
    """The content with the ids that its rows have here, found by their hidden uid.

    A row whose id is taken here by another row loses it and is numbered anew when it is stored.
    """
    page_type = uow.site.page_type(content.type, content.edition)
    ids: dict[tuple[str, str], str] = {}
    heads = [known.published_revision_id, *(change.head_id for change in changes)]
    for revision in uow.session.scalars(select(Revision).where(Revision.id.in_([head for head in heads if head]))):
        if revision.content is not None:
            for row_field, rows in row_fields(page_type, content_of(revision).fields):
                ids.update({(row_field.id, row["uid"]): row["id"] for row in rows})
    taken = {(name, row_id): uid for (name, uid), row_id in ids.items()}
    fields = dict(content.fields)
    for row_field, rows in row_fields(page_type, content.fields):
        fields[row_field.id] = [_renumbered(row_field.id, dict(row), ids, taken) for row in rows]
    return content.replace(fields=fields)


def _renumbered(
    name: str, row: dict[str, object], ids: Mapping[tuple[str, str], str], taken: Mapping[tuple[str, str], str]
) -> dict[str, object]:
    uid = str(row.get("uid", ""))
    if (name, uid) in ids:
        row["id"] = ids[name, uid]
    elif (name, str(row.get("id", ""))) in taken:
        del row["id"]
    return row


def _common_ancestor(uow: UnitOfWork, page: Incoming, known: Page) -> UUID | None:
    """The newest version that both sites published, else the one that readers see here now."""
    if page.bundled is None:
        return known.published_revision_id
    here = set(uow.session.scalars(select(Publication.revision_id).where(Publication.page_id == known.id)))
    ancestors = (UUID(name) for name in page.bundled.ancestors)
    return next((name for name in ancestors if name in here), known.published_revision_id)


def _note_missing_targets(uow: UnitOfWork, made: Plan) -> None:
    """A link to a page that is neither in the bundle nor here is kept, and noted."""
    coming = {step.incoming.id for step in made.steps}
    wanted: dict[UUID, str] = {}
    for step in made.steps:
        page_type = uow.site.page_type(step.content.type, step.content.edition)
        for _field, link in links_of(step.content, page_type):
            if "page" in link and UUID(link["page"]) not in coming:
                wanted.setdefault(UUID(link["page"]), step.incoming.name)
    targets = list(wanted)
    here: set[UUID] = set()
    for start in range(0, len(targets), _BATCH):
        here |= set(uow.session.scalars(select(Page.id).where(Page.id.in_(targets[start : start + _BATCH]))))
    for target in sorted(set(targets) - here):
        words = _("leads to page {id}, which is not on this site; the link is kept")
        made.notes.append(f"{wanted[target]}: " + words.format(id=target))
