"""The background worker: drains the outbox, rebuilds a damaged index, keeps the house at night.

It is the only writer of the search index. Knows no Flask.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from kmwiki.errors import KmwikiError
from kmwiki.permissions import SYSTEM
from kmwiki.services import backups, imports, jobs, page_care, registers, searching, sign_in
from kmwiki.services.jobs import Handler
from kmwiki.site import Site, UnitOfWork

log = logging.getLogger(__name__)

#: An idle worker looks for work this often; one indexed query each time (docs/decisions/0004-worker-polls.md).
IDLE_SECONDS = 0.1
#: How often a worker says that it is there.
BEAT_EVERY = timedelta(seconds=10)
#: A worker that was not seen for so long is counted as gone.
GONE_AFTER = timedelta(seconds=45)
HOUSEKEEPING_EVERY = timedelta(hours=1)
_INDEX_BATCH = 200


def index_pages(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Make the index say of these pages what the database says now."""
    searching.index_pages(uow, [UUID(payload["page_id"]) for payload in payloads])


def purge_leftovers(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Forget what a purged page left behind."""
    page_care.purge_leftovers(uow, sorted({sha256 for payload in payloads for sha256 in payload["files"]}))


def take_in_imported(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Index the pages that an import made visible, and put their organisations into the register."""
    for payload in payloads:
        pages = imports.imported_pages(uow, UUID(payload["import_id"]))
        for start in range(0, len(pages), _INDEX_BATCH):
            searching.index_pages(uow, pages[start : start + _INDEX_BATCH])
            registers.register_pages(uow, pages[start : start + _INDEX_BATCH])


HANDLERS: Mapping[str, Handler] = {
    "index": index_pages,
    "imported": take_in_imported,
    "purge": purge_leftovers,
}


def drain(site: Site) -> int:
    """Do everything that is due now; how many jobs were done."""
    return jobs.drain(site, HANDLERS)


def reindex(site: Site) -> None:
    """Build the index anew beside the live one and swap."""
    with site.look(SYSTEM) as uow:
        site.search.replace_all(searching.all_documents(uow))


class Worker:
    """One background process; run() returns when `stopped` says so."""

    def __init__(self, site: Site, stopped: Callable[[], bool]) -> None:
        self.site = site
        self.stopped = stopped
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._next_beat = self._next_housekeeping = datetime.min.replace(tzinfo=site.clock().tzinfo)
        self._last_backup: date | None = None

    def run(self) -> None:
        """Work until stopped: jobs as soon as they are due, else a look every 100 ms."""
        log.info("started worker name=%s", self.name)
        while not self.stopped():
            if not self._work_once():
                time.sleep(IDLE_SECONDS)
        log.info("stopped worker name=%s", self.name)

    def _work_once(self) -> int:
        try:
            self._say_so()
            self._heal()
            self._keep_house()
            return drain(self.site)
        except Exception:  # the worker outlives a database or disk that is away for a while
            log.exception("worker failed and goes on")
            time.sleep(1)
            return 0

    def _say_so(self) -> None:
        if self.site.clock() >= self._next_beat:
            with self.site.work(SYSTEM) as uow:
                jobs.beat(uow, self.name)
            self._next_beat = self.site.clock() + BEAT_EVERY

    def _heal(self) -> None:
        """Rebuild an index that is missing or damaged: nobody has to notice before it is whole again."""
        if not self.site.search.healthy():
            log.warning("rebuilding the search index")
            reindex(self.site)

    def _keep_house(self) -> None:
        if self.site.clock() < self._next_housekeeping:
            return
        self._next_housekeeping = self.site.clock() + HOUSEKEEPING_EVERY
        with self.site.work(SYSTEM) as uow:
            sign_in.forget_old_attempts_and_sessions(uow)
        self._back_up()

    def _back_up(self) -> None:
        """The nightly backup, once a day at or after its hour."""
        local = self.site.clock().astimezone(self.site.config.timezone)
        hour = self.site.config.backup_hour
        if hour < 0 or local.hour != hour or self._last_backup == local.date():
            return
        self._last_backup = local.date()
        try:
            backups.nightly_backup(self.site, local.date())
        except (KmwikiError, OSError):
            log.exception("nightly backup failed")
