"""Who decided about a change, in plain words: for whoever comes a moment too late."""

from sqlalchemy import select

from kmwiki.domain.workflow import State
from kmwiki.errors import Conflict
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Review
from kmwiki.render.dates import moment_in_words
from kmwiki.site import UnitOfWork

#: Steps after which a change does not wait any more.
DECISIONS = ("published", "carried-out", "returned", "rejected", "withdrawn")


def last_decision(uow: UnitOfWork, change: Change) -> Review | None:
    """The newest step that ended the waiting of this change."""
    decisions = select(Review).where(Review.change_id == change.id, Review.step.in_(DECISIONS))
    return uow.session.scalars(decisions.order_by(Review.at.desc(), Review.id.desc()).limit(1)).first()


def refuse_decided(uow: UnitOfWork, change: Change) -> None:
    """Raises Conflict, naming who it was, where somebody decided already."""
    if change.state != State.SUBMITTED and (decision := last_decision(uow, change)):
        raise Conflict(_words(uow, decision))


def too_late(uow: UnitOfWork, change: Change) -> Conflict:
    """What is said to whoever lost a race for this change, which is as it was read before."""
    state = uow.session.scalar(select(Change.state).where(Change.id == change.id))
    if change.state == State.SUBMITTED != state and (decision := last_decision(uow, change)):
        return Conflict(_words(uow, decision))
    return Conflict(_("Somebody else changed this at the same moment. Please look at it again."))


def _words(uow: UnitOfWork, decision: Review) -> str:
    words = {
        "published": _("{name} published this meanwhile ({when}). Nothing of yours was done."),
        "carried-out": _("{name} did meanwhile what was asked ({when}). Nothing of yours was done."),
        "returned": _("{name} sent this back to its author meanwhile ({when}). Nothing of yours was done."),
        "rejected": _("{name} did not accept this, meanwhile ({when}). Nothing of yours was done."),
        "withdrawn": _("{name} took this back from review meanwhile ({when}). Nothing of yours was done."),
    }
    when = moment_in_words(decision.at, uow.site.config.timezone)
    return words[decision.step].format(name=decision.actor_name, when=when)
