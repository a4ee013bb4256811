"""/account/…: signing in and out, asking for an account, one's profile, password, tokens and one-time links."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kmwiki.errors import Conflict, Refused, Unauthenticated
from kmwiki.http.current import client_address, current_site, work
from kmwiki.http.own_paths import own_path
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import Role, User, UserState
from kmwiki.permissions import ANONYMOUS
from kmwiki.render.dates import day_of, month_of
from kmwiki.services import accounts, reading, registers, sign_in
from kmwiki.services.demo_site import ACCOUNTS
from kmwiki.services.installation import is_demo
from kmwiki.services.own_account import change_password
from kmwiki.site import UnitOfWork
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer
from kmwiki.web.sessions import begin_session, end_session, sign_in_here
from kmwiki.web.work_lists import change_entries

blueprint = Blueprint("account", __name__)

_LISTED = 50
_SUGGESTED = 100
_TOKEN_DAYS = (30, 90, 365)


# ---- in and out


@blueprint.get("/account/login")
def login() -> str:
    return _login_page(own_path(request.args.get("next", ""), ""))


@blueprint.post("/account/login")
def enter() -> Answer:
    """Sign in and go on to where somebody came from; the answer is the same for unknown names."""
    form = posted()
    on = own_path(first(form, "next"), "")
    try:
        sign_in_here(first(form, "username"), first(form, "password"), is_shared=bool(first(form, "shared")))
    except Unauthenticated as error:
        return _login_page(on, first(form, "username"), [str(error)]), error.status
    return redirect(on or "/", 303)


def _login_page(on: str, username: str = "", errors: Sequence[str] = ()) -> str:
    return render_template(
        "account/login.html",
        typed={"username": username},
        errors={"form": errors},
        next=on,
        forgotten_url=None,
        demo_accounts=_demo_accounts(),
        kept=[],
    )


def _demo_accounts() -> list[dict[str, str]]:
    with work(ANONYMOUS) as uow:
        is_one = is_demo(uow.session)
    return [{"name": name, "role_label": role_words(role)} for name, role in ACCOUNTS.items()] if is_one else []


def role_words(role: str) -> str:
    """What people call a role."""
    return {
        Role.READER: _("reads"),
        Role.CONTRIBUTOR: _("writes"),
        Role.MODERATOR: _("reviews and publishes"),
        Role.ADMIN: _("looks after the site"),
    }[Role(role)]


@blueprint.post("/account/logout")
def logout() -> AnyResponse:
    end_session()
    return redirect("/", 303)


# ---- asking for an account


@blueprint.get("/account/register")
def register() -> Answer:
    return _register_page({}, {})


@blueprint.post("/account/register")
def store_account() -> Answer:
    """Make the account and sign in at once; one that waits for approval may write already. Raises Forbidden."""
    form = posted()
    typed = {name: first(form, name) for name in ("username", "name", "email", "organisation")}
    with work(ANONYMOUS) as uow:
        sign_in.count_attempt(uow, client_address())
    try:
        with work(ANONYMOUS) as uow:
            user = accounts.register(uow, password=first(form, "password"), **typed)
            token = sign_in.start_session(uow, user)
    except (Refused, Conflict) as error:
        return _register_page(typed, errors_by_field(error)), error.status
    begin_session(user, token)
    waits = user.state == UserState.WAITING
    flash(_("Welcome. You can write at once; a moderator looks at your account.") if waits else _("Welcome."), "done")
    return redirect("/", 303)


def _register_page(typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> str:
    site = current_site()
    return render_template(
        "account/register.html",
        typed=typed,
        errors=errors,
        closed=site.config.registration == "closed",
        approval=site.config.registration == "approval",
        organisations=_organisations(),
        mail=bool(site.config.mail_url),
    )


def errors_by_field(error: Refused | Conflict) -> dict[str, list[str]]:
    """Messages by the name of the input they are about; "form" for all of it."""
    if not isinstance(error, Refused) or not error.problems:
        return {"form": [str(error)]}
    messages: dict[str, list[str]] = {}
    for problem in error.problems:
        messages.setdefault(problem.field, []).append(problem.message)
    return messages


def _organisations() -> list[str]:
    with work(ANONYMOUS) as uow:
        return [found.name for found in registers.organisations(uow, "", 1, _SUGGESTED)[1]]


# ---- one's profile


@blueprint.get("/account/profile")
def profile() -> Answer:
    return _profile_page(None, {})


@blueprint.post("/account/profile")
def store_profile() -> Answer:
    """Name, organisation, languages, mail; anything else is passed over."""
    form = posted()
    typed: dict[str, Any] = {name: first(form, name) for name in ("name", "email", "organisation")}
    typed["languages"] = list(form.get("languages", ()))[:_LISTED]
    try:
        with work() as uow:
            accounts.update_profile(uow, typed)
    except Refused as refused:
        return _profile_page(typed, errors_by_field(refused)), refused.status
    flash(_("Saved."), "done")
    return redirect("/account/profile", 303)


def _profile_page(typed: Mapping[str, Any] | None, errors: Mapping[str, Sequence[str]]) -> str:
    with work() as uow:
        user = _own(uow)
        _total, mine = reading.changes_of(uow, 1, _LISTED, mine=True)
        open_ones = [change for change in mine if change.state not in ("published", "discarded")]
        drafts = change_entries(uow, sorted(open_ones, key=lambda change: not change.is_returned))
        values = {
            "person": _person(uow, user),
            "drafts": drafts,
            "done": [entry for entry in change_entries(uow, mine) if entry["state"] in ("published", "discarded")],
            "settings": {"typed": typed or _profile_of(user), "errors": errors, "languages": _languages(uow)},
        }
    return render_template("account/profile.html", organisations=_organisations(), **values)


def _own(uow: UnitOfWork) -> User:
    if not uow.actor.is_signed_in:
        raise Unauthenticated(_("Sign in to do this."))
    return accounts.user_by_id(uow, uow.actor.user_id)


def _person(uow: UnitOfWork, user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "username": user.username,
        "organisation": user.organisation or None,
        "role_label": role_words(user.role),
        "waiting": user.state == UserState.WAITING,
        "since": month_of(user.created_at, uow.site.config.timezone),
        "own": True,
    }


def _profile_of(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "email": user.email or "",
        "organisation": user.organisation,
        "languages": user.languages,
    }


def _languages(uow: UnitOfWork) -> list[dict[str, str]]:
    known = uow.site.vocabularies["languages"]
    return [{"code": e.code, "label": known.label_of(e.code)} for e in known.in_order(current_language())]


# ---- password, one-time links


@blueprint.get("/account/password")
def password() -> str:
    with work() as uow:
        _own(uow)
    return render_template("account/password.html", errors={})


@blueprint.post("/account/password")
def store_password() -> Answer:
    """A new password; every other session ends."""
    form = posted()
    with work() as uow:
        user = _own(uow)
    with work(ANONYMOUS) as uow:
        sign_in.count_attempt(uow, client_address(), user.username)
    try:
        with work() as uow:
            token = change_password(uow, first(form, "current"), first(form, "password"))
    except Refused as refused:
        return render_template("account/password.html", errors=errors_by_field(refused)), refused.status
    begin_session(user, token)
    flash(_("Your password is changed. Other devices are signed out."), "done")
    return redirect("/account/profile", 303)


@blueprint.get("/account/setup/<token>")
def setup(token: str) -> str:
    """The first administrator's page. Raises NotFound for a link that was used or is past its time."""
    with work(ANONYMOUS) as uow:
        sign_in.look_at_link(uow, "setup", token)
    return render_template("account/setup.html", typed={}, errors={})


