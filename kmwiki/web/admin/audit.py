"""/admin/audit: who did what, when and why; narrowed, read page by page, or taken away as a table."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from io import StringIO
from itertools import chain
from urllib.parse import urlencode

from flask import Response, render_template, request

from kmwiki.errors import Refused
from kmwiki.http.current import browser_actor, current_site, work
from kmwiki.i18n import gettext as _
from kmwiki.models import AuditEntry
from kmwiki.render.dates import moment_in_words
from kmwiki.services.upkeep.audit_log import LogPage, WantedEntries, log_in_batches, read_log
from kmwiki.site import UnitOfWork
from kmwiki.web.admin.audit_words import action_words
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.form_input import uuid_or_none
from kmwiki.web.saving import Answer, errors_by_field

blueprint = admin_blueprint("audit", "audit.read")

_FILTERS = ("who", "action", "page", "from", "to")
_COLUMNS = ("time", "who", "what", "page", "change", "version", "reason", "details")
#: A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@blueprint.get("/admin/audit")
def audit() -> Answer:
    """The newest entries, or those after one; a filter that cannot be read is named, and nothing is listed."""
    wanted, errors = _wanted(request.args)
    with work() as uow:
        found = None
        try:
            found = read_log(uow, wanted) if not errors else None
        except Refused as refused:
            errors = errors_by_field(refused)
        rows = [_row(uow, entry, found) for entry in found.entries] if found else []
    html = render_template(
        "admin/audit.html",
        typed=request.args,
        errors=errors,
        actions=[{"code": "", "label": _("all")}, *({"code": c, "label": w} for c, w in action_words().items())],
        entries=rows,
        is_narrowed=any(_given(request.args).values()),
        further_url=_address("/admin/audit", after=str(found.entries[-1].id)) if found and found.has_more else None,
        newest_url=_address("/admin/audit") if wanted.after else None,
        csv_url=_address("/admin/audit.csv"),
    )
    return (html, 422) if errors else html


@blueprint.get("/admin/audit.csv")
def table() -> Response:
    """The same entries as a table, sent as it is read. Raises Refused for a filter that cannot be read."""
    wanted, errors = _wanted(request.args)
    if errors:
        raise Refused(next(iter(errors.values()))[0])
    batches = log_in_batches(current_site(), browser_actor(), wanted)
    first = next(batches, [])  # what is at fault is found out before anything is sent
    response = Response(_csv(chain([first], batches)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=log.csv"
    return response


def _given(arguments: Mapping[str, str]) -> dict[str, str]:
    return {name: arguments.get(name, "").strip()[:300] for name in _FILTERS}


def _wanted(arguments: Mapping[str, str]) -> tuple[WantedEntries, dict[str, list[str]]]:
    given, errors = _given(arguments), dict[str, list[str]]()
    days: dict[str, date | None] = {"from": None, "to": None}
    for name in days:
        try:
            days[name] = date.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            errors[name] = [_("This is not a day. Write it as 2026-03-14.")]
    after = uuid_or_none(arguments.get("after", ""))
    return WantedEntries(given["who"], given["action"], given["page"], days["from"], days["to"], after), errors


def _address(path: str, **more: str) -> str:
    given = {name: text for name, text in {**_given(request.args), **more}.items() if text}
    return f"{path}?{urlencode(given)}" if given else path


def _row(uow: UnitOfWork, entry: AuditEntry, found: LogPage) -> dict[str, object]:
    page = found.pages.get(entry.page_id) if entry.page_id else None
    return {
        "when": moment_in_words(entry.at, uow.site.config.timezone),
        "iso": entry.at.isoformat(),
        "who": entry.actor_name,
        "code": entry.action,
        "label": action_words().get(entry.action, ""),
        "page": {"url": f"/pages/{page.slug}", "title": page.title} if page and page.slug else None,
        "change_url": f"/changes/{entry.change_id}" if entry.change_id in found.changes else None,
        "reason": entry.reason,
        "details": [f"{name}: {value}" for name, value in sorted(entry.details.items())],
    }


def _csv(batches: Iterable[Sequence[AuditEntry]]) -> Iterator[str]:
    yield _lines([_COLUMNS])
    for batch in batches:
        yield _lines(map(_cells, batch))


def _cells(entry: AuditEntry) -> Sequence[str]:
    details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True) if entry.details else ""
    cells = [
        entry.at.astimezone(UTC).isoformat(timespec="seconds"), entry.actor_name, entry.action,
        str(entry.page_id or ""), str(entry.change_id or ""), str(entry.revision_id or ""), entry.reason, details,
    ]  # fmt: skip
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]


def _lines(rows: Iterable[Sequence[str]]) -> str:
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
