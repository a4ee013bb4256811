"""/admin/health: how the site is doing, part by part, and what to do where something is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.render.dates import moment_in_words, size_in_words
from kmwiki.services.upkeep.health import Backup, Files, Health, Index, Mail, health, worker_is_fine
from kmwiki.site import UnitOfWork
from kmwiki.web.admin.gate import admin_blueprint

blueprint = admin_blueprint("health", "site.health")


@dataclass(frozen=True)
class Part:
    """One part of the site: whether it is in order, what was found, and what helps where it is not."""

    label: str
    is_fine: bool
    facts: Sequence[str]
    help: str = ""


@blueprint.get("/admin/health")
def page() -> str:
    with work() as uow:
        found = health(uow)
        parts = _parts(uow, found)
    return render_template("admin/health.html", parts=parts, is_fine=all(part.is_fine for part in parts))


def _parts(uow: UnitOfWork, found: Health) -> Sequence[Part]:
    database, jobs = found.database, ngettext("one waits", "{number} wait", found.jobs_waiting)
    return (
        Part(_("Database"), database.is_fine and found.ready.database,
             [database.kind, size_in_words(database.size_bytes), _("schema {name}").format(name=database.schema)],
             _("It is not as this version needs it. Start the site anew with kmwiki serve.")),
        _search_part(found.index),
        Part(_("Worker in the background"), worker_is_fine(uow, found.worker_seen),
             [_("last seen: {when}").format(when=_when(uow, found.worker_seen))],
             _("Without it nothing new is found by search, and no mail goes out. Start the site anew.")),
        Part(_("Work in the background"), not found.jobs_resting,
             [jobs.format(number=found.jobs_waiting),
              ngettext("one rests", "{number} rest", found.jobs_resting).format(number=found.jobs_resting)],
             _("Some work failed too often. Look at it under “Work in the background”.")),
        _mail_part(uow, found.mail),
        _files_part(found.files),
        _backup_part(uow, found.backup),
        Part(_("Version"), True, [f"kmwiki {found.version}"]),
    )  # fmt: skip


def _search_part(index: Index) -> Part:
    known = _("cannot be asked") if index.documents is None else str(index.documents)
    return Part(
        _("Search"),
        index.is_fine,
        [_("pages that it knows: {number}").format(number=known), _("published: {number}").format(number=index.pages)],
        _("The worker builds it anew by itself within seconds. If it does not: kmwiki reindex, on the server."),
    )


def _mail_part(uow: UnitOfWork, mail: Mail) -> Part:
    if not mail.is_on:
        return Part(_("Mail"), True, [_("off: links are handed over by hand")])
    if mail.is_fine:
        return Part(_("Mail"), True, [_("on; nothing failed that still waits")])
    waiting = ngettext("one mail failed and waits", "{number} mails failed and wait", mail.failing)
    facts = [waiting.format(number=mail.failing), _("since {when}").format(when=_when(uow, mail.since)), mail.error]
    return Part(
        _("Mail"), False, facts, _("Does the mail server answer, and is KMWIKI_MAIL_URL right?")
    )


def _files_part(files: Files) -> Part:
    number = ngettext("one file, {size}", "{number} files, {size}", files.number)
    return Part(
        _("Files"),
        files.is_fine,
        [
            number.format(number=files.number, size=size_in_words(files.size_bytes)),
            _("room on the disk: {size}").format(size=size_in_words(files.free_bytes)),
            _("can be written") if files.is_writable else _("cannot be written"),
        ],
        _("Make room on the disk, or let the site write into its folder."),
    )


def _backup_part(uow: UnitOfWork, backup: Backup) -> Part:
    if not backup.is_on:
        return Part(_("Backup of the night"), True, [_("off")])
    newest = _("the newest: {when}").format(when=_when(uow, backup.newest))
    return Part(
        _("Backup of the night"), backup.is_fine, [newest],
        _("There is none from the last two days. Look into the log of the server, and at the backup folder."),
    )  # fmt: skip


def _when(uow: UnitOfWork, moment: datetime | None) -> str:
    return moment_in_words(moment, uow.site.config.timezone) if moment else _("never")
