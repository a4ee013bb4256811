"""The two boxes of a change's page in which it goes on: sending it for review, and publishing it."""

from collections.abc import Mapping

from kmwiki.domain.problems import Level
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.models import UserState
from kmwiki.services import moderation
from kmwiki.services.looking import ChangeView
from kmwiki.site import Site, UnitOfWork
from kmwiki.web.reasons import READ_BY, confirmations


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
