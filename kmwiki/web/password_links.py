"""Links that set a password: /account/setup, /account/link, /account/reset; and /account/forgotten, which sends one."""

from collections.abc import Callable

from flask import flash, redirect, render_template

from kmwiki.errors import Conflict, Refused, TooManyTries
from kmwiki.http.current import client_address, work
from kmwiki.i18n import gettext as _
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.accounts import handed_links, resets
from kmwiki.services.accounts.account_mails import can_send_links
from kmwiki.services.accounts.one_time_links import Purpose, look_at_link
from kmwiki.services.accounts.sessions import start_session
from kmwiki.services.accounts.sign_in import Entry
from kmwiki.site import UnitOfWork
from kmwiki.web.account import account_blueprint
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.sessions import begin_session, device, go_in
from kmwiki.web.signing_in import to_code

blueprint = account_blueprint("password_links")


# ---- the first administrator


@blueprint.get("/account/setup/<token>")
def setup(token: str) -> str:
    """The first administrator's page. Raises NotFound for a link that was used or is past its time."""
    with work(ANONYMOUS) as uow:
        handed_links.look_at_setup_link(uow, token)
    return render_template("account/setup.html", typed={}, errors={})


@blueprint.post("/account/setup/<token>")
def store_setup(token: str) -> Answer:
    form = posted()
    typed = {name: first(form, name) for name in ("username", "name")}
    try:
        with work(ANONYMOUS) as uow:
            user = handed_links.set_up(uow, token, typed["username"], first(form, "password"), typed["name"])
            session_token = start_session(uow, user, device())
    except (Refused, Conflict) as error:
        return render_template("account/setup.html", typed=typed, errors=errors_by_field(error)), error.status
    begin_session(user, session_token)
    flash(_("The site is yours. Start with a page, or invite a moderator."), "done")
    return redirect("/", 303)


# ---- a link that an administrator handed over, and one that came by mail


@blueprint.get("/account/link/<token>")
def link(token: str) -> str:
    return _link_page(Purpose.SIGN_IN, token)


@blueprint.post("/account/link/<token>")
def use_link(token: str) -> Answer:
    return _use(handed_links.use_sign_in_link, token)


@blueprint.get("/account/reset/<token>")
def reset(token: str) -> str:
    return _link_page(Purpose.RESET, token)


@blueprint.post("/account/reset/<token>")
def use_reset(token: str) -> Answer:
    return _use(resets.use_reset_link, token)


def _link_page(purpose: Purpose, token: str) -> str:
    """Raises NotFound for a link that was used or is past its time."""
    with work(ANONYMOUS) as uow:
        look_at_link(uow, purpose, token)
    return render_template("account/link.html", errors={})


def _use(use: Callable[[UnitOfWork, str, str, str], Entry], token: str) -> Answer:
    """Set the password and sign in; whoever has a second factor is asked for its code first."""
    try:
        with work(ANONYMOUS) as uow:
            entry = use(uow, token, first(posted(), "password"), device())
    except Refused as refused:
        return render_template("account/link.html", errors=errors_by_field(refused)), refused.status
    go_in(entry)
    if entry.wants_code:
        flash(_("Your new password is set."), "done")
        return to_code()
    flash(_("You are signed in, and your new password is set."), "done")
    return redirect("/", 303)


# ---- forgotten


@blueprint.get("/account/forgotten")
def forgotten() -> str:
    return _forgotten_page()


@blueprint.post("/account/forgotten")
def send_reset() -> Answer:
    """Whoever is known gets a mail; the answer and the work are the same for everybody else."""
    asked = first(posted(), "asked")
    try:
        with work(ANONYMOUS) as uow:
            resets.count_ask(uow, client_address(), asked)
    except TooManyTries as error:
        return _forgotten_page(error=str(error)), error.status
    with work(ANONYMOUS) as uow:
        resets.ask(uow, asked)
    return _forgotten_page(is_sent=True)


def _forgotten_page(is_sent: bool = False, error: str = "") -> str:
    with work(ANONYMOUS) as uow:
        by_mail = can_send_links(uow)
    return render_template("account/forgotten.html", by_mail=by_mail, sent=is_sent and by_mail, error=error)
