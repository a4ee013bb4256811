"""Bundles and folders in: checked whole, staged where nobody sees them, made visible in one short transaction.

An import finds a page by its id only. What is already here changes nothing; what differs becomes a change.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update

from kmwiki.db import transaction
from kmwiki.domain.bundle.foreign import ForeignReading, read_foreign_folder
from kmwiki.domain.bundle.foreign_map import read_map
from kmwiki.domain.bundle.reading import BagReading, read_bag
from kmwiki.domain.ids import new_id
from kmwiki.domain.page_type import PageType
from kmwiki.errors import BundleError, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Import, Page, Role, User, UserState
from kmwiki.permissions import SYSTEM, Actor, require
from kmwiki.services.accounts.accounts import actor_of, find_user
from kmwiki.services.bundles import import_plan, import_staging
from kmwiki.services.bundles.import_plan import Incoming, Plan, Step
from kmwiki.services.changes.slug_wishes import is_taken
from kmwiki.services.upkeep.installation import remove_staged
from kmwiki.site import Site, UnitOfWork

log = logging.getLogger(__name__)

#: Pages of one staging transaction: so few that nobody who saves meanwhile has to wait.
_BATCH = 10


@dataclass(frozen=True)
class Options:
    """How to import: in whose name (default: the only administrator), and what to do with what comes."""

    as_name: str | None = None
    publish: bool = False
    rename: bool = False
    dry_run: bool = False


@dataclass
class Report:
    """What an import did, and what is worth knowing about it."""

    published: int = 0
    submitted: int = 0
    drafts: int = 0
    changes: int = 0
    unchanged: int = 0
    files: int = 0
    dry_run: bool = False
    notes: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """One line for each thing that happened, then the notes."""
        if self.dry_run:
            yield _("Checked only; nothing was written.")
        told = (
            (self.published, _("pages published")), (self.submitted, _("pages sent for review")),
            (self.drafts, _("drafts, still incomplete")), (self.changes, _("changes of pages that are here")),
            (self.unchanged, _("pages here already, unchanged")), (self.files, _("files")),
        )  # fmt: skip
        for number, words in told:
            if number:
                yield f"{number} {words}"
        if not any(number for number, _words in told):
            yield _("Nothing to import.")
        yield from self.notes


def import_bundle(site: Site, path: Path, options: Options, asker: Actor = SYSTEM) -> Report:
    """Take in a bag, all of it or nothing. Raises BundleError with every fault, Forbidden, Refused.

    `asker` is who orders it (by default whoever owns the machine), `options.as_name` in whose name it comes in.
    """
    actor = _actor(site, options, asker)

    def check_page(page: object) -> Iterable[str]:
        return import_plan.content_faults(site, page)  # type: ignore[arg-type]

    with read_bag(path, site.types, check_page) as bag:
        incoming = [import_plan.from_bundle(page) for page in bag.pages()]
        return _import(site, actor, incoming, options, lambda sha256: _bytes_of(bag, sha256), [])


def _bytes_of(bag: BagReading, sha256: str) -> bytes:
    with bag.open_file(sha256) as file:
        return file.read()


def import_folder(
    site: Site, folder: Path, type_name: str, map_path: Path, options: Options, asker: Actor = SYSTEM
) -> Report:
    """Take in a folder of Markdown files by a map, all of it or nothing. Raises BundleError, Forbidden, Refused."""
    actor = _actor(site, options, asker)
    if options.publish and site.config.four_eyes:
        raise Refused(_("Loose texts are published at once only where four eyes is off; import them for review."))
    page_type = site.page_type(type_name)
    with site.look(SYSTEM) as uow:
        reading = _read_folder(uow, folder, page_type, map_path)
        language, licence = _attributes(site, map_path, page_type)
        incoming = import_plan.from_folder(site, page_type, reading, language, licence)
    return _import(site, actor, incoming, options, reading.picture_bytes, list(reading.notes))


def _read_folder(uow: UnitOfWork, folder: Path, page_type: PageType, map_path: Path) -> ForeignReading:
    wished = select(Change.page_id, Change.slug).where(Change.slug.is_not(None)).order_by(Change.created_at)
    given = select(Page.id, Page.slug).where(Page.slug.is_not(None))
    slugs = {str(page_id): slug for pairs in (wished, given) for page_id, slug in uow.session.execute(pairs)}
    return read_foreign_folder(
        folder,
        read_map(map_path.read_text(), map_path.name, page_type),
        page_type,
        slugs,
        lambda slug: is_taken(uow, slug),
    )


def _attributes(site: Site, map_path: Path, page_type: PageType) -> tuple[str, str]:
    foreign_map = read_map(map_path.read_text(), map_path.name, page_type)
    return foreign_map.language or "en", foreign_map.licence or site.config.licence


def _actor(site: Site, options: Options, asker: Actor) -> Actor:
    """In whose name: the account that is named, else the only administrator. Raises Refused, Forbidden.

    Publishing at once needs an administrator; what waits for review may come in anybody's name who may write.
    """
    require(asker, "site.import")
    with site.work(SYSTEM) as uow:
        if options.as_name:
            user = find_user(uow, options.as_name)
        else:
            admins = uow.session.scalars(
                select(User).where(User.role == Role.ADMIN, User.state == UserState.ACTIVE).limit(2)
            ).all()
            if len(admins) != 1:
                raise Refused(_("Say in whose name with --as NAME; there is not exactly one administrator."))
            user = admins[0]
        actor = actor_of(user)
        require(actor, "site.import" if options.publish else "change.start")
        return actor


def _import(
    site: Site,
    actor: Actor,
    incoming: list[Incoming],
    options: Options,
    read_file: import_staging.ReadFile,
    notes: list[str],
) -> Report:
    with site.look(actor) as uow:
        plan = import_plan.plan(uow, incoming, publish=options.publish, rename=options.rename)
    steps = [step for step in plan.steps if step.action is not import_plan.Action.NOTHING]
    if faults := [*plan.faults, *import_staging.file_faults(site, steps, read_file)]:
        raise BundleError(_("Nothing was imported."), faults)
    report = _report(plan, notes, options.dry_run)
    if steps and not options.dry_run:
        _stage_and_show(site, actor, steps, read_file)
    return report


def _report(plan: Plan, notes: list[str], dry_run: bool) -> Report:
    counts = {action: sum(step.action is action for step in plan.steps) for action in import_plan.Action}
    action = import_plan.Action
    new_files = {file.sha256 for step in plan.steps if step.action is not action.NOTHING for file in step.files}
    return Report(
        published=counts[action.PUBLISH],
        submitted=counts[action.SUBMIT],
        drafts=counts[action.DRAFT],
        changes=counts[action.CHANGE],
        unchanged=counts[action.NOTHING],
        files=len(new_files),
        dry_run=dry_run,
        notes=[*notes, *plan.notes],
    )


def _stage_and_show(site: Site, actor: Actor, steps: list[Step], read_file: import_staging.ReadFile) -> None:
    """Stage in short batches, then show everything at once; what was staged goes if anything fails."""
    with site.work(actor) as uow:
        row = Import(id=new_id(), state="staging", actor_name=actor.name, created_at=uow.now)
        uow.session.add(row)
    try:
        for start in range(0, len(steps), _BATCH):
            _stage(site, actor, row.id, steps[start : start + _BATCH], read_file)
        with site.work(actor) as uow:
            _show(uow, row.id, len(steps))
    except BaseException:
        with transaction(site.sessions) as session:
            remove_staged(session, session.merge(row))
        raise
    log.info("imported pages=%s import=%s actor=%s", len(steps), row.id, actor.user_id)


def _stage(site: Site, actor: Actor, import_id: UUID, steps: list[Step], read_file: import_staging.ReadFile) -> None:
    files = import_staging.keep_files(site, steps, read_file)  # before the write lock
    with site.work(actor) as uow:
        import_staging.stage(uow, import_id, steps, files)


def _show(uow: UnitOfWork, import_id: UUID, number: int) -> None:
    """Make everything that was staged visible: a fixed number of statements, however much it is."""
    pages = (Page.import_id == import_id) & (Page.state == "staged")
    published = pages & Page.published_revision_id.is_not(None)
    uow.session.execute(update(Page).where(published).values(state="published"))
    uow.session.execute(update(Page).where(pages).values(state="new"))
    staged = (Change.import_id == import_id) & (Change.state == "staged")
    uow.session.execute(update(Change).where(staged, Change.submitted_at.is_not(None)).values(state="submitted"))
    uow.session.execute(update(Change).where(staged).values(state="draft"))
    uow.session.execute(update(Import).where(Import.id == import_id).values(state="done"))
    uow.audit("site.import", pages=number, import_id=str(import_id))
    uow.raise_generation()
    uow.enqueue("imported", import_id=str(import_id))
    uow.enqueue("weigh")


def imported_pages(uow: UnitOfWork, import_id: UUID) -> list[UUID]:
    """The published pages that an import brought. For the worker."""
    return list(uow.session.scalars(select(Page.id).where(Page.import_id == import_id, Page.state == "published")))
