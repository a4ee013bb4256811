"""What moderators do with a change: publish, settle what clashes, return, reject."""

from uuid import UUID

from flask import Response

from kmwiki.api.answers import change_answer
from kmwiki.api.body import id_of, members, needed_id, refused, text_of, texts_by_name
from kmwiki.api.doors import change_for
from kmwiki.api.shapes import conflicts_json
from kmwiki.domain.workflow import Verb
from kmwiki.errors import Conflict, NotFound
from kmwiki.http.current import work
from kmwiki.http.errors import problem
from kmwiki.i18n import gettext as _
from kmwiki.services.changes.lifecycle import REASON_LIMIT
from kmwiki.services.changes.revisions import require_savable
from kmwiki.services.review import moderation
from kmwiki.services.review.publishing import Outcome, publish
from kmwiki.site import UnitOfWork


def publish_change(id: UUID) -> Response:
    """Publish the revision that was looked at, or do what the change asks.

    409 `page-moved` where something else must be looked at first.
    """
    with work() as uow:
        change_for(uow, id, "change.publish", Verb.PUBLISH)
        given = members("revision", "onto", "comment", "slug")
        outcome = publish(
            uow,
            id,
            needed_id(given, "revision"),
            onto=id_of(given, "onto"),
            comment=text_of(given, "comment", REASON_LIMIT),
            slug=text_of(given, "slug") or None,
        )
        if not outcome.is_done:
            return _page_moved(uow, outcome)
    return change_answer(id)


def _page_moved(uow: UnitOfWork, outcome: Outcome) -> Response:
    """The merge revision, stored and to be looked at, or what contradicts and has to be settled."""
    both = list(outcome.both_changed)
    if outcome.conflicts is not None:
        message = _("The page was changed meanwhile, and the two texts contradict each other. Settle it first.")
        return problem(409, "page-moved", message, both_changed=both, conflicts=conflicts_json(uow, outcome.conflicts))
    assert outcome.look_at is not None
    message = _("The page was changed meanwhile in the same places. Look at the combination, then publish that.")
    answered = problem(409, "page-moved", message, both_changed=both, revision=str(outcome.look_at.id))
    answered.set_etag(str(outcome.look_at.id))
    return answered


def settle_change(id: UUID) -> Response:
    """Decide each contradiction: `mine` (the change), `theirs` (the page) or `both`."""
    with work() as uow:
        change = change_for(uow, id, "change.save")
        require_savable(change)
        given = members("revision", "choices")
        revision, choices = needed_id(given, "revision"), texts_by_name(given, "choices", 500)
        if change.head_id != revision:
            raise Conflict(_("Somebody saved this change meanwhile. Please look at it again."))
        try:
            moderation.settle_clash(uow, id, revision, choices)
        except NotFound as error:
            raise Conflict(str(error)) from error
    return change_answer(id)


def return_change(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.return", Verb.RETURN)
        moderation.return_change(uow, id, _reason())
    return change_answer(id)


def reject_change(id: UUID) -> Response:
    with work() as uow:
        change_for(uow, id, "change.reject", Verb.REJECT)
        moderation.reject(uow, id, _reason())
    return change_answer(id)


def _reason() -> str:
    reason = members("reason").get("reason", "")
    if not isinstance(reason, str):
        raise refused("reason", _("Please give a reason; the person reads it."))
    return reason
