"""Storing what an import brings, in short batches of rows that nobody sees yet."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from kmwiki.db import insert_missing
from kmwiki.domain.bundle.records import BundledPage, BundledRevision
from kmwiki.domain.content import Content
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level
from kmwiki.errors import BundleError
from kmwiki.i18n import gettext as _
from kmwiki.models import Blob, Change, OldSlug, Page, Publication, Revision
from kmwiki.services.attachments import blob_row, checked_file
from kmwiki.services.import_plan import Action, Step
from kmwiki.services.publishing import page_facts
from kmwiki.services.registers import field_links
from kmwiki.services.rows import highest_row, mark_new_rows, number_new_rows
from kmwiki.site import Site, UnitOfWork, site_identity

ReadFile = Callable[[str], bytes]
BlobRow = Mapping[str, object]


def keep_files(site: Site, steps: Sequence[Step], read_file: ReadFile) -> list[BlobRow]:
    """Put the files' bytes into the store; the rows of Blob that belong to them. Raises BundleError."""
    rows: list[BlobRow] = []
    for step in steps:
        for file in step.files:
            content = read_file(file.sha256)
            checked = checked_file(file.name, content)
            if (checked.sha256, checked.media_type) != (file.sha256, file.media_type):
                fault = _("{name} is not what the bundle says it is").format(name=file.name)
                raise BundleError(_("Nothing was imported."), [f"{step.incoming.name}: {fault}"])
            rows.append(blob_row(site.clock(), file, content))
            site.files.put(content)
    return rows


def stage(uow: UnitOfWork, import_id: UUID, steps: Sequence[Step], files: Sequence[BlobRow]) -> None:
    """Store these pages invisibly: pages and changes in state `staged`."""
    insert_missing(uow.session, Blob, list({row["sha256"]: row for row in files}.values()))
    for step in steps:
        if step.action is Action.PUBLISH:
            _stage_published(uow, import_id, step)
        elif step.action is Action.CHANGE:
            _stage_change(uow, import_id, step, step.incoming.id)
        else:
            _add_page(uow, import_id, step)
            _stage_change(uow, import_id, step, step.incoming.id)


def _add_page(uow: UnitOfWork, import_id: UUID, step: Step, **values: Any) -> Page:
    bundled = step.incoming.bundled
    page = Page(
        id=step.incoming.id, type=step.content.type, state="staged", created_at=uow.now, import_id=import_id,
        row_counter=bundled.row_counter if bundled else 0,
        row_aliases=dict(bundled.row_aliases) if bundled else {}, **values,
    )  # fmt: skip
    uow.session.add(page)
    uow.session.flush()
    return page


def _numbered(uow: UnitOfWork, step: Step) -> Content:
    """The content with an id and a uid for every row."""
    page_type = uow.site.page_type(step.content.type, step.content.edition)
    fields = {name: _copied(value) for name, value in step.content.fields.items()}
    mark_new_rows(page_type, fields)
    number_new_rows(uow, step.incoming.id, page_type, fields)
    return step.content.replace(fields=fields)


def _copied(value: object) -> object:
    return [dict(item) if isinstance(item, dict) else item for item in value] if isinstance(value, list) else value


# ---- for review


def _stage_change(uow: UnitOfWork, import_id: UUID, step: Step, page_id: UUID) -> None:
    """A change in the importer's name: sent for review where it is complete, else a draft."""
    assert uow.actor.user_id is not None
    content = _numbered(uow, step)
    change_id, is_new = new_id(), step.action is not Action.CHANGE
    revision_id = _revision_id(step, content)
    uow.session.add(
        Change(
            id=change_id, page_id=page_id, author_id=uow.actor.user_id, base_id=step.base, head_id=revision_id,
            state="staged", depth=step.level or "", slug=step.slug if is_new else None, import_id=import_id,
            summary=_("Imported"), created_at=uow.now, updated_at=uow.now, acknowledged={},
            submitted_at=uow.now if step.level else None,
        )
    )  # fmt: skip
    uow.session.flush()
    _add_revision(uow, import_id, step, content, revision_id, change_id)


def _revision_id(step: Step, content: Content) -> UUID:
    """The id that the version has in the bundle, where it says here what it says there."""
    bundled = step.incoming.bundled
    return UUID(bundled.current.id) if bundled and bundled.current.digest == content.digest() else new_id()


