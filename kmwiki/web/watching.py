"""Watching pages and searches, and /account/told: what one watches, and of what one gets mails, and when."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request

from kmwiki.domain.events import Group
from kmwiki.errors import Refused
from kmwiki.http.current import current_site, work
from kmwiki.http.own_paths import own_path
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.permissions import may
from kmwiki.render.event_words import group_words
from kmwiki.services.pages.facet_labels import facet_label, value_labels
from kmwiki.services.telling import told, watching
from kmwiki.services.telling.told import When
from kmwiki.services.telling.watching import Watched
from kmwiki.site import UnitOfWork
from kmwiki.web.account import account_blueprint, own_account
from kmwiki.web.entries import pager
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.search import canonical_arguments, query_of_request

blueprint = account_blueprint("watching")

_PER_PAGE = 50


# ---- the buttons


@blueprint.post("/pages/<slug>/watch")
def watch(slug: str) -> Answer:
    with work() as uow:
        page = watching.watch_page(uow, slug)
    flash(_("You watch this page now: you are told when it changes, and what is said about it."), "done")
    return redirect(f"/pages/{page.slug}", 303)


@blueprint.post("/pages/<slug>/unwatch")
def unwatch(slug: str) -> Answer:
    with work() as uow:
        page = watching.unwatch_page(uow, slug)
    flash(_("You watch this page no longer."), "done")
    return redirect(f"/pages/{page.slug}", 303)


@blueprint.post("/account/watches")
def watch_search() -> Answer:
    """Be told of new pages that the search of the address would find."""
    query = query_of_request()
    try:
        with work() as uow:
            watching.watch_search(uow, query)
        flash(_("You are told of new pages like these."), "done")
    except Refused as refused:
        flash(str(refused), "problem")
    return redirect(f"/search?{canonical_arguments(query)}", 303)


@blueprint.post("/account/watches/<uuid:watch_id>/stop")
def stop(watch_id: UUID) -> Answer:
    with work() as uow:
        watching.stop_watching(uow, watch_id)
    flash(_("You are told of this no longer."), "done")
    return redirect(own_path(first(posted(), "next"), "") or "/account/told", 303)


# ---- what one is told of


@blueprint.get("/account/told")
def page() -> str:
    return _page(None, {})


@blueprint.post("/account/told")
def store() -> Answer:
    form = posted()
    with work() as uow:
        own_account(uow)
        before = _choices(uow)
    choices = {group: first(form, group) or before[group] for group in Group}
    try:
        with work() as uow:
            told.choose(uow, choices, watch_own=bool(first(form, "watch_own")))
    except Refused as refused:
        return _page(choices, errors_by_field(refused)), refused.status
    flash(_("Saved."), "done")
    return redirect("/account/told", 303)


def _page(typed: Mapping[Group, str] | None, errors: Mapping[str, Sequence[str]]) -> str:
    paging = paging_of({"page": request.args.get("page", "")})
    with work() as uow:
        user = own_account(uow)
        choices = typed or _choices(uow)
        total, found = watching.watched(uow, paging.page, _PER_PAGE)
        groups = [group for group in Group if group is not Group.REVIEW or may(uow.actor, "desk.read")]
        values = {
            "has_address": bool(user.email),
            "watch_own": told.watches_own(user),
            "watched": [_entry(uow, one) for one in found],
        }
    return render_template(
        "account/told.html", mail=bool(current_site().config.mail_url), periods=_periods(), errors=errors,
        groups=[{"name": group.value, "label": group_words(group), "value": choices[group]} for group in groups],
        pager=pager(total, paging.page, _PER_PAGE), **values,
    )  # fmt: skip


def _choices(uow: UnitOfWork) -> Mapping[Group, str]:
    user = own_account(uow)
    return {group: told.when(user, group) for group in Group}


def _periods() -> list[Mapping[str, str]]:
    labels = {When.AT_ONCE: _("At once"), When.DAILY: _("Once a day"), When.NEVER: _("Never by mail")}
    return [{"code": code.value, "label": label} for code, label in labels.items()]


def _entry(uow: UnitOfWork, one: Watched) -> Mapping[str, str]:
    stop_url = f"/account/watches/{one.watch.id}/stop"
    if one.page is not None:
        return {"label": one.page.title, "url": f"/pages/{one.page.slug}", "kind": _("Page"), "stop_url": stop_url}
    query = watching.query_of(one.watch)
    words = [_("“{words}”").format(words=query.words)] if query.words else []
    for name, chosen in query.filters.items():
        labels = value_labels(uow, name, chosen).values()
        words.append(f"{facet_label(name)}: {', '.join(labels)}")
    address = f"/search?{canonical_arguments(query)}"
    return {"label": " · ".join(words), "url": address, "kind": _("New pages"), "stop_url": stop_url}
