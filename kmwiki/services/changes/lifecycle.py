"""What the author does with a change: send for review, withdraw, discard, take back, reopen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm.attributes import set_committed_value

from kmwiki.domain.content import Content
from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.page_type import Remedy
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import DISCARD_UNDO, State, Verb, next_state
from kmwiki.errors import Conflict, Forbidden, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Opinion, Part, Review, ShareLink, UserState
from kmwiki.permissions import require
from kmwiki.services.changes.checking import blocking, highest_level, problems_at
from kmwiki.services.changes.working_copies import throw_away
from kmwiki.services.pages.finding import content_of, find_change, find_revision, open_change_of
from kmwiki.services.review.decided import too_late
from kmwiki.services.review.weighing import Weight, forget_facets, keep_weight, weigh
from kmwiki.services.telling.unread import settle
from kmwiki.site import UnitOfWork

#: A reason is a few sentences, not a page.
REASON_LIMIT = 5_000


def submit(
    uow: UnitOfWork,
    change_id: UUID,
    as_level: str | None = None,
    acknowledged: Mapping[str, str] | None = None,
) -> Change:
    """Send a change for review, at the level named or at the highest that holds.

    `acknowledged` gives reasons for going on in spite of warnings, by their code.
    A request about a page (services/changes/requests.py) has no level. Raises Refused with every problem at once,
    Conflict, Forbidden.
    """
    return send(uow, ready_to_send(uow, change_id, as_level, acknowledged or {}))


@dataclass(frozen=True)
class ReadyToSend:
    """A draft that nothing stands in the way of, and what is noted of it when it is sent."""

    change: Change
    depth: str
    acknowledged: Mapping[str, str]
    weight: Weight


def ready_to_send(
    uow: UnitOfWork, change_id: UUID, as_level: str | None, acknowledged: Mapping[str, str]
) -> ReadyToSend:
    """Look whether a draft can be sent; changes nothing. Raises as submit() does."""
    change = find_change(uow, change_id)
    require(uow.actor, "change.submit", change)
    next_state(State(change.state), Verb.SUBMIT)
    if change.page.is_protected:
        require_protected(uow)
    _refuse_second_of_waiting_account(uow, change)
    content = content_of(find_revision(uow, change.head_id))
    if change.request:
        return ReadyToSend(change, "", {}, weigh(uow, change, content))
    given = _reasons(acknowledged)
    level = _level(uow, change, content, as_level, given)
    return ReadyToSend(change, level, given, weigh(uow, change, content))


def send(
    uow: UnitOfWork, ready: ReadyToSend, step: str = "submitted", reason: str = "", **values: object
) -> Change:
    """Send what is ready; `values` are further columns of the change."""
    move_state(
        uow, ready.change, State.SUBMITTED, depth=ready.depth, acknowledged=dict(ready.acknowledged),
        submitted_at=uow.now, is_returned=False, **values,
    )  # fmt: skip
    keep_weight(uow, ready.change, ready.weight)
    note_step(uow, ready.change, step, reason)
    uow.tell(Event.CHANGE_SENT, page_id=ready.change.page_id, change_id=ready.change.id)
    return ready.change


def withdraw(uow: UnitOfWork, change_id: UUID) -> Change:
    """Take a change back from review; share links to it end, and it no longer belongs to what it was sent with."""
    change = _authors(uow, change_id, "change.withdraw")
    move_state(uow, change, next_state(State(change.state), Verb.WITHDRAW), together_id=None)
    end_share_links(uow, change)
    note_step(uow, change, "withdrawn")
    return change


def discard(uow: UnitOfWork, change_id: UUID) -> Change:
    """Put a draft away; 30 days to undo."""
    change = _authors(uow, change_id, "change.discard")
    before = change.state
    state = next_state(State(before), Verb.DISCARD)
    move_state(uow, change, state, discarded_from=before, decided_at=uow.now, together_id=None)
    end_share_links(uow, change)
    throw_away(uow, [f"change:{change.id}"])
    note_step(uow, change, "discarded")
    return change


def undiscard(uow: UnitOfWork, change_id: UUID) -> Change:
    """Bring a discarded draft back. Raises Conflict after 30 days, or when another change is open."""
    change = _authors(uow, change_id, "change.undiscard")
    state = next_state(State(change.state), Verb.UNDISCARD)
    if change.decided_at and uow.now - change.decided_at > DISCARD_UNDO:
        raise Conflict(_("This draft was discarded more than {days} days ago.").format(days=DISCARD_UNDO.days))
    return _bring_back(uow, change, state, "undiscarded")


def reopen(uow: UnitOfWork, change_id: UUID) -> Change:
    """Make a draft again of a change that was not accepted. Raises Conflict when another change is open."""
    change = _authors(uow, change_id, "change.reopen")
    return _bring_back(uow, change, next_state(State(change.state), Verb.REOPEN), "reopened")


def _bring_back(uow: UnitOfWork, change: Change, state: State, step: str) -> Change:
    if open_change_of(uow, change.page_id):
        raise Conflict(_("You have another open change on this page. Send or discard that one first."))
    move_state(uow, change, state)
    note_step(uow, change, step)
    return change


def _authors(uow: UnitOfWork, change_id: UUID, action: str) -> Change:
    change = find_change(uow, change_id)
    require(uow.actor, action, change)
    return change


def move_state(uow: UnitOfWork, change: Change, state: State, **values: object) -> None:
    """Compare-and-set of a change's state and head.

    Raises Conflict where either moved since it was read, naming who decided meanwhile. A change that waits no longer
    is in nobody's hands.
    """
    waited = change.state == State.SUBMITTED
    values |= {"state": state.value, "updated_at": uow.now, "taken_by_id": None, "taken_at": None, "reminded_days": 0}
    moved = uow.session.execute(
        update(Change)
        .where(Change.id == change.id, Change.state == change.state, Change.head_id == change.head_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise too_late(uow, change)
    if waited:
        forget_facets(uow, change.id)
    for name, value in values.items():
        set_committed_value(change, name, value)  # reading it again would take longer than writing it


def note_step(
    uow: UnitOfWork, change: Change, step: str, reason: str = "", answers: Mapping[str, Any] | None = None
) -> None:
    """Write a step of the change into its conversation and into the audit log.

    `answers` are those of services/review/reviewer_answers.py.
    """
    uow.session.add(
        Review(
            id=new_id(), change_id=change.id, actor_id=uow.actor.user_id, actor_name=uow.actor.name,
            step=step, reason=reason, answers=dict(answers or {}), revision_id=change.head_id, at=uow.now,
        )
    )  # fmt: skip
    uow.audit(
        f"change.{step}", page_id=change.page_id, change_id=change.id, revision_id=change.head_id, reason=reason
    )
    settle(uow, change.id, is_decided=change.state != State.SUBMITTED)


def end_share_links(uow: UnitOfWork, change: Change) -> None:
    """Close the change to all who saw it by a link, or because they were asked for an opinion."""
    end_asking(uow, change)
    for link in uow.session.scalars(select(ShareLink).where(ShareLink.change_id == change.id)):
        uow.session.delete(link)


def end_asking(uow: UnitOfWork, change: Change) -> None:
    """Those who were asked for an opinion see it no longer; what they said stays."""
    change.people = [person for person in change.people if person.part != Part.ASKED]
    links = select(Opinion.share_link_id).where(Opinion.change_id == change.id)
    for link in uow.session.scalars(select(ShareLink).where(ShareLink.id.in_(links))):
        uow.session.delete(link)
    uow.session.flush()


def required_reason(reason: object) -> str:
    """The reason that was given. Raises Refused where there is none, or where it is a page long."""
    if not isinstance(reason, str) or not reason.strip():
        message = _("Please give a reason; the person reads it.")
        raise Refused(message, [Problem(field="reason", level=Level.DRAFT, message=message)])
    if len(reason) > REASON_LIMIT or any(ord(c) < 32 and c not in "\t\n\r" for c in reason):
        message = _("A reason is plain text of at most {number} characters.").format(number=REASON_LIMIT)
        raise Refused(message, [Problem(field="reason", level=Level.DRAFT, message=message)])
    return reason.strip().replace("\r\n", "\n")


def require_protected(uow: UnitOfWork) -> None:
    """Raises Forbidden for those who send nothing about a protected page."""
    try:
        require(uow.actor, "protected-page.submit")
    except Forbidden as error:
        message = _("This page is protected: moderators alone change it. Your text stays a draft.")
        raise Forbidden(message) from error


def _refuse_second_of_waiting_account(uow: UnitOfWork, change: Change) -> None:
    if uow.actor.state is not UserState.WAITING:
        return
    others = exists().where(
        Change.author_id == uow.actor.user_id, Change.id != change.id, Change.submitted_at.is_not(None)
    )
    if uow.session.scalar(select(others)):
        raise Forbidden(_("Your account waits for approval. Your first change is being looked at; this one can wait."))


def _reasons(acknowledged: Mapping[str, str]) -> dict[str, str]:
    return {str(code)[:60]: required_reason(reason) for code, reason in acknowledged.items()}


def _level(
    uow: UnitOfWork, change: Change, content: Content, as_level: str | None, acknowledged: Mapping[str, str]
) -> Level:
    """The level that the change is sent at. Raises Refused with every problem that stands in the way."""
    level = _wanted_level(as_level) or highest_level(uow, content)
    if level is None:
        raise Refused(_not_complete(), _all_missing(uow, content))
    problems = problems_at(uow, content, level)
    if in_the_way := blocking(problems, level):
        raise Refused(_not_complete(), in_the_way)
    if unanswered := _unanswered_warnings(uow, change, problems, acknowledged):
        raise Refused(_("Please read this, and go on with a reason if you are sure."), unanswered)
    return level


def _not_complete() -> str:
    return _("Some answers are missing before this can be published.")


def _all_missing(uow: UnitOfWork, content: Content) -> list[Problem]:
    """What is missing in short and in full, all at once; each problem says at which level it counts."""
    missing = [problem for level in (Level.SHORT, Level.FULL) for problem in problems_at(uow, content, level)]
    return [problem for problem in dict.fromkeys(missing) if problem.level != Level.WARNING]


def _wanted_level(as_level: str | None) -> Level | None:
    if as_level is None:
        return None
    if as_level not in (Level.SHORT, Level.FULL):
        message = _("A page is sent “short” or “full”.")
        raise Refused(message, [Problem(field="as", level=Level.DRAFT, message=message)])
    return Level(as_level)


def _unanswered_warnings(
    uow: UnitOfWork, change: Change, problems: list[Problem], acknowledged: Mapping[str, str]
) -> list[Problem]:
    page_type = uow.site.page_type(change.page.type)
    weighty = {rule.id for rule in page_type.rules if isinstance(rule, Remedy)}
    return [p for p in problems if p.code in weighty and p.code not in acknowledged]
