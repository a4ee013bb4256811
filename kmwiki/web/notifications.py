"""/account/notifications: what one was told of. Looking changes nothing; marking as read is a button."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request

from kmwiki.domain.events import GROUP_OF, Event
from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.render.dates import moment_in_words
from kmwiki.render.event_words import group_words
from kmwiki.services.telling import notifications, unread
from kmwiki.services.telling.notifications import Told
from kmwiki.site import Site
from kmwiki.web.account import account_blueprint, own_account
from kmwiki.web.entries import pager
from kmwiki.web.saving import Answer

blueprint = account_blueprint("notifications")

_PER_PAGE = 30


@blueprint.get("/account/notifications")
def page() -> str:
    paging = paging_of({"page": request.args.get("page", "")})
    with work() as uow:
        own_account(uow)
        total, told = notifications.told(uow, paging.page, _PER_PAGE)
        entries = [_entry(uow.site, one) for one in told]
    return render_template(
        "account/notifications.html", entries=entries, pager=pager(total, paging.page, _PER_PAGE),
        any_unread=any(entry["unread"] for entry in entries),
    )  # fmt: skip


def _entry(site: Site, told: Told) -> Mapping[str, object]:
    notification = told.notification
    return {
        "words": told.sentence or _("This is about something that you may not see any more."),
        "url": told.path,
        "when": moment_in_words(notification.at, site.config.timezone),
        "group": group_words(GROUP_OF[Event(notification.event)]),
        "unread": notification.read_at is None,
        "read_url": f"/account/notifications/{notification.id}/read",
    }


@blueprint.post("/account/notifications/<uuid:notification_id>/read")
def mark_read(notification_id: UUID) -> Answer:
    with work() as uow:
        own_account(uow)
        unread.mark_read(uow, notification_id)
    return redirect("/account/notifications", 303)


@blueprint.post("/account/notifications/read")
def mark_all_read() -> Answer:
    with work() as uow:
        own_account(uow)
        unread.mark_all_read(uow)
    flash(_("All are marked as read."), "done")
    return redirect("/account/notifications", 303)
