"""/pages/<slug>/report: a reader says that something is wrong; /reports/<id>: a moderator settles it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request

from kmwiki.domain.workflow import PageState, people_page_state
from kmwiki.errors import Conflict, Refused, TooManyTries
from kmwiki.http.current import client_address, work
from kmwiki.i18n import gettext as _
from kmwiki.render.dates import moment_in_words
from kmwiki.services.talk import reports
from kmwiki.services.talk.readers_words import Origin
from kmwiki.services.talk.reports import Kind, OpenReport
from kmwiki.site import UnitOfWork
from kmwiki.web.form_input import first, posted
from kmwiki.web.frame import moved_to
from kmwiki.web.gates import require_signed_in
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.version import page_link

blueprint = Blueprint("reports", __name__)


def kind_label(kind: str) -> str:
    """What a kind of report is called."""
    return {
        Kind.WRONG: _("Something is wrong"),
        Kind.HARMFUL: _("It could harm somebody"),
        Kind.PERSONAL: _("It shows personal data"),
        Kind.COPYRIGHT: _("It uses something without permission"),
        Kind.OTHER: _("Something else"),
    }.get(Kind(kind), kind)


# ---- reporting


@blueprint.get("/pages/<slug>/report")
def form(slug: str) -> Answer:
    return _form(slug, {}, {})


@blueprint.post("/pages/<slug>/report")
def report(slug: str) -> Answer:
    """Keep the report; where it is refused, the form comes back with what was typed."""
    given = {name: first(posted(), name) for name in ("kind", "text", "website")}
    try:
        with work() as uow:
            made = reports.report(uow, slug, given["kind"], given["text"], Origin(client_address(), given["website"]))
            where = f"/pages/{reports.reportable_page(uow, slug).slug}"
    except (Refused, TooManyTries) as error:
        return _form(slug, given, errors_by_field(error)), error.status
    thanks = _("Thank you. Moderators look at it.")
    flash(thanks + " " + _("You are told what comes of it.") if made.sender_id else thanks, "done")
    return redirect(where, 303)


def _form(slug: str, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> Answer:
    with work() as uow:
        page = reports.reportable_page(uow, slug)
    if page.slug != slug and request.method == "GET":
        return moved_to(str(page.slug))
    return render_template(
        "pages/report.html",
        page={"slug": page.slug, "title": page.title, "language": page.language},
        kinds=[{"code": kind.value, "label": kind_label(kind), "meaning": None} for kind in Kind],
        typed=typed, errors=errors, limit=reports.TEXT_LIMIT,
    )  # fmt: skip


# ---- settling


@blueprint.get("/reports/<uuid:report_id>")
def shown(report_id: UUID) -> str:
    """The report beside the page and what can be done. Raises NotFound for all but moderators."""
    return _page(report_id, {}, {})


@blueprint.post("/reports/<uuid:report_id>/settle")
def settle(report_id: UUID) -> Answer:
    require_signed_in()
    outcome = first(posted(), "outcome")
    try:
        with work() as uow:
            reports.settle(uow, report_id, outcome)
    except (Refused, Conflict) as error:
        return _page(report_id, {"outcome": outcome}, errors_by_field(error)), error.status
    flash(_("Settled."), "done")
    return redirect("/review", 303)


def _page(report_id: UUID, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> str:
    with work() as uow:
        found = reports.find_report(uow, report_id)
        values = {
            "report": _report_words(uow, found),
            "page": page_link(uow.site, found.page),
            "state_label": people_page_state(PageState(found.page.state)),
            "ways": _ways(found),
            "others": [
                {"url": f"/reports/{other.id}", "label": kind_label(other.kind)}
                for other in reports.others_about(uow, found)
            ],
        }
    return render_template("review/report.html", typed=typed, errors=errors, limit=reports.OUTCOME_LIMIT, **values)


def _report_words(uow: UnitOfWork, found: OpenReport) -> dict[str, object]:
    made, zone = found.report, uow.site.config.timezone
    settled = _("Settled by {name}, {when}.").format(
        name=made.settled_by, when=moment_in_words(made.settled_at, zone)
    ) if made.settled_at else None  # fmt: skip
    return {
        "at": f"/reports/{made.id}",
        "kind": kind_label(made.kind),
        "is_urgent": found.is_urgent,
        "said": {
            "title": _("What was said"), "url": None, "when": moment_in_words(made.created_at, zone),
            "iso": made.created_at.isoformat(), "who": [made.sender_name or _("somebody without an account")],
            "text": made.text, "now": False, "status": None, "links": [],
        },
        "settled": settled,
        "outcome": made.outcome or None,
    }  # fmt: skip


def _ways(found: OpenReport) -> list[dict[str, str]]:
    """What a moderator may do about the page."""
    at = f"/pages/{found.page.slug}"
    ways = [
        (_("Change the page"), f"{at}/edit"),
        (_("Ask the people behind it"), f"{at}/ask-people"),
        (_("See which version said it"), f"{at}/history"),
        (_("Hide the text of an earlier version"), f"{at}/care#hide"),
        (_("Archive it, or put it into the bin"), f"{at}/care"),
        (_("Remove it for good, with all its versions"), f"{at}/care#purge"),
    ]
    only_care = found.page.state != "published"
    return [{"label": label, "url": url} for label, url in ways if not only_care or "/care" in url or "/history" in url]


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Reports are for nobody's cache."""
    response.headers["Cache-Control"] = "no-store"
    return response
