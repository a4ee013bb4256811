"""/pages/<slug>/merge: what making a page part of another would do, and beginning it. For moderators."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request

from kmwiki.domain.parts import content_of, parts_of
from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.services.changes import page_merging
from kmwiki.services.changes.page_merging import Merging
from kmwiki.services.changes.starting import OpenChangeExists
from kmwiki.site import UnitOfWork
from kmwiki.web.comparing import shown_comparison
from kmwiki.web.form_input import first, posted
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.saving import Answer, messages_of
from kmwiki.web.version import page_link

blueprint = Blueprint("merging", __name__)
blueprint.before_request(require_signed_in_to_post)


@blueprint.get("/pages/<slug>/merge")
def preview(slug: str) -> Answer:
    """Which page is kept, and then what would change in it. Raises NotFound, Forbidden, Conflict."""
    into = _slug_in(request.args.get("into", ""))
    try:
        return _page(slug, into)
    except OpenChangeExists as error:
        return _led_to(error)
    except Refused as refused:
        return _page(slug, "", into, messages_of(refused)), refused.status


@blueprint.post("/pages/<slug>/merge")
def begin(slug: str) -> Answer:
    """Begin the change that takes the page over; nothing moves before it is published."""
    into = _slug_in(first(posted(), "into"))
    try:
        with work() as uow:
            change = page_merging.begin(uow, slug, into)
    except OpenChangeExists as error:
        return _led_to(error)
    except (Refused, Conflict) as error:
        return _page(slug, "", into, messages_of(error)), error.status
    flash(_("Both are together in this change now. Read through it, then send it for review."), "done")
    return redirect(f"/changes/{change.id}", 303)


def _slug_in(typed: str) -> str:
    """The last part of an address, as people copy it from their browser."""
    return typed.strip().rstrip("/").rpartition("/")[2]


def _led_to(error: OpenChangeExists) -> Answer:
    flash(_("You are changing the page that is kept yourself. Send or put away that change first."), "warning")
    return redirect(f"/changes/{error.change_id}", 303)


def _page(slug: str, into: str, typed: str = "", errors: Sequence[str] = ()) -> str:
    with work() as uow:
        page = page_merging.mergeable_page(uow, slug)
        merging = page_merging.look(uow, slug, into) if into else None
        return render_template(
            "pages/merge.html",
            page={"slug": page.slug, "title": page.title, "language": page.language},
            preview=_preview(uow, merging) if merging else None,
            typed=typed or into, errors=errors,
        )  # fmt: skip


def _preview(uow: UnitOfWork, merging: Merging) -> dict[str, object]:
    combined = merging.combined
    shown = shown_comparison(uow, merging.page_type, merging.own, combined)
    theirs, parts = parts_of(merging.other), parts_of(combined)
    left = content_of(combined, parts | {name: theirs.get(name) for name in merging.taken.left})
    return {
        "into": merging.kept.slug,
        "kept": page_link(uow.site, merging.kept),
        "again": merging.change is not None,
        "changes": shown.changes,
        "left": shown_comparison(uow, merging.page_type, combined, left).changes,
    }
