"""/admin/users/<username>: one account, what it did here, and what can be done about it."""

from collections.abc import Callable, Mapping, Sequence

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.http.current import base_url, browser_actor, current_site, work
from kmwiki.i18n import gettext as _
from kmwiki.models import Role, User, UserState
from kmwiki.permissions import may
from kmwiki.render.dates import day_of
from kmwiki.services.accounts import accounts, handed_links, second_factor, spam_care, user_care
from kmwiki.services.accounts.accounts import decline
from kmwiki.services.accounts.user_care import Account, look_at_account
from kmwiki.site import UnitOfWork
from kmwiki.web.account import role_words
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.admin.users import state_words
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.stopping import stop_values
from kmwiki.web.work_lists import change_entries

blueprint = admin_blueprint("one_user", "users.read")


@blueprint.get("/admin/users/<username>")
def user(username: str) -> str:
    return _page(username)


@blueprint.post("/admin/users/<username>/role")
def set_role(username: str) -> Answer:
    """Another role; nobody raises their own, and one administrator stays."""
    return _do(username, lambda uow: _give_role(uow, username, first(posted(), "role")))


@blueprint.post("/admin/users/<username>/link")
def make_link(username: str) -> Answer:
    """A link that signs in once, shown on this answer and never again."""
    with work() as uow:
        token = handed_links.make_sign_in_link(uow, username)
    return _page(username, link=f"{base_url()}/account/link/{token}"), 201


@blueprint.post("/admin/users/<username>/stop")
def stop(username: str) -> Answer:
    """Close the account of somebody who floods the site, with what they sent and said."""
    reason = first(posted(), "reason")
    try:
        stopped = spam_care.stop(current_site(), browser_actor(), username, reason)
    except Refused as refused:
        return _page(username, errors=errors_by_field(refused)), refused.status
    message = _("The account of {name} is closed. Not accepted: {changes}. Comments removed: {comments}.")
    flash(message.format(name=stopped.user.name, changes=stopped.rejected, comments=stopped.removed), "done")
    return _back(username)


@blueprint.post("/admin/users/<username>/<deed>")
def act(username: str, deed: str) -> Answer:
    """Whatever takes no more than a click. Raises NotFound for anything else."""
    if deed not in _DEEDS:
        raise NotFound()
    return _do(username, lambda uow: _DEEDS[deed](uow, username))


def _do(username: str, deed: Callable[[UnitOfWork], str]) -> Answer:
    """Do it and say so on the account's page; where it cannot be done, that page says why."""
    try:
        with work() as uow:
            said = deed(uow)
    except (Refused, Conflict) as error:
        return _page(username, errors=errors_by_field(error)), error.status
    flash(said, "done")
    return _back(username)


def _back(username: str) -> Response:
    return redirect(f"/admin/users/{username}", 303)


# ---- what can be done with a click


def _approve(uow: UnitOfWork, username: str) -> str:
    return _("{name} is in.").format(name=accounts.approve(uow, username).name)


def _decline(uow: UnitOfWork, username: str) -> str:
    return _("The account of {name} is closed.").format(name=decline(uow, username).name)


def _trust(uow: UnitOfWork, username: str) -> str:
    name = accounts.set_trusted(uow, username, True).name
    return _("Small edits of {name} go live at once from now on.").format(name=name)


def _untrust(uow: UnitOfWork, username: str) -> str:
    name = accounts.set_trusted(uow, username, False).name
    return _("Small edits of {name} wait for review from now on.").format(name=name)


def _close(uow: UnitOfWork, username: str) -> str:
    name = accounts.set_state(uow, username, UserState.DISABLED).name
    return _("The account of {name} is closed.").format(name=name)


def _open(uow: UnitOfWork, username: str) -> str:
    name = accounts.set_state(uow, username, UserState.ACTIVE).name
    return _("The account of {name} is open again.").format(name=name)


def _sign_out(uow: UnitOfWork, username: str) -> str:
    name = user_care.sign_out_everywhere(uow, username).name
    return _("{name} is signed out on every device.").format(name=name)


def _reset_second_factor(uow: UnitOfWork, username: str) -> str:
    name = second_factor.reset(uow, username).name
    return _("{name} signs in with the password alone now.").format(name=name)


def _give_role(uow: UnitOfWork, username: str, role: str) -> str:
    if role not in set(Role):
        message = _("Please choose one from the list.")
        raise Refused(message, [Problem("role", Level.DRAFT, message)])
    name = accounts.set_role(uow, username, Role(role)).name
    return _("{name}: {role}, from now on.").format(name=name, role=role_words(role))


_DEEDS: Mapping[str, Callable[[UnitOfWork, str], str]] = {
    "approve": _approve,
    "decline": _decline,
    "trust": _trust,
    "untrust": _untrust,
    "close": _close,
    "open": _open,
    "sign-out": _sign_out,
    "reset-second-factor": _reset_second_factor,
}


# ---- the page


def _page(username: str, *, link: str | None = None, errors: Mapping[str, Sequence[str]] | None = None) -> str:
    with work() as uow:
        account = look_at_account(uow, username)
        values = {
            "user": account.user,
            "facts": _facts(uow, account),
            "changes": change_entries(uow, account.latest),
            "may": {**_possible(uow, account.user), "reset": account.has_second_factor},
            "stop": stop_values(uow, account.user),
            "roles": [{"code": role, "label": role_words(role)} for role in Role],
        }
    return render_template("admin/user.html", link=link, errors=errors or {}, **values)


def _facts(uow: UnitOfWork, account: Account) -> list[dict[str, str]]:
    user, timezone = account.user, uow.site.config.timezone
    of_admins = [
        (_("Mail address"), user.email or _("none")),
        (_("Signed in on"), _("{number} devices").format(number=account.sessions)),
        (_("Tokens for programs"), str(account.tokens)),
        (_("Second factor"), _("yes") if account.has_second_factor else _("no")),
    ]
    facts = [
        (_("User name"), user.username),
        (_("Role"), role_words(user.role)),
        (_("Account"), state_words(user.state)),
        (_("Small edits go live at once"), _("yes") if user.is_trusted else _("no")),
        (_("Organisation"), user.organisation or _("none")),
        (_("Here since"), day_of(user.created_at, timezone)),
        (_("Last seen"), day_of(user.seen_at, timezone) if user.seen_at else _("never")),
        *(of_admins if may(uow.actor, "users.manage") else []),
        (_("Changes waiting for review"), str(account.changes_by_state.get("submitted", 0))),
        (_("Published"), str(account.changes_by_state.get("published", 0))),
        (_("Not accepted"), str(account.changes_by_state.get("rejected", 0))),
        (_("Comments"), str(account.comments)),
    ]
    return [{"label": label, "value": value} for label, value in facts]


def _possible(uow: UnitOfWork, user: User) -> dict[str, bool]:
    """Which buttons stand on the page; the services ask again."""
    manages, is_oneself = may(uow.actor, "users.manage"), user.id == uow.actor.user_id
    waits, is_open = user.state == UserState.WAITING, user.state == UserState.ACTIVE
    return {
        "approve": waits and may(uow.actor, "users.approve"),
        "trust": is_open and may(uow.actor, "users.trust"),
        "manage": manages and not is_oneself,
        "close": manages and not is_oneself and is_open,
        "open": manages and user.state == UserState.DISABLED,
    }
