"""Storing what an import brings, in short batches of rows that nobody sees yet."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from kmwiki.db import Base
from kmwiki.domain.bundle.records import BundledPage, BundledRevision
from kmwiki.domain.content import Content
from kmwiki.domain.ids import new_id
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level
from kmwiki.errors import Refused, TooLarge
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Link, OldSlug, Page, Publication, Revision
from kmwiki.services.bundles.import_plan import Action, Step
from kmwiki.services.changes.rows import highest_row, mark_new_rows, number_new_rows, number_rows_from
from kmwiki.services.files.file_edits import note_blobs
from kmwiki.services.files.file_intake import BlobRow, blob_row, checked_file
from kmwiki.services.pages.registers import field_links
from kmwiki.services.review.publishing import page_facts
from kmwiki.site import Site, UnitOfWork, site_identity

ReadFile = Callable[[str], bytes]


def file_faults(site: Site, steps: Sequence[Step], read_file: ReadFile) -> Iterator[str]:
    """Everything that could not have been attached here, each with its page."""
    for step in steps:
        for file in step.files:
            try:
                content = read_file(file.sha256)
                checked = checked_file(file.name, content)
                blob_row(site.clock(), checked, content)
            except (Refused, TooLarge) as error:
                yield f"{step.incoming.name}: {file.name}: {error}"
                continue
            if (checked.sha256, checked.media_type) != (file.sha256, file.media_type):
                yield f"{step.incoming.name}: " + _("{name} is not what it is said to be").format(name=file.name)


def keep_files(site: Site, steps: Sequence[Step], read_file: ReadFile) -> list[BlobRow]:
    """Put the files' bytes into the store; the rows of Blob that belong to them."""
    rows: list[BlobRow] = []
    for step in steps:
        for file in step.files:
            content = read_file(file.sha256)
            rows.append(blob_row(site.clock(), file, content))
            site.files.put(content)
    return rows


def stage(uow: UnitOfWork, import_id: UUID, steps: Sequence[Step], files: Sequence[BlobRow]) -> None:
    """Store these pages invisibly, as pages and changes in state `staged`. All that takes time comes before writing."""
    staging = _Staging(uow, import_id)
    for step in sorted(steps, key=lambda step: step.action is Action.CHANGE):
        staging.take(step)
    note_blobs(uow, list({row["sha256"]: row for row in files}.values()))
    staging.insert()


