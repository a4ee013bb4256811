"""/account/password, /account/email, /account/sessions: what guards one's account, and where it is open."""

from flask import flash, redirect, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from kmwiki.errors import Refused
from kmwiki.http.current import work
from kmwiki.i18n import gettext as _
from kmwiki.models import LoginSession
from kmwiki.permissions import ANONYMOUS
from kmwiki.render.dates import moment_in_words
from kmwiki.services.accounts import sessions
from kmwiki.services.accounts.account_mails import can_send_links
from kmwiki.services.accounts.one_time_links import hashed
from kmwiki.services.accounts.own_account import change_email, change_password, confirm_email, look_at_email_link
from kmwiki.site import UnitOfWork
from kmwiki.web.account import account_blueprint, count_own_try, own_account
from kmwiki.web.devices import device_words
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.sessions import device, end_session, renew_session

blueprint = account_blueprint("own_security")


# ---- password


@blueprint.get("/account/password")
def password() -> str:
    with work() as uow:
        own_account(uow)
    return render_template("account/password.html", errors={})


@blueprint.post("/account/password")
def store_password() -> Answer:
    """A new password; every other session ends."""
    form = posted()
    user = count_own_try()
    try:
        with work() as uow:
            token = change_password(uow, first(form, "current"), first(form, "password"), device())
    except Refused as refused:
        return render_template("account/password.html", errors=errors_by_field(refused)), refused.status
    renew_session(user, token)
    flash(_("Your password is changed. Other devices are signed out."), "done")
    return redirect("/account/profile", 303)


# ---- mail address


@blueprint.get("/account/email")
def email() -> str:
    with work() as uow:
        now = own_account(uow).email
        by_mail = can_send_links(uow)
    return render_template("account/email.html", now=now, typed=now or "", by_mail=by_mail, errors={})


@blueprint.post("/account/email")
def store_email() -> Answer:
    form = posted()
    user = count_own_try()
    wanted = first(form, "email")
    try:
        with work() as uow:
            by_mail = can_send_links(uow)
            holds = change_email(uow, first(form, "current"), wanted)
    except Refused as refused:
        errors = errors_by_field(refused)
        page = render_template("account/email.html", now=user.email, typed=wanted, by_mail=by_mail, errors=errors)
        return page, refused.status
    sent = _("We sent a link to the new address. It holds once you have opened the link.")
    flash(_("Saved.") if holds else sent, "done")
    return redirect("/account/profile", 303)


@blueprint.get("/account/email/<token>")
def email_link(token: str) -> str:
    """Where the mail to a new address leads; one click there confirms it. Raises NotFound."""
    with work(ANONYMOUS) as uow:
        address = look_at_email_link(uow, token)
    return render_template("account/email_confirm.html", address=address)


@blueprint.post("/account/email/<token>")
def confirm(token: str) -> Response:
    with work(ANONYMOUS) as uow:
        confirm_email(uow, token)
    flash(_("Thank you. This is your mail address now."), "done")
    return redirect("/", 303)


# ---- sessions


@blueprint.get("/account/sessions")
def list_sessions() -> str:
    with work() as uow:
        own_account(uow)
        rows = [_session_row(uow, row) for row in sessions.own_sessions(uow)]
    return render_template("account/sessions.html", sessions=rows)


def _session_row(uow: UnitOfWork, row: LoginSession) -> dict[str, object]:
    timezone = uow.site.config.timezone
    return {
        "device": device_words(row.device),
        "began": moment_in_words(row.created_at, timezone),
        "seen": moment_in_words(row.seen_at, timezone),
        "here": row.token_hash == hashed(current_user.token),
        "end_url": f"/account/sessions/{row.token_hash}/end",
    }


@blueprint.post("/account/sessions/<session_hash>/end")
def end_one(session_hash: str) -> Response:
    with work() as uow:
        own_account(uow)
        sessions.end_own_session(uow, session_hash)
    flash(_("That device is signed out."), "done")
    return redirect("/account/sessions", 303)


@blueprint.post("/account/sessions/end-others")
def end_others() -> Response:
    with work() as uow:
        own_account(uow)
        sessions.end_other_sessions(uow, current_user.token)
    flash(_("All other devices are signed out."), "done")
    return redirect("/account/sessions", 303)


@blueprint.post("/account/sessions/end-all")
def end_all() -> Response:
    """Signed out everywhere, here too."""
    with work() as uow:
        own_account(uow)
        sessions.end_other_sessions(uow, current_user.token)
    end_session()
    return redirect("/", 303)
