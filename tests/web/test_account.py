"""Signing in and out, asking for an account, links that work once; nothing leads elsewhere, nothing is told."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from browsing import csrf_of, led_to, post
from kmwiki.config import with_settings
from kmwiki.http.own_paths import own_path
from kmwiki.models import ApiToken, LoginSession, User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, handed_links
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.services.upkeep import installation
from kmwiki.site import Site

PASSWORD = "three wells and a pump"


@pytest.fixture
def ada(site: Site) -> str:
    """The contributor with a password."""
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").password_hash = hash_password(PASSWORD)
    return "contributor"


def sessions(site: Site) -> int:
    with site.work(SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(LoginSession)) or 0


def enter(browser: FlaskClient, username: str, password: str, on: str = ""):
    return post(browser, "/account/login", {"username": username, "password": password, "next": on})


def test_signing_in_leads_on_and_out_ends_the_session_on_the_server(site: Site, browser: FlaskClient, ada: str) -> None:
    assert led_to(enter(browser, ada, PASSWORD, "/new/term")) == "/new/term"
    assert browser.get("/account/profile").status_code == 200
    assert sessions(site) == 1
    cookie = browser.get_cookie("kmwiki_session")
    assert led_to(post(browser, "/account/logout")) == "/"

    assert sessions(site) == 0
    browser.set_cookie("kmwiki_session", cookie.value)
    assert browser.get("/account/profile").status_code == 303


def test_the_session_is_a_new_one_after_signing_in(browser: FlaskClient, ada: str) -> None:
    token = csrf_of(browser)
    with browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    enter(browser, ada, PASSWORD)

    with browser.session_transaction() as session:
        assert "planted" not in session and session.permanent
    assert csrf_of(browser) != token


def test_unknown_names_and_wrong_passwords_are_answered_alike(browser: FlaskClient, ada: str) -> None:
    wrong, unknown = enter(browser, ada, "wrong password"), enter(browser, "nobody", "wrong password")

    assert wrong.status_code == unknown.status_code == 401
    words = "Name or password is not right."
    assert words in wrong.text and words in unknown.text
    assert "wrong password" not in wrong.text


def test_after_ten_tries_an_account_rests_even_with_the_right_password(browser: FlaskClient, ada: str) -> None:
    for _attempt in range(10):
        assert enter(browser, ada, "wrong password").status_code == 401
    assert enter(browser, ada, PASSWORD).status_code == 429


def test_signing_in_again_while_signed_in_ends_the_session_before(site: Site, browser: FlaskClient, ada: str) -> None:
    enter(browser, ada, PASSWORD)
    assert enter(browser, ada, PASSWORD).status_code == 303
    assert sessions(site) == 1


def test_another_role_signs_out_everywhere(
    site: Site, people: dict[str, Actor], browser: FlaskClient, ada: str
) -> None:
    enter(browser, ada, PASSWORD)
    with site.work(people["admin"]) as uow:
        accounts.set_role(uow, ada, accounts.Role.READER)

    assert browser.get("/account/profile").status_code == 303


@pytest.mark.parametrize(
    "on",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/x\r\nSet-Cookie: a=b",
        "/\t/evil", "javascript:alert(1)", "evil.example", "/x\x00", "///evil.example", "/\u2028x", "http:/x",
        " //evil.example",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere(browser: FlaskClient, ada: str, on: str) -> None:
    answer = enter(browser, ada, PASSWORD, on)

    assert answer.headers["Location"] == "/"
    assert "Set-Cookie: a=b" not in str(answer.headers)
    assert own_path(on) == "/"


@pytest.mark.parametrize("on", ["/", "/pages/x?from=1&to=2", "/search?q=//a", "/pages/über", "/a:b"])
def test_own_paths_are_followed(on: str) -> None:
    assert own_path(on) == on


def test_whoever_reads_what_needs_an_account_comes_back_after_signing_in(browser: FlaskClient, ada: str) -> None:
    answer = browser.get("/new/term?title=Well")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/account/login?next=/new/term%3Ftitle%3DWell"
    assert 'name="next" value="/new/term?title=Well"' in browser.get(answer.headers["Location"]).text


def test_accounts_are_listed_in_a_demo_alone(site: Site, browser: FlaskClient) -> None:
    assert "contributor2" not in browser.get("/account/login").text
    with site.work(SYSTEM) as uow:
        installation.mark_as_demo(uow.session)
    assert "contributor2" in browser.get("/account/login").text


# ---- asking for an account


def asked(**more: str) -> dict[str, str]:
    return {"username": "newcomer", "password": PASSWORD, "name": "New Comer", "email": "new@example.org", **more}


def test_who_asks_for_an_account_writes_at_once_and_waits(site: Site, browser: FlaskClient) -> None:
    assert led_to(post(browser, "/account/register", asked())) == "/"
    assert browser.get("/new/term").status_code == 200

    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "newcomer")
        assert (user.state, user.role) == ("waiting", "contributor")


def test_neither_role_nor_state_are_taken_from_the_form(site: Site, browser: FlaskClient) -> None:
    post(browser, "/account/register", asked(role="admin", state="active", is_trusted="1"))
    post(browser, "/account/profile", {"name": "Still me", "role": "admin", "state": "active", "is_trusted": "1"})

    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "newcomer")
        assert (user.name, user.state, user.role, user.is_trusted) == ("Still me", "waiting", "contributor", False)


def test_what_is_wrong_stands_at_its_question_and_the_password_is_not_given_back(browser: FlaskClient) -> None:
    answer = post(browser, "/account/register", asked(username="contributor", password="short"))

    assert answer.status_code == 422
    assert "New Comer" in answer.text and "short" not in answer.text.split("<main")[1].split("</main")[0]


def test_a_closed_site_says_so(site: Site, browser: FlaskClient) -> None:
    site.config = with_settings(site.config, registration="closed")

    assert "takes no registrations" in browser.get("/account/register").text
    assert post(browser, "/account/register", asked()).status_code == 403


def test_an_open_site_takes_everybody(site: Site, browser: FlaskClient) -> None:
    site.config = with_settings(site.config, registration="open")
    post(browser, "/account/register", asked())

    with site.work(SYSTEM) as uow:
        assert accounts.find_user(uow, "newcomer").state == "active"


def test_registrations_are_limited(browser: FlaskClient) -> None:
    answers = [post(browser, "/account/register", asked(username=f"n{k}x", password="short")) for k in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


# ---- one's own


def test_the_profile_is_changed(site: Site, signed_in) -> None:
    bo = signed_in("contributor")
    assert post(bo, "/account/profile", {"name": "Ada B.", "country": "nowhere"}).status_code == 422
    data = {
        "name": "Ada B.", "organisation": "LWN", "languages": ["en", "fr"], "country": "ZM", "level": "local",
        "email": "ada@example.org",
    }  # fmt: skip
    assert led_to(post(bo, "/account/profile", data)) == "/account/profile"

    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "contributor")
        assert (user.name, user.organisation, user.email) == ("Ada B.", "LWN", None)
        assert (user.languages, user.place) == (["en", "fr"], {"country": "ZM", "level": "local"})


def test_line_ends_in_a_name_go_into_no_header(site: Site, signed_in) -> None:
    bo = signed_in("contributor")
    answer = post(bo, "/account/profile", {"name": "Ada\r\nSet-Cookie: a=b", "email": "", "organisation": ""})

    assert "a=b" not in str(answer.headers).replace("kmwiki_session", "")
    with site.work(SYSTEM) as uow:
        assert accounts.find_user(uow, "contributor").name == "Ada Set-Cookie: a=b"


def test_a_new_password_signs_out_other_devices(site: Site, browser: FlaskClient, ada: str, app) -> None:
    phone = app.test_client()
    enter(phone, ada, PASSWORD)
    enter(browser, ada, PASSWORD)
    assert post(browser, "/account/password", {"current": "wrong", "password": "another good one"}).status_code == 422
    assert led_to(post(browser, "/account/password", {"current": PASSWORD, "password": "another good one"}))

    assert browser.get("/account/profile").status_code == 200
    assert phone.get("/account/profile").status_code == 303


def test_a_token_is_shown_once_and_removed_by_its_owner_alone(site: Site, signed_in) -> None:
    ada, bo = signed_in("contributor"), signed_in("contributor2")
    made = post(ada, "/account/tokens", {"name": "A script", "days": "30", "read_only": "1"})
    with site.work(SYSTEM) as uow:
        row = uow.session.scalars(select(ApiToken)).one()
    assert made.status_code == 201 and row.is_read_only and row.expires_at is not None
    assert "<code translate" not in ada.get("/account/tokens").text.split("<main")[1]

    assert post(bo, f"/account/tokens/{row.id}/remove").status_code == 404
    assert led_to(post(ada, f"/account/tokens/{row.id}/remove")) == "/account/tokens"
    assert post(ada, "/account/tokens", {"name": ""}).status_code == 422


# ---- links that work once


def test_the_set_up_link_makes_the_first_administrator_once(site: Site, browser: FlaskClient) -> None:
    with site.work(SYSTEM) as uow:
        uow.session.delete(accounts.find_user(uow, "admin"))
        uow.session.flush()
        token = handed_links.make_setup_link(uow)
    at = f"/account/setup/{token}"
    assert browser.get(at).status_code == 200
    assert post(browser, at, {"username": "root", "password": "short"}).status_code == 422
    assert led_to(post(browser, at, {"username": "root", "password": PASSWORD})) == "/"

    assert browser.get(at).status_code == 404
    assert post(browser, at, {"username": "root2", "password": PASSWORD}).status_code == 404
    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(User.username).where(User.role == "admin")).all() == ["root"]


def test_a_sign_in_link_sets_a_password_once(site: Site, people: dict[str, Actor], browser: FlaskClient) -> None:
    with site.work(people["admin"]) as uow:
        token = handed_links.make_sign_in_link(uow, "contributor")
    at = f"/account/link/{token}"
    assert browser.get(at).status_code == 200
    assert browser.get(f"/account/setup/{token}").status_code == 404
    assert led_to(post(browser, at, {"password": PASSWORD})) == "/"
    assert browser.get("/account/profile").status_code == 200

    assert browser.get(at).status_code == 404


def test_pages_of_accounts_are_for_no_cache(browser: FlaskClient) -> None:
    assert browser.get("/account/login").headers["Cache-Control"] == "no-store"
