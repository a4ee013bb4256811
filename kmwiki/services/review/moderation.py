"""The other decisions of a moderator on a change: return it, reject it, settle what clashes."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.events import Event
from kmwiki.domain.merge import Merged
from kmwiki.domain.workflow import State, Verb, next_state
from kmwiki.errors import Conflict, NotFound
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Review, Revision
from kmwiki.permissions import require
from kmwiki.services.changes.clashes import Choices, settled
from kmwiki.services.changes.lifecycle import end_asking, end_share_links, move_state, note_step, required_reason
from kmwiki.services.changes.revisions import add_revision, move_head, require_savable
from kmwiki.services.changes.rows import number_new_rows
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.services.review.decided import refuse_decided
from kmwiki.services.review.publishing import combination
from kmwiki.services.review.reviewer_answers import Answers, answers_about
from kmwiki.services.review.weighing import keep_weight, weigh_waiting
from kmwiki.site import UnitOfWork


def return_change(uow: UnitOfWork, change_id: UUID, reason: str, answers: Answers | None = None) -> Change:
    """Send a change back to its author, with a reason and the answers to the questions for the reviewer."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.return", change)
    refuse_decided(uow, change)
    given = answers_about(uow, change, answers or {})
    return return_found(uow, change, required_reason(reason), given)


def return_found(uow: UnitOfWork, change: Change, why: str, given: Answers | None = None) -> Change:
    """The same for a change that was found; the caller has asked who may."""
    state = next_state(State(change.state), Verb.RETURN)
    move_state(uow, change, state, is_returned=True, decided_at=uow.now)
    end_asking(uow, change)
    note_step(uow, change, "returned", why, given)
    uow.tell(Event.CHANGE_RETURNED, page_id=change.page_id, change_id=change.id)
    return change


def reject(uow: UnitOfWork, change_id: UUID, reason: str) -> Change:
    """Do not accept a change; its text stays with its author, who may reopen it."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.reject", change)
    refuse_decided(uow, change)
    state = next_state(State(change.state), Verb.REJECT)
    why = required_reason(reason)
    move_state(uow, change, state, decided_at=uow.now)
    end_share_links(uow, change)
    note_step(uow, change, "rejected", why)
    uow.tell(Event.CHANGE_REJECTED, page_id=change.page_id, change_id=change.id)
    return change


@dataclass(frozen=True)
class Clash:
    """What a change and the page as it is published now disagree on."""

    change: Change
    published: Revision
    merged: Merged


def clash_with_page(uow: UnitOfWork, change_id: UUID) -> Clash:
    """What has to be settled before the change can be published. Raises NotFound where nothing has."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.save", change)
    require_savable(change)
    head = find_revision(uow, change.head_id)
    page_type = uow.site.page_type(change.page.type, content_of(head).edition)
    merged = combination(uow, change, page_type, head)
    if merged is None:
        raise NotFound(_("The page has not moved on since this change began."))
    return Clash(change, find_revision(uow, change.page.published_revision_id), merged)


def settle_clash(uow: UnitOfWork, change_id: UUID, seen_head: UUID, choices: Choices) -> Change:
    """Settle what clashes as a merge revision of the change, a choice for each field (see clashes.settled).

    `mine` is what the change says. Raises Conflict, NotFound, Refused.
    """
    clash = clash_with_page(uow, change_id)
    change = clash.change
    if change.head_id != seen_head:
        raise Conflict(_("Somebody saved this change meanwhile. Please look at it again."))
    content = settled(uow, clash.merged, choices)
    weight = weigh_waiting(uow, change, content, clash.published.id)
    page_type = uow.site.page_type(content.type, content.edition)
    number_new_rows(uow, change.page_id, page_type, content.fields)
    merged = add_revision(
        uow, change, content, parent_id=seen_head, kind="merge", merged_from_id=clash.published.id
    )
    uow.session.flush()
    if not move_head(uow, change, seen_head, merged.id, base_id=clash.published.id):
        raise Conflict(_("Somebody saved this change meanwhile. Please look at it again."))
    keep_weight(uow, change, weight)
    note_step(uow, change, "combined")
    return change


# ---- how long it takes


@dataclass(frozen=True)
class LatestAnswers:
    """How the latest changes fared: days from sending to the decision, and who published most of them."""

    days: Sequence[float]
    names: Sequence[str]

    def median_days(self) -> float:
        return statistics.median(self.days)


def latest_answers(uow: UnitOfWork, number: int = 20) -> LatestAnswers:
    """The latest decisions on this site; two indexed queries, whatever its size."""
    latest = (
        select(Change.submitted_at, Change.decided_at)
        .where(Change.state == State.PUBLISHED, Change.submitted_at.is_not(None), Change.decided_at.is_not(None))
        .order_by(Change.submitted_at.desc())
        .limit(number)
    )
    days = [(decided - sent).total_seconds() / 86_400 for sent, decided in uow.session.execute(latest)]
    recent = select(Review.actor_name).where(Review.step == "published").order_by(Review.id.desc()).limit(number)
    names = [name for name, _times in Counter(uow.session.scalars(recent)).most_common(2)]
    return LatestAnswers(days, names)
