"""/review: the moderators' desk: what waits and for how long, small edits to look at, accounts that wait."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from kmwiki.domain.fields import title_of
from kmwiki.http.current import work
from kmwiki.http.languages import direction
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.render.dates import moment_in_words
from kmwiki.services import accounts
from kmwiki.services.looking import DeskView, OnDesk, look_at_desk
from kmwiki.site import UnitOfWork
from kmwiki.web.change_values import companions
from kmwiki.web.entries import pager
from kmwiki.web.gates import require_signed_in_to_post
from kmwiki.web.request_words import asks
from kmwiki.web.version import type_words

blueprint = Blueprint("review", __name__)
blueprint.before_request(require_signed_in_to_post)

#: After so long a change waits too long.
_LATE = timedelta(days=7)
_PER_PAGE = 50


@blueprint.get("/review")
def review() -> str:
    """The desk. Raises Unauthenticated, Forbidden."""
    page = paging_of(request.args, _PER_PAGE).page
    with work() as uow:
        view = look_at_desk(uow, page)
        values = _values(uow, view)
    return render_template("review/desk.html", pager=pager(view.desk.total, page, _PER_PAGE), **values)


@blueprint.post("/review/accounts/<username>/approve")
def approve(username: str) -> Response:
    with work() as uow:
        user = accounts.approve(uow, username)
    flash(_("{name} is in.").format(name=user.name), "done")
    return redirect("/review", 303)


@blueprint.post("/review/accounts/<username>/decline")
def decline_account(username: str) -> Response:
    with work() as uow:
        user = accounts.decline(uow, username)
    flash(_("The account of {name} is closed.").format(name=user.name), "done")
    return redirect("/review", 303)


def _values(uow: UnitOfWork, view: DeskView) -> dict[str, object]:
    waiting = [_item(uow, item, item.change.submitted_at) for item in view.waiting]
    asked = [item for item in waiting if item["asks"]]
    quick = [item for item in waiting if item["quick"]]
    reading = [item for item in waiting if not item["quick"] and not item["asks"]]
    look = [_item(uow, item, item.change.decided_at) for item in view.to_look_at]
    return {
        "lead": _lead(uow, view),
        "alone": _alone(uow, view),
        "groups": [
            {"id": "quick", "label": _("Quick"), "hint": _("Edits of at most 300 characters."), "items": quick},
            {"id": "reading", "label": _("Needs reading"), "hint": _("New pages and larger edits."), "items": reading},
            {"id": "asked", "label": _("Asked for"), "hint": _("To archive, rename or remove a page."), "items": asked},
            {"id": "look", "label": _("Published, please look"),
             "hint": _("Small edits by people whose small edits go live at once."), "items": look},
        ],
        "accounts": [
            {"name": user.name, "username": user.username, "organisation": user.organisation or None,
             "when": moment_in_words(user.created_at, uow.site.config.timezone),
             "approve_url": f"/review/accounts/{user.username}/approve",
             "decline_url": f"/review/accounts/{user.username}/decline"}
            for user in view.desk.accounts
        ],
        "filters": [],
        "age": _ages(uow, view),
    }  # fmt: skip


def _lead(uow: UnitOfWork, view: DeskView) -> str:
    if not view.desk.total:
        return _("No change waits.")
    text = ngettext("One change waits", "{number} changes wait", view.desk.total).format(number=view.desk.total)
    oldest = view.waiting[0].change.submitted_at if view.waiting else None
    if oldest is None:
        return f"{text}."
    return _("{waiting}; the oldest for {time}.").format(waiting=text, time=time_in_words(uow.now - oldest))


def _alone(uow: UnitOfWork, view: DeskView) -> str | None:
    if view.desk.moderators > 1 or not uow.actor.four_eyes:
        return None
    return _(
        "There is only one moderator. What you write yourself waits until there is a second one, or until an "
        "administrator switches four eyes off."
    )


def time_in_words(time: timedelta) -> str:
    """ "6 days", "3 hours": how long something waits."""
    if time.days:
        return ngettext("one day", "{number} days", time.days).format(number=time.days)
    hours = time.seconds // 3600
    if hours:
        return ngettext("one hour", "{number} hours", hours).format(number=hours)
    return _("less than an hour")


def _item(uow: UnitOfWork, item: OnDesk, since: datetime | None) -> dict[str, object]:
    change, content = item.change, item.content
    sign, label = type_words(uow.site, content.type)
    page_type = uow.site.page_type(content.type, content.edition)
    waited = uow.now - (since or change.updated_at)
    return {
        "url": f"/changes/{change.id}",
        "title": title_of(page_type, content.fields, uow.now.astimezone(uow.site.config.timezone).date()),
        "language": content.language,
        "direction": direction(content.language),
        "sign": sign,
        "type_label": label,
        "kind": asks(change) or _kind(item),
        "asks": bool(change.request),
        "together": companions(item.together),
        "quick": item.is_quick,
        "author": change.author.name,
        "organisation": change.author.organisation or None,
        "waiting": time_in_words(waited),
        "since": (since or change.updated_at).isoformat(),
        "late": waited > _LATE,
        "changed": _changed(item),
        "depth": _("in short") if change.depth == "short" else None,
        "first": item.is_first,
        "mine": change.author_id == uow.actor.user_id,
        "note": (change.note_to_reviewer if change.request else change.summary) or None,
    }


def _kind(item: OnDesk) -> str:
    return _("new page") if item.is_new_page else _("small edit") if item.is_quick else _("change")


def _changed(item: OnDesk) -> list[str]:
    if item.is_new_page or item.change.request:
        return []
    fields, characters = item.changed_fields, item.changed_characters
    return [
        ngettext("one part", "{number} parts", fields).format(number=fields),
        ngettext("one character", "{number} characters", characters).format(number=characters),
    ]


def _ages(uow: UnitOfWork, view: DeskView) -> list[dict[str, object]]:
    days = [(uow.now - item.change.submitted_at).days for item in view.waiting if item.change.submitted_at]
    parts = [
        {"label": _("up to 2 days"), "count": sum(day <= 2 for day in days)},
        {"label": _("3 to 7 days"), "count": sum(2 < day <= 7 for day in days)},
        {"label": _("longer"), "count": sum(day > 7 for day in days)},
    ]
    return parts if days else []
