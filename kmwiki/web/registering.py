"""/account/register and /account/invited/<token>: asking for an account, and making the one somebody is invited to."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template

from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import client_address, current_site, work
from kmwiki.i18n import gettext as _
from kmwiki.models import Invitation, UserState
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.accounts import invitations, registering
from kmwiki.services.accounts.sessions import start_session
from kmwiki.services.accounts.sign_in import count_attempt
from kmwiki.web.account import account_blueprint, known_organisations, role_words
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.sessions import begin_session, device

blueprint = account_blueprint("registering")

_ASKED = ("username", "name", "email", "organisation")


@blueprint.get("/account/register")
def register() -> Answer:
    return _page({}, {})


@blueprint.post("/account/register")
def store_account() -> Answer:
    """Make the account and sign in at once; one that waits for approval may write already. Raises Forbidden."""
    form = posted()
    typed = {name: first(form, name) for name in _ASKED}
    with work(ANONYMOUS) as uow:
        count_attempt(uow, client_address())
    try:
        with work(ANONYMOUS) as uow:
            user = registering.register(uow, password=first(form, "password"), **typed)
            token = start_session(uow, user, device())
    except (Refused, Conflict) as error:
        return _page(typed, errors_by_field(error)), error.status
    begin_session(user, token)
    waits = user.state == UserState.WAITING
    flash(_("Welcome. You can write at once; a moderator looks at your account.") if waits else _("Welcome."), "done")
    return redirect("/", 303)


@blueprint.get("/account/invited/<token>")
def invited(token: str) -> Answer:
    """The page that an invitation leads to. Raises NotFound where it is used, withdrawn or past its time."""
    with work(ANONYMOUS) as uow:
        invitation = invitations.look_at_invitation(uow, token)
    return _page({"email": invitation.email or ""}, {}, invitation)


@blueprint.post("/account/invited/<token>")
def store_invited(token: str) -> Answer:
    """Make the account with the role that the invitation names; it waits for nobody."""
    form = posted()
    typed = {name: first(form, name) for name in _ASKED}
    with work(ANONYMOUS) as uow:
        invitation = invitations.look_at_invitation(uow, token)
        invitations.count_use(uow, token)
    try:
        with work(ANONYMOUS) as uow:
            user = invitations.accept(uow, token, password=first(form, "password"), **typed)
            session_token = start_session(uow, user, device())
    except (Refused, Conflict) as error:
        return _page(typed, errors_by_field(error), invitation), error.status
    begin_session(user, session_token)
    flash(_("Welcome."), "done")
    return redirect("/", 303)


def _page(
    typed: Mapping[str, str], errors: Mapping[str, Sequence[str]], invitation: Invitation | None = None
) -> str:
    config = current_site().config
    return render_template(
        "account/register.html",
        typed=typed,
        errors=errors,
        closed=config.registration == "closed" and invitation is None,
        approval=config.registration == "approval" and invitation is None,
        invited={"role_label": role_words(invitation.role)} if invitation else None,
        organisations=known_organisations(),
        mail=bool(config.mail_url),
    )
