"""/admin/settings: what can be chosen in the browser; what the environment gives is shown and cannot be changed."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from kmwiki.domain.media_types import sniff
from kmwiki.errors import Refused
from kmwiki.http.current import work
from kmwiki.i18n import current_language, ngettext
from kmwiki.i18n import gettext as _
from kmwiki.services.files import site_logo
from kmwiki.services.upkeep import site_settings
from kmwiki.services.upkeep.site_settings import SettingsNow, settings_now
from kmwiki.site import Site
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.form_input import first, posted
from kmwiki.web.logo import logo_values
from kmwiki.web.saving import Answer, errors_by_field

blueprint = admin_blueprint("settings", "site.settings")


@blueprint.get("/admin/settings")
def settings() -> str:
    return _page({}, {})


@blueprint.post("/admin/settings")
def store() -> Answer:
    """What was touched on the page, at once; where one thing cannot be taken, nothing is.

    What stayed as the form had it is left alone: somebody else may have chosen it meanwhile.
    """
    form = posted()
    typed = {name: first(form, name) for name in form}
    touched = {name: text for name, text in typed.items() if text != typed.get(f"before.{name}")}
    try:
        with work() as uow:
            changed = site_settings.choose(uow, touched)
    except Refused as refused:
        return _page(typed, errors_by_field(refused)), refused.status
    flash(_("Saved. It holds from now on.") if changed else _("Nothing was different; nothing was saved."), "done")
    return _back()


@blueprint.post("/admin/settings/logo")
def store_logo() -> Answer:
    """Another picture beside the name."""
    file = request.files.get("logo")
    content = file.read() if file else b""
    try:
        upload = site_logo.prepared(content, sniff(content))
    except Refused as refused:
        return _page({}, errors_by_field(refused)), refused.status
    with work() as uow:
        site_logo.put_logo(uow, upload)
    flash(_("The picture stands beside the name from now on."), "done")
    return _back()


@blueprint.post("/admin/settings/logo/remove")
def remove_logo() -> Response:
    with work() as uow:
        site_logo.remove_logo(uow)
    flash(_("The picture is gone."), "done")
    return _back()


def _back() -> Response:
    return redirect("/admin/settings", 303)


def _page(typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> str:
    with work() as uow:
        now = settings_now(uow)
        fields = [
            {**field, "value": typed.get(name, now.texts[name]),
             "before": typed.get(f"before.{name}", now.texts[name]), "errors": errors.get(name, ()),
             "given": f"KMWIKI_{name.upper()}" if name in now.given else None}
            for name, field in _fields(uow.site, now).items()
        ]  # fmt: skip
        picture = logo_values(site_logo.logo(uow))
    return render_template("admin/settings.html", fields=fields, errors=errors, picture=picture)


def _fields(site: Site, now: SettingsNow) -> dict[str, dict[str, object]]:
    """What is asked, by the setting's name: with `options` one of them, else a line of text."""
    licences = site.vocabularies["licences"]
    return {
        name: {"name": name, "label": label, "hint": hint, "options": options}
        for name, label, hint, options in (
            ("site_name", _("Name of the site"), "", None),
            ("licence", _("Licence that new pages begin with"), "",
             [_option(entry.code, licences.label_of(entry.code), str(entry.meaning or ""))
              for entry in licences.in_order(current_language())]),
            ("registration", _("Who may register"), "", [
                _option("approval", _("Whoever asks, when a moderator accepts them")),
                _option("open", _("Everybody, at once")),
                _option("closed", _("Only those who are invited")),
            ]),
            ("four_eyes", _("Four eyes"), _four_eyes_meaning(now), [
                _option("1", _("Nobody publishes what they wrote themselves")),
                _option("0", _("Moderators may publish what they wrote themselves")),
            ]),
            ("reading", _("Who reads the site"), "", [
                _option("public", _("Everybody")),
                _option("members", _("Members"), _("Only those who have an account that was accepted. Links that "
                        "authors share, and the pages about the site, stay open.")),
            ]),
            ("second_factor", _("Second factor at sign-in"), "", [
                _option("optional", _("Whoever wants one")),
                _option("moderators", _("Moderators and administrators must have one"),
                        _("Those without one are asked to set it up before they can go on: you, too.")),
            ]),
            ("reminder_days", _("Remind moderators of what waits"),
             _("After so many days, each number once: 7 14"), None),
        )
    }  # fmt: skip


def _option(code: str, label: str, meaning: str = "") -> dict[str, str | None]:
    return {"code": code, "label": label, "meaning": meaning or None}


def _four_eyes_meaning(now: SettingsNow) -> str:
    if now.moderators == 1:
        return _(
            "There is only one person who can publish. With four eyes, what they write themselves waits until there "
            "is a second one; without, it goes live although nobody else has read it."
        )
    count = ngettext("One person here can publish.", "{number} people here can publish.", now.moderators)
    return count.format(number=now.moderators)
