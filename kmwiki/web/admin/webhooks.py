"""/admin/webhooks: programs that are told what was published."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from kmwiki.domain.events import Event
from kmwiki.errors import Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.models import Webhook
from kmwiki.render.dates import moment_in_words
from kmwiki.services.telling import webhooks
from kmwiki.site import Site
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field

blueprint = admin_blueprint("webhooks", "site.webhooks")


@blueprint.get("/admin/webhooks")
def listed() -> str:
    return _page()


@blueprint.post("/admin/webhooks")
def add() -> Answer:
    """A new one; its secret is shown on this answer and never again."""
    form = posted()
    try:
        with work() as uow:
            added = webhooks.add_webhook(uow, first(form, "url"), form.get("events", ()))
            secret = added.secret
    except Refused as refused:
        typed = {"url": first(form, "url"), "events": list(form.get("events", ()))}
        return _page(typed=typed, errors=errors_by_field(refused)), refused.status
    return _page(secret=secret), 201


@blueprint.post("/admin/webhooks/<uuid:webhook_id>/test")
def test(webhook_id: UUID) -> Response:
    with work() as uow:
        webhooks.send_test(uow, webhook_id)
    flash(_("A test is on its way. Load this page again to see the answer."), "done")
    return _back()


@blueprint.post("/admin/webhooks/<uuid:webhook_id>/switch")
def switch(webhook_id: UUID) -> Response:
    is_on = first(posted(), "on") == "1"
    with work() as uow:
        webhooks.switch(uow, webhook_id, is_on)
    flash(_("It is told again.") if is_on else _("It is told nothing more."), "done")
    return _back()


@blueprint.post("/admin/webhooks/<uuid:webhook_id>/remove")
def remove(webhook_id: UUID) -> Response:
    with work() as uow:
        webhooks.remove_webhook(uow, webhook_id)
    flash(_("Removed."), "done")
    return _back()


def _back() -> Response:
    return redirect("/admin/webhooks", 303)


def _page(
    secret: str | None = None,
    typed: Mapping[str, object] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> str:
    with work() as uow:
        hooks = [_hook(uow.site, webhook) for webhook in webhooks.all_webhooks(uow)]
    return render_template(
        "admin/webhooks.html", hooks=hooks, secret=secret, errors=errors or {},
        typed=typed or {"url": "", "events": list(webhooks.TOLD)},
        events=[{"code": event.value, "label": label} for event, label in _labels().items()],
    )  # fmt: skip


def _hook(site: Site, webhook: Webhook) -> dict[str, object]:
    labels = _labels()
    when = moment_in_words(webhook.last_at, site.config.timezone) if webhook.last_at else None
    return {
        "id": webhook.id,
        "url": webhook.url,
        "is_on": webhook.is_on,
        "events": [label for event, label in labels.items() if event in webhook.events],
        "last": _("{when}: {answer}").format(when=when, answer=webhook.last_answer) if when else None,
    }


def _labels() -> Mapping[Event, str]:
    labels = {
        Event.PAGE_PUBLISHED: _("a page was published"),
        Event.PAGE_ARCHIVED: _("a page was archived"),
        Event.PAGE_RESTORED: _("a page was put back"),
        Event.PAGE_RENAMED: _("a page has a new address"),
    }
    return {event: labels[event] for event in webhooks.TOLD}
