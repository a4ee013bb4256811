"""Comparing database, index and files: what differs, in plain lines."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.content import Content
from kmwiki.errors import SearchUnavailable
from kmwiki.models import Blob, Change, Page, Publication, Revision
from kmwiki.services.upkeep.jobs import resting_jobs
from kmwiki.site import UnitOfWork

_BATCH = 500


def differences(uow: UnitOfWork) -> Iterator[str]:
    """Everything that is not as it should be, one line each; nothing where all is well."""
    yield from _revisions(uow)
    yield from _pages(uow)
    yield from _changes(uow)
    yield from _publications(uow)
    yield from _files(uow)
    yield from _index(uow)
    yield from _jobs(uow)


def _revisions(uow: UnitOfWork) -> Iterator[str]:
    """Each digest is that of its content; each file that is named is known."""
    known = set(uow.session.scalars(select(Blob.sha256)))
    for revision in uow.session.scalars(select(Revision).execution_options(yield_per=_BATCH)):
        if revision.content is None:
            if not revision.is_hidden:
                yield f"revision {revision.id}: has no content and is not hidden"
            continue
        try:
            content = Content.from_json(revision.content)
        except ValueError as error:
            yield f"revision {revision.id}: cannot be read: {error}"
            continue
        if content.digest() != revision.digest:
            yield f"revision {revision.id}: its digest is not that of its content"
        for file in content.files:
            if file.sha256 not in known:
                yield f"revision {revision.id}: names file {file.name}, which is not known"


def _pages(uow: UnitOfWork) -> Iterator[str]:
    for page in uow.session.scalars(select(Page).where(Page.state != "new").execution_options(yield_per=_BATCH)):
        if page.state == "staged":
            yield f"page {page.id}: belongs to an import that did not end; it is removed at the next start"
        elif page.slug is None or page.published_revision_id is None:
            yield f"page {page.id}: is {page.state} and has no address or no published version"
    lost = select(Page.id).where(
        Page.published_revision_id.is_not(None), ~Page.published_revision_id.in_(select(Publication.revision_id))
    )  # fmt: skip
    for page_id in uow.session.scalars(lost):
        yield f"page {page_id}: its published version is not in its history"


def _changes(uow: UnitOfWork) -> Iterator[str]:
    for change_id in uow.session.scalars(select(Change.id).where(~Change.head_id.in_(select(Revision.id)))):
        yield f"change {change_id}: its newest text is missing"


def _publications(uow: UnitOfWork) -> Iterator[str]:
    rows = select(Publication.page_id, Publication.number).order_by(Publication.page_id, Publication.number)
    before: tuple[UUID, int] | None = None
    for page_id, number in uow.session.execute(rows):
        if before and before[0] == page_id and number != before[1] + 1:
            yield f"page {page_id}: version {before[1] + 1} is missing from its history"
        before = (page_id, number)


def _files(uow: UnitOfWork) -> Iterator[str]:
    known = set(uow.session.scalars(select(Blob.sha256)))
    for sha256 in sorted(known):
        if not uow.site.files.has(sha256):
            yield f"file {sha256}: its bytes are missing"
        elif not uow.site.files.is_whole(sha256):
            yield f"file {sha256}: its bytes have changed"
    for sha256 in uow.site.files.digests():
        if sha256 not in known:
            yield f"file {sha256}: is kept, but no version knows it"


def _index(uow: UnitOfWork) -> Iterator[str]:
    published = {str(page_id) for page_id in uow.session.scalars(select(Page.id).where(Page.state == "published"))}
    try:
        indexed = uow.site.search.all_ids()
    except SearchUnavailable:
        yield "search index: cannot be read; the worker builds it anew, or kmwiki reindex does"
        return
    for page_id in sorted(published - indexed):
        yield f"search index: page {page_id} is missing"
    for page_id in sorted(indexed - published):
        yield f"search index: page {page_id} is there and should not be"


def _jobs(uow: UnitOfWork) -> Iterator[str]:
    """What the worker gave up after many tries."""
    for job in resting_jobs(uow):
        yield f"job {job.id} ({job.name}): failed {job.attempts} times and rests: {job.last_error}"
