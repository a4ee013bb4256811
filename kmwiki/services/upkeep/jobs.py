"""The outbox: jobs written with the change that causes them, done by the worker, at least once."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from kmwiki.db import insert_missing
from kmwiki.models import OutboxJob, WorkerBeat
from kmwiki.permissions import SYSTEM
from kmwiki.site import Site, UnitOfWork

log = logging.getLogger(__name__)

#: What was done is forgotten. A handler that could do only some gives the positions of the others, each with the
#: reason why it is to be tried again.
Handler = Callable[[UnitOfWork, list[dict[str, Any]]], Mapping[int, str] | None]

#: A job that somebody took and did not finish is taken again after this time.
LEASE = timedelta(minutes=5)
FAILURES_BEFORE_REST = 8
#: Jobs that wait for another machine are tried for about a day.
PATIENCE: Mapping[str, int] = {"mail": 90, "notify-mail": 90, "digest-mail": 90}
BATCH = 100
#: Jobs that reach out to others, each in a unit of work of its own: one that fails must not send the rest twice.
#: Mails go together over one connection; their handlers say which of them failed.
ONE_BY_ONE = frozenset({"webhook"})


def claim(uow: UnitOfWork, names: Collection[str], limit: int = BATCH) -> list[OutboxJob]:
    """Take jobs of these names that are due, oldest first; no other worker takes them for the time of a lease."""
    is_due = OutboxJob.rests.is_(False) & (OutboxJob.run_at <= uow.now) & OutboxJob.name.in_(names)
    due = select(OutboxJob).where(is_due).order_by(OutboxJob.run_at, OutboxJob.id).limit(limit)
    jobs = list(uow.session.scalars(due.with_for_update(skip_locked=True)))
    if not jobs:
        return []
    taken = uow.session.scalars(
        update(OutboxJob)
        .where(OutboxJob.id.in_([job.id for job in jobs]), is_due)
        .values(run_at=uow.now + LEASE, attempts=OutboxJob.attempts + 1)
        .returning(OutboxJob.id)
        .execution_options(synchronize_session=False)
    )
    mine = set(taken)
    return [job for job in jobs if job.id in mine]


def finish(uow: UnitOfWork, jobs: list[OutboxJob]) -> None:
    """Done: forget these jobs."""
    uow.session.execute(delete(OutboxJob).where(OutboxJob.id.in_([job.id for job in jobs])))


def put_back(uow: UnitOfWork, jobs: list[OutboxJob], error: str) -> None:
    """Failed: try again later and later; after its failures the job rests until somebody looks at it."""
    for job in jobs:
        row = uow.session.get(OutboxJob, job.id)
        if row is not None:
            row.last_error = error[:2_000]
            row.rests = row.attempts >= PATIENCE.get(row.name, FAILURES_BEFORE_REST)
            row.run_at = uow.now + timedelta(seconds=2 ** min(row.attempts, 10))


def drain(site: Site, handlers: Mapping[str, Handler]) -> int:
    """Do everything that is due and has a handler, in batches of one kind; how many jobs were done."""
    done = 0
    while True:
        with site.work(SYSTEM) as uow:
            jobs = claim(uow, handlers)
        if not jobs:
            return done
        for name, together in _groups(jobs):
            done += _run(site, handlers, name, together)


def _groups(jobs: list[OutboxJob]) -> Iterator[tuple[str, list[OutboxJob]]]:
    """Jobs that are done together, with their name."""
    for name in dict.fromkeys(job.name for job in jobs):
        of_this_name = [job for job in jobs if job.name == name]
        yield from ((name, [job]) for job in of_this_name) if name in ONE_BY_ONE else [(name, of_this_name)]


def _run(site: Site, handlers: Mapping[str, Handler], name: str, jobs: list[OutboxJob]) -> int:
    try:
        with site.work(SYSTEM) as uow:
            again = handlers[name](uow, [job.payload for job in jobs]) or {}
            finish(uow, [job for position, job in enumerate(jobs) if position not in again])
            for position, error in again.items():
                put_back(uow, [jobs[position]], error)
    except Exception as error:  # a job that fails must not stop the others; it is kept and tried again
        log.exception("failed job=%s count=%s", name, len(jobs))
        with site.work(SYSTEM) as uow:
            put_back(uow, jobs, f"{type(error).__name__}: {error}")
        return 0
    return len(jobs) - len(again)


def beat(uow: UnitOfWork, worker: str) -> None:
    """Note that this worker is at work."""
    insert_missing(uow.session, WorkerBeat, [{"name": worker, "seen_at": uow.now}])
    uow.session.execute(update(WorkerBeat).where(WorkerBeat.name == worker).values(seen_at=uow.now))


def worker_is_alive(uow: UnitOfWork, within: timedelta) -> bool:
    """Whether some worker was seen at work lately."""
    newest = uow.session.scalar(select(WorkerBeat.seen_at).order_by(WorkerBeat.seen_at.desc()).limit(1))
    return newest is not None and uow.now - newest < within


def resting_jobs(uow: UnitOfWork) -> list[OutboxJob]:
    """Jobs that failed too often and wait for somebody."""
    return list(uow.session.scalars(select(OutboxJob).where(OutboxJob.rests).order_by(OutboxJob.created_at)))
