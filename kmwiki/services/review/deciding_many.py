"""Several changes published or sent back in one go: each under the rules of a single one, all of them or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.workflow import PageState, State, Verb, next_state
from kmwiki.errors import Conflict, Forbidden, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Change
from kmwiki.permissions import require
from kmwiki.services.changes.checking import blocking, problems_at
from kmwiki.services.changes.lifecycle import required_reason
from kmwiki.services.pages.finding import content_of, find_change, find_revision
from kmwiki.services.review.decided import refuse_decided
from kmwiki.services.review.moderation import return_found
from kmwiki.services.review.publishing import Outcome, ReadyToPublish, publish_ready, ready_to_publish
from kmwiki.site import UnitOfWork

ManyVerb = Literal["publish", "return"]

#: So many at most: it is one transaction, and nobody's save is to wait for longer than 50 ms.
MOST_AT_ONCE: Mapping[ManyVerb, int] = {"publish": 3, "return": 6}
#: Nobody can tick more on one page of the desk.
_MOST_LOOKED_UP = 100


@dataclass(frozen=True)
class Ticked:
    """A change that was ticked, and its newest version as it was shown."""

    change_id: UUID
    revision_id: UUID | None


def decide_many(uow: UnitOfWork, verb: ManyVerb, ticked: Sequence[Ticked], reason: str = "") -> Sequence[Change]:
    """Publish these changes, or send them back with one reason for all.

    Raises NotFound where one of them is not the asker's to see, and Refused with every obstacle: at the field `ids`
    with the change as its row, at `reason`, or at none. Nothing is done then.
    """
    require(uow.actor, "desk.read")
    problems = [*_of_number(verb, len(ticked)), *_of_reason(verb, reason)]
    if len(ticked) > _MOST_LOOKED_UP:
        raise _refused(problems)
    changes = [find_change(uow, each.change_id) for each in ticked]
    for number, (change, each) in enumerate(zip(changes, ticked, strict=True)):
        problems += [_problem(change, words) for words in _obstacles(uow, verb, change, each, changes[:number])]
    if problems:
        raise _refused(problems)
    if verb == "return":
        return [return_found(uow, change, required_reason(reason)) for change in changes]
    ready = [ready_to_publish(uow, change) for change in changes]  # before the first write: it takes its time
    return [_publish(uow, each).change for each in ready]


def _refused(problems: Sequence[Problem]) -> Refused:
    return Refused(_("Nothing was done: please look at what is said below."), problems)


def _of_number(verb: ManyVerb, number: int) -> Iterator[Problem]:
    if not number:
        yield Problem("", Level.DRAFT, _("Tick at least one change first."))
    most = MOST_AT_ONCE[verb]
    if number > most:
        message = {
            "publish": _("At most {number} changes are published at once."),
            "return": _("At most {number} changes are sent back at once."),
        }[verb]
        yield Problem("", Level.DRAFT, message.format(number=most))


def _of_reason(verb: ManyVerb, reason: str) -> Sequence[Problem]:
    if verb == "return":
        try:
            required_reason(reason)
        except Refused as refused:
            return refused.problems
    return ()


def _problem(change: Change, words: str) -> Problem:
    return Problem("ids", Level.DRAFT, words, row=str(change.id))


def _obstacles(
    uow: UnitOfWork, verb: ManyVerb, change: Change, ticked: Ticked, before: Sequence[Change]
) -> Iterator[str]:
    """What stands in the way of one of them, the first thing that is found."""
    try:
        require(uow.actor, f"change.{verb}", change)
        refuse_decided(uow, change)
        next_state(State(change.state), Verb(verb))
    except (Forbidden, Conflict) as error:
        yield str(error)
        return
    if change.head_id != ticked.revision_id:
        yield _("The author saved again after you looked. Please look at the newest text first.")
    elif verb == "publish":
        yield from _look_first(uow, change, before)


def _look_first(uow: UnitOfWork, change: Change, before: Sequence[Change]) -> Iterator[str]:
    """Why one of them cannot be published without being looked at on its own."""
    if change.request or change.merges:
        yield _("Look at this one first: something is to be done with its page.")
    elif change.base_id is None:
        yield _("Look at this one first: it is a new page.")
    elif change.page.state != PageState.PUBLISHED:
        yield _("Look at this one first: its page is archived, or in the bin.")
    elif change.page.published_revision_id != change.base_id:
        yield _("Look at this one first: its page was published anew since it began.")
    elif any(other.page_id == change.page_id for other in before):
        yield _("Look at this one first: another one that you ticked changes the same page.")
    elif _is_incomplete(uow, change):
        yield _("Look at this one first: some answers are missing before it can be published.")


def _is_incomplete(uow: UnitOfWork, change: Change) -> bool:
    level = Level(change.depth or Level.SHORT)
    return bool(blocking(problems_at(uow, content_of(find_revision(uow, change.head_id)), level), level))


def _publish(uow: UnitOfWork, ready: ReadyToPublish | Outcome) -> Outcome:
    if isinstance(ready, Outcome):  # its page was published anew in this very moment
        raise Conflict(_("Somebody else published this page at the same moment. Please compare again."))
    return publish_ready(uow, ready)


def ticked_of(pairs: Mapping[UUID, UUID | None]) -> list[Ticked]:
    """The ticks of a form, each change once."""
    return [Ticked(change_id, revision_id) for change_id, revision_id in pairs.items()]
