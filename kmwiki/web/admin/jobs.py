"""/admin/jobs: work of the background that waits or rests; tried again, or given up with a reason."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from kmwiki.errors import NotFound, Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.services.upkeep import job_care
from kmwiki.services.upkeep.job_care import Job, Kind
from kmwiki.site import UnitOfWork
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.desk_time import time_in_words
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field

blueprint = admin_blueprint("jobs", "site.jobs")


@blueprint.get("/admin/jobs")
def jobs() -> str:
    return _page()


@blueprint.post("/admin/jobs/retry")
def retry_kind() -> Response:
    """All of one kind again."""
    with work() as uow:
        number = job_care.retry_kind(uow, first(posted(), "name"))
    done = ngettext("One piece of work is tried again.", "{number} pieces of work are tried again.", number)
    flash(done.format(number=number) if number else _("Nothing of this kind rests any more."), "done")
    return _back()


@blueprint.post("/admin/jobs/<uuid:job_id>/retry")
def retry(job_id: UUID) -> Response:
    with work() as uow:
        name = job_care.retry(uow, job_id)
    flash(_("{work}: it is tried again.").format(work=job_words(name)), "done")
    return _back()


@blueprint.post("/admin/jobs/<uuid:job_id>/drop")
def drop(job_id: UUID) -> Answer:
    """Give up on one. Raises NotFound, Conflict."""
    reason = first(posted(), "reason")
    try:
        with work() as uow:
            name = job_care.drop(uow, job_id, reason)
    except Refused as refused:
        return _page(str(job_id), errors_by_field(refused)), refused.status
    flash(_("{work}: given up.").format(work=job_words(name)), "done")
    return _back()


def _back() -> Response:
    return redirect("/admin/jobs", 303)


def _page(at_fault: str = "", errors: Mapping[str, Sequence[str]] | None = None) -> str:
    with work() as uow:
        kinds = [_kind(uow, kind) for kind in job_care.kinds_of_jobs(uow)]
        listed = [_job(uow, job) for job in job_care.jobs_to_look_at(uow)]
    if at_fault and at_fault not in {job["id"] for job in listed}:
        raise NotFound(_("This work is done meanwhile."))
    return render_template("admin/jobs.html", kinds=kinds, jobs=listed, at_fault=at_fault, errors=errors or {})


def _kind(uow: UnitOfWork, kind: Kind) -> dict[str, object]:
    return {
        "name": kind.name,
        "label": job_words(kind.name),
        "waiting": kind.waiting,
        "resting": kind.resting,
        "age": time_in_words(uow.now - kind.oldest),
    }


def _job(uow: UnitOfWork, job: Job) -> dict[str, object]:
    return {
        "id": str(job.id),
        "name": job.name,
        "label": job_words(job.name),
        "age": time_in_words(uow.now - job.created_at),
        "attempts": job.attempts,
        "rests": job.rests,
        "error": job.error,
    }


def job_words(name: str) -> str:
    """What people call a kind of work; its name where nobody gave it words."""
    return {
        "index": _("Making a page found by search"),
        "index-topic": _("Making the pages of a topic found by search"),
        "imported": _("Taking in what was imported"),
        "purge": _("Removing what a page left behind"),
        "widths": _("Making pictures smaller"),
        "organisations": _("Gathering organisations from pages"),
        "weigh": _("Looking how much imported changes change"),
        "former-name": _("Taking a name away from what somebody wrote"),
        "reset": _("Sending a link for a new password"),
        "tell": _("Finding out who wants to be told"),
        "mail": _("Sending a mail"),
        "notify-mail": _("Sending a mail about something new"),
        "digests": _("Gathering what is told once a day"),
        "digest-mail": _("Sending a mail with what is new"),
        "webhook": _("Telling another program"),
    }.get(name, name)
