"""What a change asks to be done with its page, in words: on the desk, in lists, on its own page."""

from dataclasses import dataclass

from kmwiki.domain.workflow import RequestVerb
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, Page


@dataclass(frozen=True)
class RequestWords:
    """One kind of request; `button`, `means` and `done` are for the moderator who carries it out."""

    label: str
    asks: str
    button: str
    means: str
    done: str


def words_of(verb: str) -> RequestWords:
    """The words for this verb."""
    return {
        RequestVerb.ARCHIVE: RequestWords(
            _("Archive it"), _("Asks to archive this page"), _("Archive it"),
            _("It stays readable, with the reason above it, and leaves lists and search."), _("Archived."),
        ),
        RequestVerb.RENAME: RequestWords(
            _("Rename it"), _("Asks to rename this page"), _("Rename it"),
            _("The old address leads to the new one for ever."), _("Renamed; the old address leads here."),
        ),
        RequestVerb.REMOVE: RequestWords(
            _("Remove it"), _("Asks to remove this page"), _("Put it into the bin"),
            _("It goes into the bin, where only moderators see it. After 30 days it is removed for good."),
            _("In the bin: it is removed for good in 30 days."),
        ),
    }[RequestVerb(verb)]  # fmt: skip


def asks(change: Change) -> str | None:
    """ "Asks to archive this page"; None for a change of the text."""
    return words_of(change.request["verb"]).asks if change.request else None


def request_words(change: Change, successor: Page | None) -> dict[str, object] | None:
    """What changes/change.html says of a request."""
    if not change.request:
        return None
    words = words_of(change.request["verb"])
    return {
        "asks": words.asks,
        "reason": change.note_to_reviewer,
        "slug": change.request.get("slug"),
        "successor": {"title": successor.title, "url": f"/pages/{successor.slug}"} if successor else None,
        "button": words.button,
        "means": words.means,
        "look": "danger" if change.request["verb"] == RequestVerb.REMOVE else "main",
    }
