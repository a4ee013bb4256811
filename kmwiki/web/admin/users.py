"""/admin/users: the list of accounts, narrowed and paged."""

from collections.abc import Mapping
from datetime import date

from flask import render_template, request

from kmwiki.http.current import work
from kmwiki.http.paging import paging_of
from kmwiki.i18n import gettext as _
from kmwiki.i18n import ngettext
from kmwiki.models import Role, User, UserState
from kmwiki.permissions import may
from kmwiki.render.dates import day_of
from kmwiki.services.accounts.user_care import WantedUsers, find_users
from kmwiki.site import UnitOfWork
from kmwiki.web.account import role_words
from kmwiki.web.admin.gate import admin_blueprint
from kmwiki.web.entries import pager
from kmwiki.web.saving import Answer

blueprint = admin_blueprint("users", "users.read")

_PER_PAGE = 50


@blueprint.get("/admin/users")
def users() -> Answer:
    """Accounts by name; a filter that cannot be read is named, and nothing is listed."""
    page = paging_of(request.args, _PER_PAGE).page
    wanted, errors = _wanted(request.args)
    with work() as uow:
        total, found = find_users(uow, wanted, page, _PER_PAGE) if not errors else (0, [])
        html = render_template(
            "admin/users.html",
            typed=request.args,
            errors=errors,
            is_narrowed=any(request.args.get(name) for name in _FILTERS),
            roles=[{"code": "", "label": _("all")}, *({"code": role, "label": role_words(role)} for role in Role)],
            states=[{"code": "", "label": _("all")}, *state_options()],
            total=ngettext("One account", "{number} accounts", total).format(number=total),
            users=[_row(uow, user) for user in found],
            shows_mail=may(uow.actor, "users.manage"),
            pager=pager(total, page, _PER_PAGE),
        )
    return (html, 422) if errors else html


_FILTERS = ("q", "role", "state", "organisation", "silent_since")


def _wanted(arguments: Mapping[str, str]) -> tuple[WantedUsers, dict[str, list[str]]]:
    given = {name: arguments.get(name, "").strip()[:300] for name in _FILTERS}
    errors: dict[str, list[str]] = {}
    for name, allowed in (("role", set(Role)), ("state", set(UserState))):
        if given[name] and given[name] not in allowed:
            errors[name] = [_("Please choose one from the list.")]
    try:
        silent_since = date.fromisoformat(given["silent_since"]) if given["silent_since"] else None
    except ValueError:
        silent_since = None
        errors["silent_since"] = [_("This is not a day. Write it as 2026-03-14.")]
    return WantedUsers(given["q"], given["role"], given["state"], given["organisation"], silent_since), errors


def _row(uow: UnitOfWork, user: User) -> dict[str, object]:
    seen = user.seen_at
    return {
        "url": f"/admin/users/{user.username}",
        "name": user.name,
        "username": user.username,
        "email": user.email or "",
        "organisation": user.organisation,
        "role": role_words(user.role),
        "state": user.state,
        "state_label": state_words(user.state),
        "is_trusted": user.is_trusted,
        "seen": day_of(seen, uow.site.config.timezone) if seen else _("never"),
    }


def state_words(state: str) -> str:
    """What people call the state of an account."""
    return {
        UserState.ACTIVE: _("open"),
        UserState.WAITING: _("waits for approval"),
        UserState.DISABLED: _("closed"),
    }[UserState(state)]


def state_options() -> list[dict[str, str]]:
    return [{"code": state, "label": state_words(state)} for state in UserState]
