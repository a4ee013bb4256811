"""What the desk says of the site in numbers: how much waits and for how long, how soon it is answered."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from kmwiki.models import Change
from kmwiki.services.accounts.accounts import number_who_decide
from kmwiki.services.review.desk_filters import waiting
from kmwiki.services.review.moderation import latest_answers
from kmwiki.site import UnitOfWork

#: What waits is counted in these spans: up to so many days, the last one without end.
SPANS = (1, 3, 7, 14, None)
_LATELY = timedelta(days=30)
_DECIDED = ("published", "rejected", "draft")


@dataclass(frozen=True)
class DeskNumbers:
    """Numbers of the whole site, whatever is shown; `ages` counts what waits by SPANS."""

    waiting: int
    oldest: datetime | None
    ages: Sequence[int]
    median_days: float | None
    decided: int
    moderators: int


def desk_numbers(uow: UnitOfWork) -> DeskNumbers:
    """The numbers, in five queries."""
    sent = Change.submitted_at
    older = [func.count().filter(sent <= uow.now - timedelta(days=days)) for days in SPANS if days]
    total, oldest, *counts = uow.session.execute(select(func.count(), func.min(sent), *older).where(waiting(uow))).one()
    days = latest_answers(uow).days
    return DeskNumbers(
        waiting=total,
        oldest=oldest,
        ages=[more - fewer for more, fewer in zip([total, *counts], [*counts, 0], strict=True)],
        median_days=statistics.median(days) if days else None,
        decided=_decided_lately(uow),
        moderators=number_who_decide(uow),
    )


def _decided_lately(uow: UnitOfWork) -> int:
    """Changes that were published, sent back or not accepted lately, and stayed so."""
    lately = Change.decided_at > uow.now - _LATELY
    found = select(func.count()).select_from(Change).where(lately, Change.state.in_(_DECIDED))
    return uow.session.scalar(found) or 0
