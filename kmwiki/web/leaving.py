"""/account/leave: what happens when somebody leaves, and the form that does it."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template

from kmwiki.errors import Conflict, Refused
from kmwiki.http.current import browser_actor, current_site, work
from kmwiki.i18n import gettext as _
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.accounts import leaving, second_factor
from kmwiki.web.account import account_blueprint, count_own_try, own_account
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.sessions import end_session
from kmwiki.web.work_lists import change_entries

blueprint = account_blueprint("leaving")

_NAMES = ("name", "drafts", "receiver")


@blueprint.get("/account/leave")
def show() -> str:
    return _page({}, {})


@blueprint.post("/account/leave")
def leave() -> Answer:
    """Close the account; asks the password, and the code where there is a second factor."""
    form = posted()
    typed = {name: first(form, name) for name in _NAMES}
    user = count_own_try()
    with work(ANONYMOUS) as uow:
        if second_factor.is_on(uow, user.id):
            second_factor.count_code(uow, user.id)
    with work() as uow:
        has_drafts = bool(leaving.open_changes(uow))
    try:
        wishes = _wishes(typed, has_drafts)
        leaving.leave(current_site(), browser_actor(), wishes, first(form, "current"), first(form, "code"))
    except (Refused, Conflict) as error:
        return _page(typed, errors_by_field(error)), error.status
    end_session()
    flash(_("Your account is closed. Thank you for what you shared."), "done")
    return redirect("/", 303)


def _wishes(typed: Mapping[str, str], has_drafts: bool) -> leaving.Wishes:
    """Raises Refused where something was not chosen: neither name nor drafts are decided by silence."""
    receiver = typed["receiver"].strip() if typed["drafts"] == "give" else ""
    missing = [] if typed["name"] in ("keep", "remove") else ["name"]
    if has_drafts and not receiver and typed["drafts"] != "away":
        missing.append("receiver" if typed["drafts"] == "give" else "drafts")
    if missing:
        problems = [leaving.not_chosen(field) for field in missing]
        raise Refused(problems[0].message, problems)
    return leaving.Wishes(typed["name"] == "keep", receiver)


def _page(typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> str:
    with work() as uow:
        user = own_account(uow)
        drafts = change_entries(uow, leaving.open_changes(uow))
        wants_code = second_factor.is_on(uow, user.id)
    return render_template(
        "account/leave.html", typed=typed, errors=errors, drafts=drafts, wants_code=wants_code, name=user.name
    )
