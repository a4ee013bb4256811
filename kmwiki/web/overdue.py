"""/review/overdue: pages that are to be looked at again; saying of one that it is still right."""

from flask import Blueprint, flash, redirect, render_template, request

from kmwiki.errors import Conflict
from kmwiki.http.current import current_site, work
from kmwiki.http.languages import direction
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.render.dates import day_in_words
from kmwiki.services.pages import checkups
from kmwiki.site import Site
from kmwiki.web.entries import pager
from kmwiki.web.form_input import first, posted
from kmwiki.web.frame import types_in_order
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.saving import Answer
from kmwiki.web.version import type_words

blueprint = Blueprint("overdue", __name__)
blueprint.before_request(require_signed_in_to_post)

_PER_PAGE = 50
_LIST = "/review/overdue"


@blueprint.get(_LIST)
def overdue() -> str:
    """The longest overdue first; `type` narrows the list. Raises Unauthenticated, Forbidden."""
    site, page, chosen = current_site(), paging_of(request.args, _PER_PAGE).page, request.args.get("type", "")
    with work() as uow:
        total, pages = checkups.overdue(uow, page, _PER_PAGE, chosen)
    types = [(_("All"), ""), *((str(one.plural), one.name) for one in types_in_order(site) if one.check_again_months)]
    return render_template(
        "review/overdue.html",
        pages=[_entry(site, found) for found in pages],
        filters=[
            {"label": label, "url": f"{_LIST}?type={name}" if name else _LIST, "current": name == chosen}
            for label, name in types
        ],
        pager=pager(total, page, _PER_PAGE),
    )


def _entry(site: Site, page: Page) -> dict[str, object]:
    sign, label = type_words(site, page.type)
    return {
        "url": f"/pages/{page.slug}", "title": page.title, "language": page.language,
        "direction": direction(page.language), "sign": sign, "type_label": label,
        "since": day_in_words(page.check_again_on) if page.check_again_on else "",
    }  # fmt: skip


@blueprint.post("/pages/<slug>/still-right")
def still_right(slug: str) -> Answer:
    """Back to where it was said: the list, or the page."""
    try:
        with work() as uow:
            page = checkups.still_right(uow, slug)
        until = day_in_words(page.check_again_on) if page.check_again_on else ""
        flash(_("Thank you. It is to be looked at again on {day}.").format(day=until), "done")
    except Conflict as error:
        flash(str(error), "info")
    return redirect(_LIST if first(posted(), "back") == "list" else f"/pages/{slug}", 303)
