"""/account/profile: what somebody is working on, what they say of themselves, and the ways to everything of theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template

from kmwiki.errors import Refused
from kmwiki.http.current import work
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import User, UserState
from kmwiki.permissions import may
from kmwiki.render.dates import month_of
from kmwiki.services.accounts.profile import PLACE, update_profile
from kmwiki.services.pages import reading
from kmwiki.site import UnitOfWork
from kmwiki.web.account import account_blueprint, known_organisations, own_account, role_words
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.work_lists import asked_entries, change_entries

blueprint = account_blueprint("profile")

_LISTED = 50
_OVER = ("published", "discarded")


@blueprint.get("/account/profile")
def profile() -> Answer:
    return _page(None, {})


@blueprint.post("/account/profile")
def store_profile() -> Answer:
    """Name, organisation, languages, place; anything else is passed over."""
    form = posted()
    typed: dict[str, Any] = {name: first(form, name) for name in ("name", "organisation", *PLACE)}
    typed["languages"] = list(form.get("languages", ()))[:_LISTED]
    try:
        with work() as uow:
            update_profile(uow, typed)
    except Refused as refused:
        return _page(typed, errors_by_field(refused)), refused.status
    flash(_("Saved."), "done")
    return redirect("/account/profile", 303)


def _page(typed: Mapping[str, Any] | None, errors: Mapping[str, Sequence[str]]) -> str:
    with work() as uow:
        user = own_account(uow)
        _total, mine = reading.changes_of(uow, 1, _LISTED, mine=True)
        open_ones = [change for change in mine if change.state not in _OVER]
        values = {
            "person": _person(uow, user),
            "asked": asked_entries(uow),
            "drafts": change_entries(uow, sorted(open_ones, key=lambda change: not change.is_returned)),
            "done": [entry for entry in change_entries(uow, mine) if entry["state"] in _OVER],
            "settings": {
                "typed": typed or _profile_of(user), "errors": errors, "languages": _entries(uow, "languages"),
                "countries": _entries(uow, PLACE["country"]), "levels": _entries(uow, PLACE["level"]),
            },
            "links": _links(uow),
        }  # fmt: skip
    return render_template("account/profile.html", organisations=known_organisations(), **values)


def _person(uow: UnitOfWork, user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "username": user.username,
        "email": user.email,
        "organisation": user.organisation or None,
        "role_label": role_words(user.role),
        "waiting": user.state == UserState.WAITING,
        "since": month_of(user.created_at, uow.site.config.timezone),
        "own": True,
    }


def _profile_of(user: User) -> dict[str, Any]:
    place = {part: user.place.get(part, "") for part in PLACE}
    return {"name": user.name, "organisation": user.organisation, "languages": user.languages, **place}


def _entries(uow: UnitOfWork, vocabulary: str) -> list[dict[str, str]]:
    known = uow.site.vocabularies[vocabulary]
    return [{"code": e.code, "label": known.label_of(e.code)} for e in known.in_order(current_language())]


def _links(uow: UnitOfWork) -> list[dict[str, str]]:
    links = [
        (_("Questions"), "/account/questions"),
        (_("What you want to be told"), "/account/told"),
        (_("Mail address"), "/account/email"),
        (_("Password"), "/account/password"),
        (_("Second factor"), "/account/second-factor"),
        (_("Devices that are signed in"), "/account/sessions"),
        (_("Tokens for programs"), "/account/tokens"),
        *([(_("Invitations"), "/account/invitations")] if may(uow.actor, "users.invite") else []),
        (_("Download your data"), "/account/data"),
        (_("Leave this site"), "/account/leave"),
    ]
    return [{"label": label, "url": url} for label, url in links]
