"""What happened to a change, newest first: who decided what, why, about which text, with which answers."""

from collections.abc import Mapping
from uuid import UUID

from kmwiki.i18n import gettext as _
from kmwiki.models import Review, Revision
from kmwiki.render.dates import moment_in_words
from kmwiki.services.changes.looking import ChangeView
from kmwiki.services.review.corrections import corrected_from
from kmwiki.services.review.reviewer_answers import answer_words
from kmwiki.site import Site
from kmwiki.web.change_compare import Look

#: Steps that were taken about a text, which one may want to see again.
_ABOUT_A_TEXT = ("submitted", "returned", "rejected", "published", "withdrawn")


def steps(view: ChangeView, site: Site, versions: Mapping[UUID, Revision]) -> list[dict[str, object]]:
    """For components/history.html; `versions` are those that the asker may look at."""
    found = [entry for entry in reversed(view.conversation) if isinstance(entry, Review)]
    return [_step(view, site, step, versions) for step in found]


def _step(view: ChangeView, site: Site, step: Review, versions: Mapping[UUID, Revision]) -> dict[str, object]:
    return {
        "title": step_words(step.step),
        "url": None,
        "when": moment_in_words(step.at, site.config.timezone),
        "iso": step.at.isoformat(),
        "who": [step.actor_name],
        "text": step.reason or None,
        "now": False,
        "status": None,
        "links": _links(view, step, versions),
        "answers": _answers(view, step),
    }


def _links(view: ChangeView, step: Review, versions: Mapping[UUID, Revision]) -> list[dict[str, str]]:
    at, about = f"/changes/{view.change.id}", step.revision_id
    if about not in versions or view.change.request:
        return []
    if step.step == "corrected":
        before = corrected_from(step, versions)
        look = Look(since=before, until=about)
        return [{"label": _("What was corrected"), "url": f"{at}{look.query()}#changes"}] if before in versions else []
    if step.step not in _ABOUT_A_TEXT:
        return []
    then = {"label": _("The text at that time"), "url": f"{at}{Look('before', about).query()}#changes"}
    since = {"label": _("What changed since"), "url": f"{at}{Look(since=about).query()}#changes"}
    return [then, since] if about != view.change.head_id else [then]


def _answers(view: ChangeView, step: Review) -> list[dict[str, str | None]]:
    """In the order of the questions; one that the page type does not ask any more keeps its name."""
    labels = {question.id: str(question.label) for question in view.page_type.reviewer_questions}
    words = answer_words()
    order = [*(id for id in labels if id in step.answers), *(id for id in step.answers if id not in labels)]
    return [
        {
            "question": labels.get(id, id),
            "answer": words.get(step.answers[id]["answer"], step.answers[id]["answer"]),
            "line": step.answers[id].get("line"),
        }
        for id in order
    ]


def step_words(step: str) -> str:
    """What people call a step."""
    return {
        "submitted": _("Sent for review"),
        "withdrawn": _("Taken back from review"),
        "returned": _("Sent back"),
        "rejected": _("Not accepted"),
        "published": _("Published"),
        "asked": _("Asked for"),
        "carried-out": _("Done"),
        "corrected": _("Corrected by a moderator"),
        "opinion-asked": _("Somebody was asked for an opinion"),
        "opinion-unasked": _("A question for an opinion was taken back"),
        "combined": _("Combined with the newer version of the page"),
        "discarded": _("Put away"),
        "undiscarded": _("Brought back"),
        "reopened": _("Taken up again"),
        "coauthor-invited": _("Somebody was invited to write too"),
        "coauthor-accepted": _("Writes too"),
        "handed-over": _("Handed over to somebody else"),
        "shared": _("Shared for comments"),
        "share-ended": _("A share link was ended"),
        "looked-at": _("Looked at, and left as it is"),
        "taken-back": _("Taken back"),
    }.get(step, step)
