"""Asking that a page be archived, renamed or removed."""

from flask import Response, url_for

from kmwiki.api.answers import change_answer
from kmwiki.api.body import members, needed_text, refused, text_of
from kmwiki.domain.workflow import RequestVerb
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.services.changes import requests

#: What each of them can be told besides the reason.
_FITTING = {RequestVerb.ARCHIVE: "successor", RequestVerb.RENAME: "slug"}


def ask_about_page(slug: str) -> Response:
    """A change that asks for it, sent for review at once."""
    with work() as uow:
        requests.askable_page(uow, slug)
        given = members("verb", "reason", *_FITTING.values())
        verb = needed_text(given, "verb")
        _refuse_unfitting(given, verb)
        change = requests.ask(
            uow, slug, verb, given.get("reason"),
            successor=text_of(given, "successor"), new_slug=text_of(given, "slug"),
        )  # fmt: skip
    return change_answer(change.id, 201, url_for("api.read_change", id=change.id))


def _refuse_unfitting(given: dict[str, object], verb: str) -> None:
    """A member that counts for nothing here is refused, like one that is not known."""
    for asked, name in _FITTING.items():
        if given.get(name) is not None and verb != asked:
            raise refused(name, _("“{name}” is not something that can be given here.").format(name=name))
