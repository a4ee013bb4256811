"""The second factor in a browser: setting it up, signing in with it, and a site that wants it of moderators."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from browsing import csrf_of, hidden, led_to, post
from kmwiki.config import with_settings
from kmwiki.models import LoginSession, SecondFactor
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, handed_links, second_factor
from kmwiki.services.accounts.api_tokens import add_token
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.site import Site

PASSWORD = "three wells and a pump"
HERE = "/account/second-factor"


@pytest.fixture(autouse=True)
def passwords(site: Site) -> None:
    password_hash = hash_password(PASSWORD)
    with site.work(SYSTEM) as uow:
        for name in ("contributor", "moderator"):
            accounts.find_user(uow, name).password_hash = password_hash


def code_of(site: Site, name: str = "contributor") -> str:
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, name)
        secret = uow.session.get_one(SecondFactor, user.id).secret
    return pyotp.TOTP(secret).at(site.clock())


def later(site: Site, **time: int) -> None:
    clock = site.clock
    site.clock = lambda: clock() + timedelta(**time)


def enter(browser: FlaskClient, name: str = "contributor", on: str = ""):
    return post(browser, "/account/login", {"username": name, "password": PASSWORD, "next": on})


def set_up(site: Site, browser: FlaskClient, name: str = "contributor") -> list[str]:
    """Switch it on in this browser: the recovery codes. Two minutes go by."""
    assert led_to(post(browser, HERE, {"current": PASSWORD})) == HERE
    answer = post(browser, f"{HERE}/confirm", {"code": code_of(site, name)})
    assert answer.status_code == 200
    later(site, minutes=2)
    return re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.text)


def sessions(site: Site) -> int:
    with site.work(SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(LoginSession)) or 0


def test_it_is_set_up_by_password_picture_and_a_first_code(site: Site, browser: FlaskClient) -> None:
    enter(browser)
    assert browser.get(f"{HERE}/picture").status_code == 404
    assert post(browser, HERE, {"current": "wrong"}).status_code == 422
    assert led_to(post(browser, HERE, {"current": PASSWORD})) == HERE
    page = browser.get(HERE)
    with site.work(SYSTEM) as uow:
        secret = uow.session.scalars(select(SecondFactor.secret)).one()
    assert " ".join(second_factor.in_groups(secret)) in page.text
    picture = browser.get(f"{HERE}/picture")
    assert picture.content_type == "image/svg+xml" and picture.headers["Cache-Control"] == "no-store"
    assert "style" not in picture.text and ElementTree.fromstring(picture.text).tag.endswith("svg")
    assert post(browser, f"{HERE}/confirm", {"code": "000000"}).status_code == 422
    shown = post(browser, f"{HERE}/confirm", {"code": code_of(site)})

    assert len(re.findall("<li><code>", shown.text)) == 10
    assert "<li><code>" not in browser.get(HERE).text
    assert browser.get(f"{HERE}/picture").status_code == 404
    assert browser.get("/account/profile").status_code == 200  # goes on in a new session


def test_signing_in_asks_a_code_on_a_second_page_and_opens_nothing_before(site: Site, browser: FlaskClient) -> None:
    enter(browser)
    set_up(site, browser)
    post(browser, "/account/logout")
    assert browser.get("/account/code").headers["Location"] == "/account/login"
    answer = enter(browser, on="/new/term?title=Well")
    assert answer.headers["Location"] == "/account/code?next=/new/term%3Ftitle%3DWell"
    assert sessions(site) == 0
    assert browser.get("/new/term").status_code == 303  # not signed in
    page = browser.get(answer.headers["Location"])
    wrong = post(browser, "/account/code", {"code": "12 34 56", "next": hidden(page.text, "next")})
    assert wrong.status_code == 422 and "not right" in wrong.text and sessions(site) == 0

    right = post(browser, "/account/code", {"code": code_of(site), "next": hidden(wrong.text, "next")})
    assert right.headers["Location"] == "/new/term?title=Well"
    assert browser.get("/new/term").status_code == 200 and sessions(site) == 1


def test_five_wrong_codes_and_the_account_rests_also_from_another_browser(
    site: Site, app: Flask, browser: FlaskClient
) -> None:
    enter(browser)
    set_up(site, browser)
    for _try in range(5):
        other = app.test_client()
        enter(other)
        assert post(other, "/account/code", {"code": "000000"}).status_code == 422
    enter(other)

    assert post(other, "/account/code", {"code": code_of(site)}).status_code == 429


def test_a_step_that_took_too_long_begins_again(site: Site, browser: FlaskClient) -> None:
    enter(browser)
    set_up(site, browser)
    post(browser, "/account/logout")
    enter(browser)
    later(site, minutes=11)
    answer = post(browser, "/account/code", {"code": code_of(site)})

    assert answer.status_code == 401 and "begin again" in answer.text
    assert browser.get("/account/code").status_code == 303


def test_a_recovery_code_signs_in_and_new_ones_can_be_made(site: Site, browser: FlaskClient) -> None:
    enter(browser)
    codes = set_up(site, browser)
    post(browser, "/account/logout")
    enter(browser)
    assert led_to(post(browser, "/account/code", {"code": codes[0]})) == "/"
    assert "9 recovery codes" in browser.get(HERE).text
    assert post(browser, f"{HERE}/codes", {"code": codes[0]}).status_code == 422

    assert len(re.findall("<li><code>", post(browser, f"{HERE}/codes", {"code": codes[1]}).text)) == 10


def test_it_is_switched_off_by_password_and_code(site: Site, browser: FlaskClient) -> None:
    enter(browser)
    set_up(site, browser)
    assert post(browser, f"{HERE}/off", {"current": PASSWORD, "code": "000000"}).status_code == 422
    assert post(browser, f"{HERE}/off", {"current": "wrong", "code": code_of(site)}).status_code == 422
    assert led_to(post(browser, f"{HERE}/off", {"current": PASSWORD, "code": code_of(site)})) == "/account/profile"

    post(browser, "/account/logout")
    assert led_to(enter(browser)) == "/"


def test_a_shared_computer_stays_one_through_the_second_step(site: Site, browser: FlaskClient) -> None:
    enter(browser)
    set_up(site, browser)
    post(browser, "/account/logout")
    post(browser, "/account/login", {"username": "contributor", "password": PASSWORD, "shared": "1"})
    post(browser, "/account/code", {"code": code_of(site)})

    with browser.session_transaction() as session:
        assert session["shared"] and not session.permanent
    assert browser.get("/").headers["Cache-Control"] == "no-store"


def test_a_link_for_a_new_password_leads_to_the_code(
    site: Site, people: dict[str, Actor], browser: FlaskClient
) -> None:
    enter(browser)
    set_up(site, browser)
    post(browser, "/account/logout")
    with site.work(people["admin"]) as uow:
        token = handed_links.make_sign_in_link(uow, "contributor")
    assert led_to(post(browser, f"/account/link/{token}", {"password": "four wells and a pump"})) == "/account/code"
    assert sessions(site) == 0

    assert led_to(post(browser, "/account/code", {"code": code_of(site)})) == "/"


def test_a_text_is_carried_through_both_steps(site: Site, browser: FlaskClient) -> None:
    enter(browser)
    set_up(site, browser)
    post(browser, "/account/logout")
    lost = post(browser, "/new/term", {"title": "Water point", "definition": "A place where people fetch water."}).text

    def step(**answers: str):
        carried = {"kept.url": "/new/term", "kept.name": ["title"], "kept.value": ["Water point"]}
        return browser.post("/account/kept", data={"csrf_token": csrf_of(browser), **carried, **answers})

    assert 'name="username"' in lost.split("<main")[1]
    asked = step(username="contributor", password=PASSWORD)
    assert asked.status_code == 401 and 'name="code"' in asked.text and "Water point" in asked.text
    wrong = step(code="000000")
    assert wrong.status_code == 422 and 'name="code"' in wrong.text and "Water point" in wrong.text
    ready = step(code=code_of(site))
    assert ready.status_code == 200 and "Water point" in ready.text
    assert browser.get("/new/term").status_code == 200


# ---- a site that wants it


@pytest.fixture
def wanted(site: Site) -> None:
    site.config = with_settings(site.config, second_factor="moderators")


def test_a_moderator_is_led_to_it_and_does_nothing_else_before(site: Site, browser: FlaskClient, wanted: None) -> None:
    enter(browser, "moderator")
    for path in ("/review", "/", "/account/profile", "/new/term", "/account/tokens", "/search?q=a"):
        answer = browser.get(path)
        assert (answer.status_code, led_to(answer)) == (303, HERE)
    page = browser.get(f"{HERE}?next=/review")
    refused = browser.post(
        "/new/term",
        data={"csrf_token": hidden(page.text, "csrf_token"), "definition": "A text of some length, typed."},
    )
    assert refused.status_code == 403 and "A text of some length, typed." in refused.text

    assert "Please set it up now" in page.text and hidden(page.text.split("<main")[1], "next") == "/review"
    token = hidden(page.text, "csrf_token")
    browser.post(HERE, data={"csrf_token": token, "current": PASSWORD})
    done = browser.post(f"{HERE}/confirm", data={
        "csrf_token": token, "code": code_of(site, "moderator"), "next": "/review"
    })  # fmt: skip
    assert 'href="/review"' in done.text.split("<main")[1]
    assert browser.get("/review").status_code == 200


def test_whoever_still_needs_it_can_sign_out(site: Site, browser: FlaskClient, wanted: None) -> None:
    enter(browser, "moderator")
    token = hidden(browser.get(HERE).text, "csrf_token")

    assert led_to(browser.post("/account/logout", data={"csrf_token": token})) == "/"
    assert browser.get("/").status_code == 200


def test_others_are_not_asked_for_it(browser: FlaskClient, wanted: None) -> None:
    enter(browser, "contributor")

    assert browser.get("/account/profile").status_code == 200


def test_tokens_of_such_an_account_are_refused_until_it_is_set_up(
    site: Site, people: dict[str, Actor], browser: FlaskClient, wanted: None
) -> None:
    with site.work(people["moderator"]) as uow:
        _row, token = add_token(uow, "a script")
    headers = {"Authorization": f"Bearer {token}"}
    assert browser.get("/api/v1/pages", headers=headers).status_code == 403
    site.config = with_settings(site.config, second_factor="optional")
    assert browser.get("/api/v1/pages", headers=headers).status_code == 200

    enter(browser, "moderator")
    set_up(site, browser, "moderator")
    site.config = with_settings(site.config, second_factor="moderators")
    assert browser.get("/api/v1/pages", headers=headers).status_code == 200
