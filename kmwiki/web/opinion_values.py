"""Opinions beside a change: what was asked of whom, what they said, and the box for whoever was asked."""

from collections.abc import Mapping

from kmwiki.models import Opinion
from kmwiki.permissions import may
from kmwiki.render.dates import moment_in_words
from kmwiki.services.changes.looking import ChangeView
from kmwiki.site import UnitOfWork


def opinion_values(uow: UnitOfWork, view: ChangeView) -> list[dict[str, object]]:
    """For those who write and those who decide."""
    waits = view.change.state == "submitted" and may(uow.actor, "change.ask-opinion", view.change)
    return [_opinion(uow, opinion, waits) for opinion in view.opinions]


def _opinion(uow: UnitOfWork, opinion: Opinion, may_take_back: bool) -> dict[str, object]:
    def when(at: object) -> str:
        return moment_in_words(at, uow.site.config.timezone)  # type: ignore[arg-type]

    return {
        "id": opinion.id,
        "name": opinion.name,
        "by_link": opinion.share_link_id is not None,
        "question": opinion.question,
        "asked_by": opinion.asked_by_name,
        "asked": when(opinion.asked_at),
        "answer": opinion.answer or None,
        "answered": when(opinion.answered_at) if opinion.answered_at else None,
        "take_back_url": f"/changes/{opinion.change_id}/opinions/{opinion.id}/take-back" if may_take_back else None,
    }


def asked_values(uow: UnitOfWork, view: ChangeView, typed: Mapping[str, str]) -> dict[str, object] | None:
    """What the asker was asked, and what they said so far; None for all others, and once it is decided."""
    opinion = view.asked
    if opinion is None or view.change.state != "submitted" or not may(uow.actor, "change.opinion", view.change):
        return None
    return {
        "by": opinion.asked_by_name,
        "question": opinion.question,
        "answer": typed.get("opinion", opinion.answer),
        "is_given": opinion.answered_at is not None,
    }
