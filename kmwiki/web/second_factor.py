"""/account/second-factor: setting up, recovery codes, switching off."""

import io
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import segno
from flask import Response, flash, redirect, render_template, request

from kmwiki.errors import Conflict, NotFound, Refused
from kmwiki.http.current import work
from kmwiki.http.own_paths import own_path
from kmwiki.i18n import gettext as _
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.accounts import second_factor
from kmwiki.web.account import account_blueprint, count_own_try, own_account
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer, errors_by_field
from kmwiki.web.sessions import device, renew_session

blueprint = account_blueprint("second_factor")

_HERE = "/account/second-factor"


@blueprint.get(_HERE)
def show() -> Answer:
    return _page(own_path(request.args.get("next", ""), ""))


@blueprint.post(_HERE)
def begin() -> Answer:
    """A new key, which the page shows then; asks the password."""
    form = posted()
    count_own_try()
    try:
        with work() as uow:
            second_factor.begin(uow, first(form, "current"))
    except (Refused, Conflict) as error:
        return _page(_on(), errors_by_field(error)), error.status
    return redirect(f"{_HERE}?next={quote(_on())}" if _on() else _HERE, 303)


@blueprint.get(f"{_HERE}/picture")
def picture() -> Response:
    """The key as a picture that an app reads, as long as it is being set up. Raises NotFound."""
    with work() as uow:
        own_account(uow)
        factor = second_factor.own_factor(uow)
        if factor is None or factor.confirmed_at is not None:
            raise NotFound()
        address = second_factor.address_for_app(uow, factor)
    svg = io.BytesIO()
    segno.make(address, error="m").save(svg, kind="svg", scale=5, dark="#000", light="#fff")
    return Response(svg.getvalue(), content_type="image/svg+xml")


@blueprint.post(f"{_HERE}/confirm")
def confirm() -> Answer:
    """Switch it on by a first code; the answer shows the recovery codes, this once."""
    form = posted()
    with work() as uow:
        user = own_account(uow)
    try:
        with work() as uow:
            codes, token = second_factor.confirm(uow, first(form, "code"), device())
    except (Refused, Conflict) as error:
        return _page(_on(), errors_by_field(error)), error.status
    renew_session(user, token)
    return _codes_page(codes, _on())


@blueprint.post(f"{_HERE}/codes")
def make_codes() -> Answer:
    """Ten new recovery codes, shown once; asks a code."""
    _count_code()
    try:
        with work() as uow:
            codes = second_factor.make_recovery_codes(uow, first(posted(), "code"))
    except (Refused, Conflict) as error:
        return _page("", {"codes": [str(error)]}), error.status
    return _codes_page(codes, "")


@blueprint.post(f"{_HERE}/off")
def switch_off() -> Answer:
    """Asks password and code."""
    form = posted()
    count_own_try()
    _count_code()
    try:
        with work() as uow:
            second_factor.switch_off(uow, first(form, "current"), first(form, "code"))
    except (Refused, Conflict) as error:
        return _page("", errors_by_field(error)), error.status
    flash(_("You sign in with your password alone now."), "done")
    return redirect("/account/profile", 303)


def _count_code() -> None:
    with work() as uow:
        user = own_account(uow)
    with work(ANONYMOUS) as uow:
        second_factor.count_code(uow, user.id)


def _on() -> str:
    return own_path(first(posted(), "next"), "")


def _codes_page(codes: Sequence[str], on: str) -> str:
    return render_template("account/recovery_codes.html", codes=codes, on=on or "/account/profile")


def _page(on: str, errors: Mapping[str, Sequence[str]] | None = None) -> str:
    with work() as uow:
        user = own_account(uow)
        factor = second_factor.own_factor(uow)
        is_on = factor is not None and factor.confirmed_at is not None
        values = {
            "needed": second_factor.is_missing(uow, user),
            "on": is_on,
            "left": second_factor.codes_left(uow) if is_on else 0,
            "key": second_factor.in_groups(factor.secret) if factor and not is_on else [],
        }
    return render_template("account/second_factor.html", next=on, errors=errors or {}, **values)
