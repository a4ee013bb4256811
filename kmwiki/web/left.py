"""/review/left: drafts of people who have left, to be handed over by an administrator."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request

from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.models import Change, UserState
from kmwiki.render.dates import day_of
from kmwiki.services.changes import cooperation, handing_over
from kmwiki.site import UnitOfWork
from kmwiki.web.entries import pager
from kmwiki.web.form_input import first, posted
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.saving import Answer, messages_of
from kmwiki.web.version import type_words

blueprint = Blueprint("left", __name__)
blueprint.before_request(require_signed_in_to_post)

_PER_PAGE = 50
_LIST = "/review/left"


@blueprint.get(_LIST)
def left() -> str:
    """Raises Unauthenticated, Forbidden."""
    return _page(None, "", [])


@blueprint.post("/review/left/<uuid:change_id>")
def hand_over(change_id: UUID) -> Answer:
    """Hand one over; where that is refused, the name that was typed stands at its place."""
    name = first(posted(), "username")
    try:
        with work() as uow:
            receiver = handing_over.hand_over_left(uow, change_id, name)
    except (Refused, Conflict) as error:
        return _page(change_id, name, messages_of(error)), error.status
    flash(_("Handed over to {name}.").format(name=receiver.name), "done")
    return redirect(_LIST, 303)


def _page(at: UUID | None, typed: str, errors: Sequence[str]) -> str:
    page = paging_of(request.args, _PER_PAGE).page
    with work() as uow:
        total, drafts = handing_over.left_drafts(uow, page, _PER_PAGE)
        entries = [_entry(uow, draft) for draft in drafts]
    for entry in entries:
        mine = entry["id"] == at
        entry |= {"typed": typed if mine else "", "errors": errors if mine else ()}
    return render_template(
        "review/left.html", drafts=entries, days=cooperation.AWAY_DAYS, pager=pager(total, page, _PER_PAGE)
    )


def _entry(uow: UnitOfWork, draft: Change) -> dict[str, object]:
    zone, author = uow.site.config.timezone, draft.author
    sign, label = type_words(uow.site, draft.page.type)
    seen = day_of(author.seen_at or author.created_at, zone)
    closed = author.state == UserState.DISABLED
    return {
        "id": draft.id, "url": f"{_LIST}/{draft.id}", "author": author.name, "sign": sign, "type_label": label,
        "is_new": draft.base_id is None, "saved": day_of(draft.updated_at, zone),
        "away": _("account closed") if closed else _("last seen on {day}").format(day=seen),
    }  # fmt: skip
