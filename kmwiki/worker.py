"""The background worker: drains the outbox, rebuilds a damaged index, keeps the house at night.

It is the only writer of the search index. Knows no Flask.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

from kmwiki.errors import KmwikiError
from kmwiki.permissions import SYSTEM
from kmwiki.services.accounts import former_names, resets, sign_in
from kmwiki.services.bundles import imports
from kmwiki.services.changes import working_copies
from kmwiki.services.files import file_care, uploads
from kmwiki.services.pages import checkups, page_care, registers, searching, topic_decisions
from kmwiki.services.review import reminding, weighing
from kmwiki.services.talk import enquiries
from kmwiki.services.telling import digests, letters, mailing, telling, unread, webhooks
from kmwiki.services.upkeep import backups, installation, jobs
from kmwiki.services.upkeep.jobs import Handler
from kmwiki.site import Site, UnitOfWork

log = logging.getLogger(__name__)

#: An idle worker looks for work this often; one indexed query each time (docs/decisions/0004-worker-polls.md).
IDLE_SECONDS = 0.1
#: Slow work is looked for less often. When the worker stops, it has so long to come to an end.
SLOW_IDLE_SECONDS = 0.5
SLOW_END_SECONDS = 5
#: How often a worker says that it is there.
BEAT_EVERY = timedelta(seconds=10)
#: A worker that was not seen for so long is counted as gone.
GONE_AFTER = timedelta(seconds=45)
#: Looking whether the index is whole reads samples of it.
LOOK_AT_INDEX_EVERY = timedelta(seconds=5)
HOUSEKEEPING_EVERY = timedelta(hours=1)
LOOK_AT_CLOCK_EVERY = timedelta(minutes=1)
#: Pages of one short transaction: nobody who saves meanwhile has to wait.
_BATCH = 10
_INDEX_BATCH = 200


def index_pages(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Make the index say of these pages what the database says now."""
    searching.index_pages(uow, [UUID(payload["page_id"]) for payload in payloads])