@blueprint.post("/account/setup/<token>")
def store_setup(token: str) -> Answer:
    form = posted()
    typed = {name: first(form, name) for name in ("username", "name")}
    try:
        with work(ANONYMOUS) as uow:
            user = sign_in.set_up(uow, token, typed["username"], first(form, "password"), typed["name"])
            session_token = sign_in.start_session(uow, user)
    except (Refused, Conflict) as error:
        return render_template("account/setup.html", typed=typed, errors=errors_by_field(error)), error.status
    begin_session(user, session_token)
    flash(_("The site is yours. Start with a page, or invite a moderator."), "done")
    return redirect("/", 303)


@blueprint.get("/account/link/<token>")
def link(token: str) -> str:
    """A sign-in link that somebody was handed; it works once."""
    with work(ANONYMOUS) as uow:
        sign_in.look_at_link(uow, "sign-in", token)
    return render_template("account/link.html", errors={})


@blueprint.post("/account/link/<token>")
def use_link(token: str) -> Answer:
    try:
        with work(ANONYMOUS) as uow:
            user, session_token = sign_in.use_sign_in_link(uow, token, first(posted(), "password"))
    except Refused as refused:
        return render_template("account/link.html", errors=errors_by_field(refused)), refused.status
    begin_session(user, session_token)
    flash(_("You are signed in, and your new password is set."), "done")
    return redirect("/", 303)


# ---- API tokens


@blueprint.get("/account/tokens")
def tokens() -> str:
    return _tokens_page(None, {})


@blueprint.post("/account/tokens")
def add_token() -> Answer:
    """A new token, shown once on the page that answers."""
    form = posted()
    days = first(form, "days")
    try:
        with work() as uow:
            _row, token = sign_in.add_token(
                uow, first(form, "name"), is_read_only=bool(first(form, "read_only")),
                days=int(days) if days in map(str, _TOKEN_DAYS) else _TOKEN_DAYS[0],
            )  # fmt: skip
    except Refused as refused:
        return _tokens_page(None, errors_by_field(refused)), refused.status
    return _tokens_page(token, {}), 201


@blueprint.post("/account/tokens/<uuid:token_id>/remove")
def remove_token(token_id: UUID) -> AnyResponse:
    with work() as uow:
        sign_in.remove_token(uow, token_id)
    flash(_("The token is gone."), "done")
    return redirect("/account/tokens", 303)


def _tokens_page(new: str | None, errors: Mapping[str, Sequence[str]]) -> str:
    with work() as uow:
        timezone = uow.site.config.timezone
        rows = [
            {
                "name": row.name,
                "read_only": row.is_read_only,
                "made": day_of(row.created_at, timezone),
                "until": day_of(row.expires_at, timezone) if row.expires_at else None,
                "remove_url": f"/account/tokens/{row.id}/remove",
            }
            for row in sign_in.own_tokens(uow)
        ]
    return render_template(
        "account/tokens.html", tokens=rows, new=new, errors=errors,
        periods=[{"code": str(days), "label": _("{days} days").format(days=days)} for days in _TOKEN_DAYS],
    )  # fmt: skip


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Pages of accounts are for nobody's cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


