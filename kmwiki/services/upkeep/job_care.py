"""Work of the background that waits or rests, as administrators look after it: tried again, or given up with a reason.

What a job holds (words of mails, addresses) is shown to nobody; of its last error the first line, without addresses
and without what could be a secret.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select, update

from kmwiki.errors import Conflict, NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import OutboxJob
from kmwiki.permissions import require
from kmwiki.services.changes.lifecycle import required_reason
from kmwiki.site import UnitOfWork

LISTED = 100
#: Jobs that are set going at once; whoever has more presses again.
RETRIED = 1_000
_LONGEST_ERROR = 300
_HIDDEN = (
    re.compile(r"[\w.+-]+@[\w.-]+"),  # mail addresses
    re.compile(r"\b[a-z][a-z0-9+.-]*://\S+"),
    re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),
    re.compile(r"[A-Za-z0-9_=+/-]{20,}"),  # tokens, keys, digests
)


@dataclass(frozen=True)
class Kind:
    """All jobs of one name: how many wait, how many rest, since when the oldest is there."""

    name: str
    waiting: int
    resting: int
    oldest: datetime


@dataclass(frozen=True)
class Job:
    """One job, without what it holds."""

    id: UUID
    name: str
    created_at: datetime
    attempts: int
    rests: bool
    error: str


def kinds_of_jobs(uow: UnitOfWork) -> Sequence[Kind]:
    """What is there, by name."""
    require(uow.actor, "site.jobs")
    resting = func.sum(case((OutboxJob.rests, 1), else_=0))
    found = select(OutboxJob.name, func.count(), resting, func.min(OutboxJob.created_at)).group_by(OutboxJob.name)
    rows = uow.session.execute(found.order_by(OutboxJob.name))
    return [Kind(name, total - rests, rests, oldest) for name, total, rests, oldest in rows]


def jobs_to_look_at(uow: UnitOfWork) -> Sequence[Job]:
    """Those that rest, then those that wait, the oldest first; at most LISTED."""
    require(uow.actor, "site.jobs")
    columns = (
        OutboxJob.id, OutboxJob.name, OutboxJob.created_at, OutboxJob.attempts, OutboxJob.rests, OutboxJob.last_error
    )  # fmt: skip
    found = select(*columns).order_by(OutboxJob.rests.desc(), OutboxJob.created_at, OutboxJob.id).limit(LISTED)
    return [Job(*rest, error=harmless(error)) for *rest, error in uow.session.execute(found)]


def retry(uow: UnitOfWork, job_id: UUID) -> str:
    """Try one again now, with all its tries before it; its name. Raises NotFound where it is done meanwhile."""
    require(uow.actor, "site.jobs")
    job = _find(uow, job_id)
    job.rests, job.attempts, job.run_at = False, 0, uow.now
    uow.audit("job.retry", name=job.name, job=str(job.id))
    return job.name


def retry_kind(uow: UnitOfWork, name: str) -> int:
    """Try all of this name again that rest, at most RETRIED; how many."""
    require(uow.actor, "site.jobs")
    some = select(OutboxJob.id).where(OutboxJob.rests, OutboxJob.name == name).limit(RETRIED)
    set_going = update(OutboxJob).where(OutboxJob.id.in_(some)).values(rests=False, attempts=0, run_at=uow.now)
    number = int(uow.session.execute(set_going.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
    if number:
        uow.audit("job.retry", name=name, number=number)
    return number


def drop(uow: UnitOfWork, job_id: UUID, reason: str) -> str:
    """Give up on one that rests; its name. Raises NotFound, Conflict for one that waits, Refused without a reason."""
    require(uow.actor, "site.jobs")
    why = required_reason(reason)
    job = _find(uow, job_id)
    if not job.rests:
        raise Conflict(_("This work does not rest: it is done by itself, or being done just now."))
    uow.session.delete(job)
    uow.audit("job.drop", reason=why, name=job.name, job=str(job.id), begun=job.created_at.isoformat())
    return job.name


def harmless(error: str) -> str:
    """The first line of an error, without addresses and without what could be a secret."""
    line = error.strip().partition("\n")[0]
    for pattern in _HIDDEN:
        line = pattern.sub("…", line)
    return line[:_LONGEST_ERROR]


def _find(uow: UnitOfWork, job_id: UUID) -> OutboxJob:
    job = uow.session.get(OutboxJob, job_id)
    if job is None:
        raise NotFound(_("This work is done meanwhile."))
    return job


def numbers(uow: UnitOfWork) -> Mapping[str, int]:
    """How many jobs wait and how many rest."""
    rows = dict(uow.session.execute(select(OutboxJob.rests, func.count()).group_by(OutboxJob.rests)).all())
    return {"waiting": rows.get(False, 0), "resting": rows.get(True, 0)}