def index_topics(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Find the pages of these topics anew, a batch at a time."""
    for payload in payloads:
        topic_decisions.index_pages_of_topic(uow, payload["code"], payload.get("after"))


def purge_leftovers(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Forget what a purged page left behind."""
    page_care.purge_leftovers(uow, sorted({sha256 for payload in payloads for sha256 in payload["files"]}))


def take_in_imported(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Index, render and register the pages that an import made visible, in units of work of their own."""
    site = uow.site
    pages = [page for payload in payloads for page in imports.imported_pages(uow, UUID(payload["import_id"]))]
    for batch in _batches(pages, _INDEX_BATCH):
        with site.work(SYSTEM) as short:
            searching.index_pages(short, batch)
    for batch in _batches(pages, _BATCH):
        for do in (registers.render_pages, registers.rebuild_links_of_pages, registers.register_pages):
            with site.work(SYSTEM) as short:
                do(short, batch)


def _batches(pages: list[UUID], size: int) -> Iterator[list[UUID]]:
    return (pages[start : start + size] for start in range(0, len(pages), size))


def rebuild_organisations(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Forget the names that only pages that went away named; in a unit of work of its own."""
    registers.rebuild_organisations(uow.site)


def weigh_imported(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Weigh changes that an import brought and that wait now; each in a unit of work of its own."""
    weighing.weigh_all(uow.site)


HANDLERS: Mapping[str, Handler] = {
    "index": index_pages,
    "index-topic": index_topics,
    "imported": take_in_imported,
    "purge": purge_leftovers,
    "reset": resets.send_asked,
    "former-name": former_names.replace_names,
}
#: Work of seconds, done beside the other: what is published meanwhile wants to be found.
SLOW_HANDLERS: Mapping[str, Handler] = {
    "widths": file_care.make_narrow,
    "organisations": rebuild_organisations,
    "weigh": weigh_imported,
    "webhook": webhooks.deliver,
}
#: Telling people; a mail server may take its time.
TELLING_HANDLERS: Mapping[str, Handler] = {
    "tell": telling.tell,
    "mail": mailing.deliver,
    "notify-mail": letters.mail_notifications,
    "digests": digests.order,
    "digest-mail": digests.mail_digests,
}


def drain(site: Site) -> int:
    """Do everything that is due now; how many jobs were done."""
    return jobs.drain(site, {**HANDLERS, **SLOW_HANDLERS, **TELLING_HANDLERS})


def reindex(site: Site) -> None:
    """Build the index anew beside the live one and swap; what happened meanwhile is indexed again after it."""
    began = site.clock()
    with site.look(SYSTEM) as uow:
        site.search.replace_all(searching.all_documents(uow))
    with site.work(SYSTEM) as uow:
        searching.index_again_since(uow, began)


def heal(site: Site) -> None:
    """Rebuild an index that is missing or damaged."""
    if not site.search.healthy():
        log.warning("rebuilding the search index")
        reindex(site)


def empty_bin(site: Site) -> None:
    """Purge what has been in the bin for its days, one page a transaction."""
    while True:
        with site.work(SYSTEM) as uow:
            if not page_care.purge_one_of_bin(uow):
                return


def forget_old_notifications(site: Site) -> None:
    """What was read long ago, some in each transaction."""
    while True:
        with site.work(SYSTEM) as uow:
            if not unread.forget_old(uow):
                return


def care_for_files(site: Site) -> None:
    """Make narrow pictures that are missing; remove bytes that nobody came to use, and uploads that never ended."""
    file_care.make_all_missing(site)
    file_care.sweep_unused(site)
    uploads.sweep(site)


def care_for_desk(site: Site) -> None:
    """Weigh what waits since the site was older, or came otherwise; remind moderators of what waits."""
    weighing.weigh_all(site)
    reminding.remind_all(site)


def care_slowly(site: Site) -> None:
    """What takes its time and can wait an hour."""
    care_for_files(site)
    care_for_desk(site)


#: What is done in threads of their own: jobs, and the care that is taken so often.
BESIDE: Sequence[tuple[Mapping[str, Handler], Callable[[Site], object], timedelta]] = (
    (SLOW_HANDLERS, care_slowly, HOUSEKEEPING_EVERY),
    (TELLING_HANDLERS, digests.begin_day, LOOK_AT_CLOCK_EVERY),
)


class Worker:
    """One background process; run() returns when `stopped` says so."""

    def __init__(self, site: Site, stopped: Callable[[], bool]) -> None:
        self.site = site
        self.stopped = stopped
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._next_beat = self._next_housekeeping = self._next_look_at_index = site.clock()
        self._index_is_untidy = False
        self._backup: Thread | None = None

    def run(self) -> None:
        """Work until stopped: jobs as soon as they are due, else a look every 100 ms."""
        log.info("started worker name=%s", self.name)
        threads = [Thread(target=self._work_beside, args=each, daemon=True) for each in BESIDE]
        for thread in threads:
            thread.start()
        while not self.stopped():
            self._work_once()
        for thread in threads:
            thread.join(SLOW_END_SECONDS)
        log.info("stopped worker name=%s", self.name)

    def _work_once(self) -> None:
        try:
            self._say_so()
            self._heal()
            self._keep_house()
            if jobs.drain(self.site, HANDLERS):
                self._index_is_untidy = True
            else:
                self._rest()
        except Exception:  # the worker outlives a database or disk that is away for a while
            log.exception("worker failed and goes on")
            time.sleep(1)

    def _work_beside(
        self, handlers: Mapping[str, Handler], care: Callable[[Site], object], care_every: timedelta
    ) -> None:
        """In a thread of its own: what nobody who searches should wait for."""
        next_care = self.site.clock()
        while not self.stopped():
            try:
                jobs.drain(self.site, handlers)
                if self.site.clock() >= next_care:
                    next_care = self.site.clock() + care_every
                    care(self.site)
            except Exception:  # as above: pictures and mails wait, the thread stays
                log.exception("slow work failed and goes on")
            time.sleep(SLOW_IDLE_SECONDS)

    def _say_so(self) -> None:
        if self.site.clock() >= self._next_beat:
            with self.site.work(SYSTEM) as uow:
                jobs.beat(uow, self.name)
            self._next_beat = self.site.clock() + BEAT_EVERY

    def _heal(self) -> None:
        """Rebuild an index that is missing or damaged: nobody has to notice before it is whole again."""
        if self.site.clock() < self._next_look_at_index:
            return
        heal(self.site)
        self._next_look_at_index = self.site.clock() + LOOK_AT_INDEX_EVERY

    def _rest(self) -> None:
        """Nothing to do: wait a little; once after work, first make later searches quick."""
        if self._index_is_untidy:
            self._index_is_untidy = False
            self.site.search.tidy()
        time.sleep(IDLE_SECONDS)

    def _keep_house(self) -> None:
        if self.site.clock() < self._next_housekeeping:
            return
        self._next_housekeeping = self.site.clock() + HOUSEKEEPING_EVERY
        with self.site.work(SYSTEM) as uow:
            sign_in.forget_old_attempts_and_sessions(uow)
            working_copies.forget_old(uow)
            enquiries.forget_addresses(uow)
            checkups.tell_of_overdue(uow)
        forget_old_notifications(self.site)
        empty_bin(self.site)
        self._back_up()

    def _back_up(self) -> None:
        """The backup of the day, at its hour or, where the machine was off then, after it. None of a demo."""
        local = self.site.clock().astimezone(self.site.config.timezone)
        hour = self.site.config.backup_hour
        if hour < 0 or local.hour < hour or backups.nightly_path(self.site, local.date()).exists():
            return
        if self._backup and self._backup.is_alive():
            return
        if not installation.has_demo_mark(self.site):
            # In a thread, as what is published meanwhile wants to be found.
            self._backup = Thread(target=self._make_backup, args=(local.date(),), daemon=True)
            self._backup.start()

    def _make_backup(self, today: date) -> None:
        try:
            backups.nightly_backup(self.site, today)
        except (KmwikiError, OSError):
            log.exception("nightly backup failed")