def _add_revision(
    uow: UnitOfWork, import_id: UUID, step: Step, content: Content, revision_id: UUID, change_id: UUID | None = None
) -> Revision:
    revision = Revision(
        id=revision_id, page_id=step.incoming.id, change_id=change_id, parent_id=step.base, kind="import",
        content=content.to_json(), digest=content.digest(), author_id=uow.actor.user_id,
        author_name=_author(uow, step), created_at=uow.now, import_id=import_id,
    )  # fmt: skip
    uow.session.add(revision)
    uow.session.flush()
    return revision


def _author(uow: UnitOfWork, step: Step) -> str:
    """Names inside a bundle are words, shown with the site they come from."""
    bundled = step.incoming.bundled
    if bundled is None or not bundled.current.publication.authors:
        return uow.actor.name
    record = bundled.current.publication
    return _("{name} at {site}").format(name=record.authors[0], site=record.origin.site_name)[:300]


# ---- published at once


def _stage_published(uow: UnitOfWork, import_id: UUID, step: Step) -> None:
    """A page with its publications as they were first recorded, invisible until the import ends."""
    bundled = step.incoming.bundled
    if bundled is None:
        _stage_loose(uow, import_id, step)
        return
    page = _add_page(uow, import_id, step, slug=step.slug, depth=bundled.depth)
    page.published_row_counter = bundled.row_counter
    uow.session.add_all(OldSlug(slug=slug, page_id=page.id) for slug in bundled.old_slugs)
    for position, revision in enumerate(bundled.revisions):
        _add_bundled_revision(uow, import_id, bundled, revision, _earlier(bundled, position))
    _publish_staged(uow, page, step.content, UUID(bundled.current.id))


def _earlier(bundled: BundledPage, position: int) -> list[str]:
    """For the oldest version that came along: the ids of those before it, which did not."""
    is_oldest = position == len(bundled.revisions) - 1
    return list(bundled.ancestors[len(bundled.history) :]) if is_oldest else []


def _add_bundled_revision(
    uow: UnitOfWork, import_id: UUID, bundled: BundledPage, revision: BundledRevision, earlier: list[str]
) -> None:
    record = revision.publication
    ancestors = bundled.ancestors
    older = ancestors[ancestors.index(revision.id) + 1 :] if revision.id in ancestors else ancestors
    uow.session.add(
        Revision(
            id=UUID(revision.id), page_id=UUID(bundled.id), change_id=None, kind="import", import_id=import_id,
            parent_id=UUID(older[0]) if older else None,
            content=revision.content.to_json() if revision.content else None, digest=revision.digest,
            author_id=None, author_name=", ".join(record.authors)[:300], created_at=record.published_at,
            is_hidden=revision.hidden,
        )
    )  # fmt: skip
    uow.session.flush()
    is_here = record.origin.site_id == site_identity(uow.session)
    origin = None if is_here else {"site_id": record.origin.site_id, "site_name": record.origin.site_name}
    uow.session.add(
        Publication(
            revision_id=UUID(revision.id), page_id=UUID(bundled.id), number=record.number,
            published_at=record.published_at, approved_by_id=None, earlier=earlier, depth=bundled.depth,
            under_four_eyes=bool(set(record.approved_by) - set(record.authors)),
            credits={"origin": origin, "approved_by": list(record.approved_by), "authors": list(record.authors)},
        )
    )  # fmt: skip


def _publish_staged(uow: UnitOfWork, page: Page, content: Content, revision_id: UUID) -> None:
    page_type = uow.site.page_type(content.type, content.edition)
    published_at = uow.session.get_one(Publication, revision_id).published_at
    for name, value in {**page_facts(uow, page_type, content), "published_at": published_at}.items():
        setattr(page, name, value)
    page.published_revision_id = revision_id
    uow.session.flush()
    uow.session.add_all(field_links(page, page_type, content))  # those inside its texts come with the worker


def _stage_loose(uow: UnitOfWork, import_id: UUID, step: Step) -> None:
    """A page of a folder, published at once where four eyes is off."""
    page = _add_page(uow, import_id, step, slug=step.slug, depth=step.level or Level.SHORT)
    content = _numbered(uow, step)
    revision = _add_revision(uow, import_id, step, content, new_id())
    uow.session.add(
        Publication(
            revision_id=revision.id, page_id=page.id, number=1, published_at=uow.now,
            approved_by_id=uow.actor.user_id, under_four_eyes=False, depth=page.depth, earlier=[],
            credits={"origin": None, "approved_by": [uow.actor.name], "authors": [uow.actor.name]},
        )
    )  # fmt: skip
    uow.session.flush()
    page_type = uow.site.page_type(content.type, content.edition)
    page.published_row_counter = highest_row(page_type, content.fields)
    _publish_staged(uow, page, content, revision.id)