class _Staging:
    """Rows that are to be inserted, table by table in the order of their foreign keys."""

    def __init__(self, uow: UnitOfWork, import_id: UUID) -> None:
        self.uow = uow
        self.import_id = import_id
        self.here = site_identity(uow.session)
        self.rows: dict[type[Base], list[dict[str, Any]]] = {
            table: [] for table in (Page, Change, Revision, Publication, OldSlug, Link)
        }

    def take(self, step: Step) -> None:
        if step.action is Action.PUBLISH and step.incoming.bundled is not None:
            self._published(step, step.incoming.bundled)
        elif step.action is Action.PUBLISH:
            self._published_loose(step)
        elif step.action is Action.CHANGE:
            page_type, content = self._with_marked_rows(step)
            number_new_rows(self.uow, step.incoming.id, page_type, content.fields)
            self._change(step, content)
        else:
            page_type, content = self._with_marked_rows(step)
            self._page(step, row_counter=number_rows_from(_counter(step), page_type, content.fields))
            self._change(step, content)

    def insert(self) -> None:
        for table, rows in self.rows.items():
            if rows:
                self.uow.session.execute(insert(table), rows)

    def _with_marked_rows(self, step: Step) -> tuple[PageType, Content]:
        """The content with a uid for every row, in rows of its own: their ids may be given in place."""
        page_type = self.uow.site.page_type(step.content.type, step.content.edition)
        fields = {name: _copied(value) for name, value in step.content.fields.items()}
        mark_new_rows(page_type, fields)
        return page_type, step.content.replace(fields=fields)

    def _page(self, step: Step, **values: Any) -> None:
        bundled = step.incoming.bundled
        aliases = dict(bundled.row_aliases) if bundled else {}
        self.rows[Page].append(
            {
                "id": step.incoming.id, "type": step.content.type, "state": "staged", "created_at": self.uow.now,
                "import_id": self.import_id, "row_counter": _counter(step), "row_aliases": aliases, **values,
            }
        )  # fmt: skip

    # ---- for review

    def _change(self, step: Step, content: Content) -> None:
        """A change in the importer's name: sent for review where it is complete, else a draft."""
        change_id, revision_id = new_id(), _revision_id(step, content)
        is_new, now = step.action is not Action.CHANGE, self.uow.now
        self.rows[Change].append(
            {
                "id": change_id, "page_id": step.incoming.id, "author_id": self.uow.actor.user_id,
                "base_id": step.base, "head_id": revision_id, "state": "staged", "depth": step.level or "",
                "slug": step.slug if is_new else None, "import_id": self.import_id, "summary": _("Imported"),
                "created_at": now, "updated_at": now, "acknowledged": {},
                "submitted_at": now if step.level else None,
            }
        )  # fmt: skip
        self._revision(step, content, revision_id, change_id)

    def _revision(self, step: Step, content: Content, revision_id: UUID, change_id: UUID | None) -> None:
        self.rows[Revision].append(
            {
                "id": revision_id, "page_id": step.incoming.id, "change_id": change_id, "parent_id": step.base,
                "kind": "import", "content": content.to_json(), "digest": content.digest(),
                "author_id": self.uow.actor.user_id, "author_name": self._author(step),
                "created_at": self.uow.now, "import_id": self.import_id,
            }
        )  # fmt: skip

    def _author(self, step: Step) -> str:
        """Names inside a bundle are words, shown with the site they come from."""
        bundled = step.incoming.bundled
        if bundled is None or not bundled.current.publication.authors:
            return self.uow.actor.name
        record = bundled.current.publication
        return _("{name} at {site}").format(name=record.authors[0], site=record.origin.site_name)[:300]

    # ---- published at once

    def _published(self, step: Step, bundled: BundledPage) -> None:
        """A page with its publications as they were first recorded, invisible until the import ends."""
        self.rows[OldSlug] += [{"slug": slug, "page_id": step.incoming.id} for slug in bundled.old_slugs]
        for position, revision in enumerate(bundled.revisions):
            self._bundled_revision(bundled, position, revision)
        self._published_page(
            step, step.content, UUID(bundled.current.id), bundled.current.publication.published_at,
            depth=bundled.depth, row_counter=bundled.row_counter, published_row_counter=bundled.row_counter,
        )  # fmt: skip

    def _bundled_revision(self, bundled: BundledPage, position: int, revision: BundledRevision) -> None:
        record = revision.publication
        older = bundled.ancestors[position:]
        self.rows[Revision].append(
            {
                "id": UUID(revision.id), "page_id": UUID(bundled.id), "change_id": None, "kind": "import",
                "import_id": self.import_id, "parent_id": UUID(older[0]) if older else None,
                "content": revision.content.to_json() if revision.content else None, "digest": revision.digest,
                "author_id": None, "author_name": ", ".join(record.authors)[:300],
                "created_at": record.published_at, "is_hidden": revision.hidden,
            }
        )  # fmt: skip
        origin = {"site_id": record.origin.site_id, "site_name": record.origin.site_name}
        is_oldest = position == len(bundled.history)
        self.rows[Publication].append(
            {
                "revision_id": UUID(revision.id), "page_id": UUID(bundled.id), "number": record.number,
                "published_at": record.published_at, "approved_by_id": None, "depth": bundled.depth,
                "under_four_eyes": bool(set(record.approved_by) - set(record.authors)),
                # For the oldest version that came along: the ids of those before it, which did not.
                "earlier": list(older) if is_oldest else [],
                "credits": {
                    "origin": None if record.origin.site_id == self.here else origin,
                    "approved_by": list(record.approved_by), "authors": list(record.authors),
                },
            }
        )  # fmt: skip

    def _published_page(
        self, step: Step, content: Content, revision_id: UUID, published_at: datetime, **values: Any
    ) -> None:
        page_type = self.uow.site.page_type(content.type, content.edition)
        facts = {**page_facts(self.uow, page_type, content), "published_at": published_at}
        self._page(step, slug=step.slug, published_revision_id=revision_id, **facts, **values)
        # Links inside its texts need rendering: the worker makes them when the import has ended.
        self.rows[Link] += field_links(step.incoming.id, page_type, content)

    def _published_loose(self, step: Step) -> None:
        """A page of a folder, published at once where four eyes is off."""
        page_type, content = self._with_marked_rows(step)
        counter = number_rows_from(0, page_type, content.fields)
        depth, name, revision_id = step.level or Level.SHORT, self.uow.actor.name, new_id()
        self._revision(step, content, revision_id, None)
        self.rows[Publication].append(
            {
                "revision_id": revision_id, "page_id": step.incoming.id, "number": 1, "published_at": self.uow.now,
                "approved_by_id": self.uow.actor.user_id, "under_four_eyes": False, "depth": depth, "earlier": [],
                "credits": {"origin": None, "approved_by": [name], "authors": [name]},
            }
        )  # fmt: skip
        self._published_page(
            step, content, revision_id, self.uow.now,
            depth=depth, row_counter=counter, published_row_counter=highest_row(page_type, content.fields),
        )  # fmt: skip


def _revision_id(step: Step, content: Content) -> UUID:
    """The id that the version has in the bundle, where it says here what it says there."""
    bundled = step.incoming.bundled
    return UUID(bundled.current.id) if bundled and bundled.current.digest == content.digest() else new_id()


def _counter(step: Step) -> int:
    return step.incoming.bundled.row_counter if step.incoming.bundled else 0


def _copied(value: object) -> object:
    return [dict(item) if isinstance(item, dict) else item for item in value] if isinstance(value, list) else value
