"""A text about a decision to be copied into any messenger: plain words in the author's language."""

from kmwiki.i18n import INTERFACE_LANGUAGES, current_language, language
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Review
from kmwiki.services.review.decided import last_decision
from kmwiki.site import UnitOfWork

#: What a messenger shows without folding it.
MOST_CHARACTERS = 600
_TOLD = ("published", "carried-out", "returned", "rejected")


def text_to_copy(uow: UnitOfWork, change: Change, title: str, base_url: str) -> str | None:
    """What was decided last about this change, why, and where it is read; None where nothing is to be told.

    Nobody tells themselves, and what was sent again since is not decided.
    """
    decision = last_decision(uow, change)
    still_holds = change.is_returned or change.state in ("published", "rejected")
    if decision is None or not still_holds or decision.step not in _TOLD:
        return None
    if change.author_id in (uow.actor.user_id, decision.actor_id):
        return None
    with language(language_of(change)):
        return _text(change, decision, title, base_url)


def language_of(change: Change) -> str:
    """The first language of the interface that the author reads; where none is known, the current one."""
    named = [str(code).partition("-")[0] for code in change.author.languages]
    return next((code for code in named if code in INTERFACE_LANGUAGES), current_language())


def _text(change: Change, decision: Review, title: str, base_url: str) -> str:
    path = f"/p/{change.page_id}" if decision.step == "published" else f"/changes/{change.id}"
    address = base_url + path
    said = _sentence(decision.step).format(title=_shortened(title, 150))
    left = MOST_CHARACTERS - len(said) - len(address) - len("\n\n")
    reason = _shortened(decision.reason, left)
    return "\n".join(filter(None, [said, reason, address]))


def _sentence(step: str) -> str:
    return {
        "published": _("“{title}” is published. Thank you!"),
        "carried-out": _("What you asked for “{title}” is done."),
        "returned": _("“{title}” needs something more before it can be published:"),
        "rejected": _("“{title}” was not accepted. Your text is kept for you. The reason:"),
    }[step]


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[: most - 2].rpartition(" ")[0] + " …" if most > 2 else ""
