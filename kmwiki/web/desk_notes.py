"""What readers sent that waits on the desk: questions that somebody looks at first, and reports of pages."""

from collections.abc import Sequence
from datetime import datetime

from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.services.review.desk_filters import LATE, DeskFilter, Group, Show
from kmwiki.services.talk.enquiries import held
from kmwiki.services.talk.reports import open_reports
from kmwiki.site import UnitOfWork
from kmwiki.web.desk_time import time_in_words
from kmwiki.web.reports import kind_label

#: So many of each; more of them show when these are settled.
_MOST = 25


def notes(uow: UnitOfWork, asked: DeskFilter) -> Sequence[dict[str, object]]:
    """Reports first, the urgent ones before the others; nothing where the desk is narrowed to changes of some kind."""
    if asked not in (DeskFilter(asked.show), DeskFilter(asked.show, Group.QUICK)) or asked.show is Show.MINE:
        return []
    reports = [
        _note(uow, _("report"), f"/reports/{found.report.id}", found.page, found.report.created_at)
        | {"says": kind_label(found.report.kind), "urgent": found.is_urgent}
        for found in open_reports(uow, _MOST)
    ]
    questions = [
        _note(uow, _("held question"), f"/enquiries/{found.enquiry.id}", found.page, found.enquiry.created_at)
        for found in held(uow, _MOST)
    ]
    return [*reports, *questions]


def _note(uow: UnitOfWork, kind: str, url: str, page: Page, since: datetime) -> dict[str, object]:
    waited = uow.now - since
    return {
        "kind": kind,
        "url": url,
        "title": page.title,
        "language": page.language,
        "says": None,
        "urgent": False,
        "waiting": time_in_words(waited),
        "since": since.isoformat(),
        "late": waited > LATE,
    }
