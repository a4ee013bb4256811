"""How the site is doing, for whoever runs it: readiness and what stands behind it, measured when it is asked for."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

import kmwiki
from kmwiki.backends.search import SearchQuery
from kmwiki.errors import SearchUnavailable
from kmwiki.models import Blob, OutboxJob, Page, WorkerBeat
from kmwiki.permissions import require
from kmwiki.services.upkeep import backups, job_care
from kmwiki.services.upkeep.installation import has_demo_mark, is_up_to_date, schema_revision
from kmwiki.services.upkeep.readiness import WORKER_SEEN_WITHIN, Readiness, readiness
from kmwiki.site import UnitOfWork

#: An older newest backup is a warning.
BACKUP_WITHIN = timedelta(hours=48)
#: Less room on the disk of the files is a warning.
LEAST_FREE_BYTES = 500 * 1024 * 1024
MAIL_JOBS = ("mail", "notify-mail", "digest-mail", "reset")
#: A few pages are always on their way into the index.
_ON_THEIR_WAY = 20


@dataclass(frozen=True)
class Mail:
    """Whether mail is on; how many pieces wait after a failure, since when, and what the newest failure said."""

    is_on: bool
    failing: int
    since: datetime | None
    error: str

    @property
    def is_fine(self) -> bool:
        return not self.failing


@dataclass(frozen=True)
class Index:
    """`documents`: pages that search knows, None where it cannot be asked; `pages`: those that it should know."""

    is_healthy: bool
    documents: int | None
    pages: int

    @property
    def is_fine(self) -> bool:
        return self.is_healthy and self.documents is not None and abs(self.documents - self.pages) <= _ON_THEIR_WAY


@dataclass(frozen=True)
class Files:
    """The folder of attachments: whether it takes files, room on its disk, and what is known of its files."""

    is_writable: bool
    free_bytes: int
    number: int
    size_bytes: int

    @property
    def is_fine(self) -> bool:
        return self.is_writable and self.free_bytes >= LEAST_FREE_BYTES


@dataclass(frozen=True)
class Database:
    """Its kind (sqlite, postgresql), size and schema; whether that is what this version needs."""

    kind: str
    size_bytes: int
    schema: str
    is_fine: bool


@dataclass(frozen=True)
class Backup:
    """The newest nightly backup; `is_on`: whether there is to be one."""

    is_on: bool
    newest: datetime | None
    is_fine: bool


@dataclass(frozen=True)
class Health:
    """All of it, as of now."""

    ready: Readiness
    mail: Mail
    index: Index
    files: Files
    database: Database
    worker_seen: datetime | None
    backup: Backup
    jobs_waiting: int
    jobs_resting: int
    version: str


def health(uow: UnitOfWork) -> Health:
    """Look at everything; a part that cannot be asked says so instead of failing."""
    require(uow.actor, "site.health")
    jobs = job_care.numbers(uow)
    return Health(
        ready=readiness(uow.site),
        mail=_mail(uow),
        index=_index(uow),
        files=_files(uow),
        database=_database(uow),
        worker_seen=uow.session.scalar(select(func.max(WorkerBeat.seen_at))),
        backup=_backup(uow),
        jobs_waiting=jobs["waiting"],
        jobs_resting=jobs["resting"],
        version=kmwiki.__version__,
    )


def worker_is_fine(uow: UnitOfWork, seen: datetime | None) -> bool:
    """As /readyz has it."""
    return seen is not None and uow.now - seen < WORKER_SEEN_WITHIN


def _mail(uow: UnitOfWork) -> Mail:
    failed = OutboxJob.name.in_(MAIL_JOBS) & (OutboxJob.attempts > 0) & (OutboxJob.last_error != "")
    number, since = uow.session.execute(select(func.count(), func.min(OutboxJob.created_at)).where(failed)).one()
    newest = select(OutboxJob.last_error).where(failed).order_by(OutboxJob.run_at.desc()).limit(1)
    error = uow.session.scalar(newest) or ""
    return Mail(bool(uow.site.config.mail_url), number, since, job_care.harmless(error))


def _index(uow: UnitOfWork) -> Index:
    pages = uow.session.scalar(select(func.count()).select_from(Page).where(Page.state == "published")) or 0
    try:
        documents = uow.site.search.search(SearchQuery(per_page=1)).total
    except SearchUnavailable:
        documents = None
    return Index(uow.site.search.healthy(), documents, pages)


def _files(uow: UnitOfWork) -> Files:
    folder = uow.site.config.files_folder
    there = next(path for path in (folder, *folder.parents) if path.exists())
    number, size = uow.session.execute(select(func.count(), func.coalesce(func.sum(Blob.size_bytes), 0))).one()
    return Files(os.access(there, os.W_OK), shutil.disk_usage(there).free, number, int(size))


def _database(uow: UnitOfWork) -> Database:
    site = uow.site
    if site.config.is_sqlite:
        path = site.config.sqlite_path
        size = sum(_size(Path(f"{path}{ending}")) for ending in ("", "-wal"))
    else:
        size = int(uow.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    return Database(site.engine.dialect.name, size, schema_revision(site) or "", is_up_to_date(site))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _backup(uow: UnitOfWork) -> Backup:
    found = backups.newest_nightly(uow.site)
    newest = datetime.fromtimestamp(found.stat().st_mtime, UTC) if found else None
    is_on = uow.site.config.backup_hour >= 0 and not has_demo_mark(uow.site)
    return Backup(is_on, newest, not is_on or (newest is not None and uow.now - newest < BACKUP_WITHIN))
