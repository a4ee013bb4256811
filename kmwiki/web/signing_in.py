"""/account/login, /account/code, /account/logout: name and password, then a code where the account has one."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from kmwiki.errors import Refused, TooManyTries, Unauthenticated
from kmwiki.http.current import work
from kmwiki.http.own_paths import own_path
from kmwiki.permissions import ANONYMOUS
from kmwiki.services.upkeep.demo_site import ACCOUNTS
from kmwiki.services.upkeep.installation import is_demo
from kmwiki.web.account import account_blueprint, role_words
from kmwiki.web.form_input import first, posted
from kmwiki.web.saving import Answer
from kmwiki.web.sessions import end_session, is_at_second_step, sign_in_here, take_code_here

blueprint = account_blueprint("signing_in")


@blueprint.get("/account/login")
def login() -> str:
    return _login_page(own_path(request.args.get("next", ""), ""))


@blueprint.post("/account/login")
def enter() -> Answer:
    """Sign in and go on to where somebody came from; the answer is the same for unknown names."""
    form = posted()
    on = own_path(first(form, "next"), "")
    try:
        entry = sign_in_here(first(form, "username"), first(form, "password"), is_shared=bool(first(form, "shared")))
    except Unauthenticated as error:
        return _login_page(on, first(form, "username"), [str(error)]), error.status
    return to_code(on) if entry.wants_code else redirect(on or "/", 303)


def to_code(on: str = "") -> Response:
    """To the page that asks for the code, and from there on."""
    return redirect(f"/account/code?next={quote(on)}" if on else "/account/code", 303)


def _login_page(on: str, username: str = "", errors: Sequence[str] = ()) -> str:
    return render_template(
        "account/login.html",
        typed={"username": username},
        errors={"form": errors},
        next=on,
        forgotten_url="/account/forgotten",
        demo_accounts=_demo_accounts(),
        kept=[],
    )


def _demo_accounts() -> list[dict[str, str]]:
    with work(ANONYMOUS) as uow:
        is_one = is_demo(uow.session)
    return [{"name": name, "role_label": role_words(role)} for name, role in ACCOUNTS.items()] if is_one else []


@blueprint.get("/account/code")
def code() -> Answer:
    """The second page of signing in, for accounts with a second factor."""
    if not is_at_second_step():
        return redirect("/account/login", 303)
    return _code_page(own_path(request.args.get("next", ""), ""))


@blueprint.post("/account/code")
def take_code() -> Answer:
    """Sign in by a right code; where the time for it is over, it all begins again."""
    form = posted()
    on = own_path(first(form, "next"), "")
    try:
        take_code_here(first(form, "code"))
    except Unauthenticated as error:
        end_session()
        return _login_page(on, errors=[str(error)]), error.status
    except (Refused, TooManyTries) as error:
        return _code_page(on, [str(error)]), error.status
    return redirect(on or "/", 303)


def _code_page(on: str, errors: Sequence[str] = ()) -> str:
    return render_template("account/code.html", next=on, errors={"code": errors} if errors else {})


@blueprint.post("/account/logout")
def logout() -> Response:
    end_session()
    return redirect("/", 303)
