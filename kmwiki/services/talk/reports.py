"""Readers say that a page is wrong or harmful; the report stands on the desk until a moderator settles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, case, func, select, update

from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import Page, Report
from kmwiki.permissions import may, require
from kmwiki.services.pages.finding import find_page
from kmwiki.services.talk.readers_words import (
    Bounds,
    Origin,
    clean,
    count_words,
    faults_of_origin,
    faults_of_words,
    keyed_hash,
    refuse,
    source_of,
)
from kmwiki.site import UnitOfWork

TEXT_LIMIT = 2_000
OUTCOME_LIMIT = 1_000
#: What one person said of one page in several reports is kept together, and no longer than this.
_JOINED_LIMIT = 10_000
_BOUNDS = Bounds(hourly=10, daily=30, of_page_daily=50)


class Kind(StrEnum):
    """What is said to be wrong with a page."""

    WRONG = "wrong"
    HARMFUL = "harmful"
    PERSONAL = "personal-data"
    COPYRIGHT = "copyright"
    OTHER = "other"


#: These come first: every hour counts for somebody.
URGENT = (Kind.HARMFUL, Kind.PERSONAL)


@dataclass(frozen=True)
class OpenReport:
    """A report with the page that it is about."""

    report: Report
    page: Page

    @property
    def is_urgent(self) -> bool:
        return self.report.kind in URGENT


def reportable_page(uow: UnitOfWork, slug: str) -> Page:
    """The page, if the asker may report it. Raises NotFound, Forbidden."""
    page = find_page(uow, slug)
    require(uow.actor, "page.report", page)
    return page


def report(uow: UnitOfWork, slug: str, kind: str, text: str, origin: Origin) -> Report:
    """Report a page. A second report of one person or address on the same page joins the first while that is open.

    Raises NotFound, Refused, TooManyTries.
    """
    page = reportable_page(uow, slug)
    wrong_kind = Problem("kind", Level.DRAFT, _("Choose what is wrong."))
    refuse([*([] if kind in list(Kind) else [wrong_kind]), *faults_of_origin(origin),
            *faults_of_words(text, "text", TEXT_LIMIT, _("Please say in a few words what is wrong."))])  # fmt: skip
    key = keyed_hash(uow, f"report of {page.id} from {source_of(uow, origin)}")
    earlier = uow.session.scalar(
        select(Report).where(Report.page_id == page.id, Report.sender_key == key, Report.settled_at.is_(None))
    )
    count_words(uow, "reports", page, origin, _BOUNDS)
    if earlier is not None:
        _join(earlier, kind, clean(text))
        return earlier
    made = Report(
        id=new_id(), page_id=page.id, kind=kind, text=clean(text), sender_id=uow.actor.user_id,
        sender_name=uow.actor.name, sender_key=key, created_at=uow.now,
    )  # fmt: skip
    uow.session.add(made)
    uow.tell(Event.PAGE_REPORTED, page_id=page.id, report_id=str(made.id), kind=kind)
    return made


def _join(earlier: Report, kind: str, text: str) -> None:
    """The more urgent kind counts; what was said before stays."""
    if kind in URGENT:
        earlier.kind = kind
    if text not in earlier.text:
        earlier.text = f"{earlier.text}\n\n{text}"[:_JOINED_LIMIT]


# ---- moderators


def open_reports(uow: UnitOfWork, limit: int = 50) -> list[OpenReport]:
    """What nobody has settled yet: the urgent first, then the oldest."""
    require(uow.actor, "desk.read")
    is_later = case((Report.kind.in_(URGENT), 0), else_=1)
    ordered = _with_pages().where(Report.settled_at.is_(None)).order_by(is_later, Report.created_at, Report.id)
    return [OpenReport(found, page) for found, page in uow.session.execute(ordered.limit(limit))]


def open_count(uow: UnitOfWork) -> int:
    """How many reports are open."""
    return uow.session.scalar(select(func.count()).select_from(Report).where(Report.settled_at.is_(None))) or 0


def find_report(uow: UnitOfWork, report_id: UUID) -> OpenReport:
    """A report, for moderators. Raises NotFound for everybody else."""
    found = uow.session.execute(_with_pages().where(Report.id == report_id)).first()
    if found is None or not may(uow.actor, "desk.read"):
        raise NotFound()
    return OpenReport(*found)


def others_about(uow: UnitOfWork, shown: OpenReport) -> Sequence[Report]:
    """Further open reports on the same page, the oldest first."""
    same = (Report.page_id == shown.page.id) & (Report.id != shown.report.id) & Report.settled_at.is_(None)
    return uow.session.scalars(select(Report).where(same).order_by(Report.created_at).limit(20)).all()


def settle(uow: UnitOfWork, report_id: UUID, outcome: str) -> Report:
    """Say what came of a report; whoever reported it with an account is told. Raises NotFound, Refused, Conflict."""
    found = find_report(uow, report_id)
    require(uow.actor, "report.settle")
    refuse(list(faults_of_words(outcome, "outcome", OUTCOME_LIMIT, _("Please say what came of it."))))
    settled = uow.session.execute(
        update(Report).where(Report.id == report_id, Report.settled_at.is_(None))
        .values(settled_at=uow.now, settled_by=uow.actor.name, outcome=clean(outcome), sender_key="")
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if settled.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("Somebody else settled this already."))
    uow.session.refresh(found.report)
    kind = found.report.kind
    uow.audit("report.settle", page_id=found.page.id, reason=clean(outcome), report=str(report_id), kind=kind)
    if found.report.sender_id is not None:
        uow.tell(Event.REPORT_SETTLED, page_id=found.page.id, report_id=str(report_id))
    return found.report


def _with_pages() -> Select[tuple[Report, Page]]:
    return select(Report, Page).join(Page, Page.id == Report.page_id)
