"""The boxes of a change's page in which it goes on: sending it for review, deciding about it, telling of it."""

from collections.abc import Mapping

from kmwiki.domain.problems import Level
from kmwiki.http.current import base_url
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.models import Change, UserState
from kmwiki.permissions import may
from kmwiki.render.dates import moment_in_words
from kmwiki.services.changes.looking import ChangeView
from kmwiki.services.review import moderation
from kmwiki.services.review.decision_words import text_to_copy
from kmwiki.services.review.desk import taken
from kmwiki.services.review.reviewer_answers import questions_for
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.confirming import READ_BY, confirmations


def send_values(uow: UnitOfWork, view: ChangeView, typed: Mapping[str, str]) -> dict[str, object]:
    """What the author is asked before the change is sent, and what happens then."""
    given: Mapping[str, str] = view.change.acknowledged
    level = view.level or Level.SHORT
    return {
        "depths": [
            {"code": "short", "label": _("In short"), "meaning": _("The first questions; it can grow later.")},
            {"code": "full", "label": _("In full"), "meaning": _("Every question that belongs to it.")},
        ],
        "depth": typed.get("as") or level.value,
        "ticks": [
            {"name": f"confirmed.{name}", "label": words, "ticked": f"confirmed.{name}" in typed}
            for name, words in confirmations().items()
        ],
        "warnings": [
            {"code": p.code, "message": p.message,
             "reason": typed.get(f"acknowledged.{p.code}") or given.get(p.code or "", "")}
            for p in view.warnings()
        ],
        "read_by": typed.get("read_by") or given.get(READ_BY, ""),
        "usual": _usual_answer(uow),
        "others": _others_to_send(uow.site, view, typed),
    }  # fmt: skip


def _usual_answer(uow: UnitOfWork) -> str:
    """What happens after sending: who usually answers, and how long it took lately."""
    lately = moderation.latest_answers(uow)
    line = _("A moderator reads it, publishes it or sends it back with a reason. You see it here and in your list.")
    if not lately.days:
        return line
    days = max(1, round(lately.median_days()))
    took = ngettext("Lately it took about a day.", "Lately it took about {number} days.", days).format(number=days)
    names = _("Usually this is {names}.").format(names=", ".join(lately.names)) if lately.names else ""
    return " ".join(filter(None, [line, names, took]))


def _others_to_send(site: Site, view: ChangeView, typed: Mapping[str, str]) -> list[dict[str, object]]:
    """Drafts that can be sent with it; at first those are ticked that it links to or that link to it."""
    ticked = typed["together"].split() if "together" in typed else None
    return [
        {
            "id": draft.change.id,
            "title": draft.title,
            "type_label": str(site.page_type(draft.change.page.type).label),
            "ticked": draft.is_linked if ticked is None else str(draft.change.id) in ticked,
        }
        for draft in view.drafts
    ]


def publish_values(view: ChangeView, typed: Mapping[str, str]) -> dict[str, object]:
    """What a moderator publishes, and what its author said of it."""
    change = view.change
    given: Mapping[str, str] = change.acknowledged
    ticked = [words for name, words in confirmations().items() if name in given]
    if reader := given.get(READ_BY):
        ticked.append(_("Also read by: {names}").format(names=reader))
    others = {code: why for code, why in given.items() if code not in confirmations() and code != READ_BY}
    ticked += [_("Went on in spite of a warning: {reason}").format(reason=why) for why in others.values()]
    return {
        "revision": change.head_id,
        "onto": change.page.published_revision_id,
        "slug": None if change.page.slug else typed.get("slug") or change.slug or "",
        "depth": _("in full") if change.depth == Level.FULL else _("in short"),
        "ticked": ticked,
        "new_author": change.author.name if change.author.state == UserState.WAITING else None,
    }


def question_values(view: ChangeView, typed: Mapping[str, str]) -> list[dict[str, str]]:
    """The questions for the reviewer, with what was typed."""
    return [
        {
            "id": question.id,
            "label": str(question.label),
            "answer": typed.get(f"review.{question.id}", ""),
            "line": typed.get(f"review.{question.id}.line", ""),
        }
        for question in questions_for(view.page_type, view.change)
    ]


def taken_values(uow: UnitOfWork, change: Change) -> dict[str, object] | None:
    """Who is looking at it now, for other moderators and for herself."""
    name = taken(change, uow.now)
    if name is None or change.taken_at is None:
        return None
    mine = change.taken_by_id == uow.actor.user_id
    since = moment_in_words(change.taken_at, uow.site.config.timezone)
    said = _("You are looking at this since {when}.") if mine else _("{name} is looking at this since {when}.")
    return {"text": said.format(name=name, when=since), "mine": mine}


def told_values(uow: UnitOfWork, view: ChangeView, title: str) -> dict[str, str] | None:
    """What a moderator can hand to the author herself about the decision, by any messenger."""
    if not may(uow.actor, "change.return", view.change):
        return None
    text = text_to_copy(uow, view.change, title, base_url())
    return {"name": view.change.author.name, "text": text} if text else None
