"""/pages/<slug>/ask: an author asks moderators to archive, rename or remove a page."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template

from kmwiki.domain.workflow import RequestVerb
from kmwiki.errors import Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.services.changes import requests
from kmwiki.services.changes.starting import OpenChangeExists
from kmwiki.services.pages.finding import find_page
from kmwiki.services.review.ready_reasons import ready_reasons
from kmwiki.web.form_input import first, posted
from kmwiki.web.gates import require_signed_in, require_signed_in_to_post
from kmwiki.web.request_words import words_of
from kmwiki.web.saving import Answer

blueprint = Blueprint("asking", __name__)
blueprint.before_request(require_signed_in_to_post)

_NAMES = ("verb", "successor", "slug", "reason")


@blueprint.get("/pages/<slug>/ask")
def form(slug: str) -> str:
    """Three choices, and why. Raises NotFound, Unauthenticated, Forbidden, Conflict (not published)."""
    with work() as uow:
        find_page(uow, slug)
    require_signed_in()
    try:
        with work() as uow:
            requests.askable_page(uow, slug)
    except OpenChangeExists as error:
        return _form(slug, {}, {}, error)
    return _form(slug, {}, {})


@blueprint.post("/pages/<slug>/ask")
def ask(slug: str) -> Answer:
    """Send the request; where it is refused, the form comes back with what was typed."""
    typed = {name: first(posted(), name) for name in _NAMES}
    try:
        with work() as uow:
            change = requests.ask(
                uow, slug, typed["verb"], typed["reason"],
                successor=_slug_in(typed["successor"]), new_slug=_slug_in(typed["slug"]),
            )  # fmt: skip
    except OpenChangeExists as error:
        return _form(slug, {}, typed, error), error.status
    except Refused as refused:
        messages: dict[str, list[str]] = {}
        for problem in refused.problems:
            messages.setdefault(problem.field, []).append(problem.message)
        return _form(slug, messages, typed), refused.status
    flash(_("Sent. A moderator looks at it; you will see here what comes of it."), "done")
    return redirect(f"/changes/{change.id}", 303)


def _slug_in(typed: str) -> str:
    """The last part of an address, as people copy it from their browser."""
    return typed.strip().rstrip("/").rpartition("/")[2]


def _form(
    slug: str,
    errors: Mapping[str, Sequence[str]],
    typed: Mapping[str, str],
    open_change: OpenChangeExists | None = None,
) -> str:
    with work() as uow:
        page = find_page(uow, slug)
        reasons = ready_reasons(uow, "ask")["ask"]
    words = {verb: words_of(verb) for verb in RequestVerb}
    return render_template(
        "pages/ask.html",
        page={"slug": page.slug, "title": page.title},
        choices=[{"code": verb.value, "label": found.label, "meaning": found.means} for verb, found in words.items()],
        reasons=reasons,
        open_change={"says": str(open_change), "url": f"/changes/{open_change.change_id}"} if open_change else None,
        errors=errors,
        typed=typed,
    )
