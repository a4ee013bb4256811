"""Rules about accounts that other wikis broke: addresses, logs, tokens, what forms can set, where one is led."""

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from browsing import csrf_of, post
from kmwiki.app import create_app
from kmwiki.config import with_settings
from kmwiki.db import Base
from kmwiki.models import Role, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, api_tokens, handed_links, invitations, one_time_links, sessions, sign_in
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.site import Site

PASSWORD = "three wells and a pump"
People = dict[str, Actor]


@pytest.fixture
def ada(site: Site) -> str:
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").password_hash = hash_password(PASSWORD)
    return "contributor"


def enter(browser: FlaskClient, username: str, password: str = PASSWORD, on: str = "", **rest: Any):
    return post(browser, "/account/login", {"username": username, "password": password, "next": on}, **rest)


# ---- where requests come from


@pytest.fixture
def few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "TRIES_PER_ADDRESS", 3)


def statuses(app: Flask, tries: int = 5) -> list[int]:
    """Of tries with names of their own, each said to come from another address."""
    browser = app.test_client()
    answers = (
        enter(browser, f"nobody{number}", headers={"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(tries)
    )
    return [answer.status_code for answer in answers]


def test_a_forwarded_address_is_not_believed_without_a_proxy(site: Site, app: Flask, few_tries: None) -> None:
    assert statuses(app) == [401, 401, 401, 429, 429]


def test_behind_a_proxy_that_is_set_it_is(site: Site, few_tries: None) -> None:
    site.config = with_settings(site.config, proxies=1)

    assert statuses(create_app(site)) == [401] * 5


def test_behind_one_proxy_the_last_address_alone_counts(site: Site, few_tries: None) -> None:
    site.config = with_settings(site.config, proxies=1)
    browser = create_app(site).test_client()
    seen = [
        enter(browser, f"n{number}", headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.7"}).status_code
        for number in range(5)
    ]

    assert seen == [401, 401, 401, 429, 429]


# ---- sessions


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(site: Site, app: Flask, ada: str) -> None:
    attacker, victim = app.test_client(), app.test_client()
    csrf_of(attacker)
    victim.set_cookie("kmwiki_session", attacker.get_cookie("kmwiki_session").value)
    enter(victim, ada)

    assert victim.get("/account/profile").status_code == 200
    assert victim.get_cookie("kmwiki_session").value != attacker.get_cookie("kmwiki_session").value
    assert attacker.get("/account/profile").status_code == 303


@pytest.mark.parametrize(("later", "status"), [({"days": 13}, 200), ({"days": 15}, 303), ({"days": 91}, 303)])
def test_a_cookie_is_worth_as_much_as_the_session_on_the_server(
    site: Site, browser: FlaskClient, ada: str, later: dict[str, int], status: int
) -> None:
    enter(browser, ada)
    clock = site.clock
    site.clock = lambda: clock() + timedelta(**later)

    assert browser.get("/account/profile").status_code == status


def test_the_cookie_is_for_the_server_alone(site: Site, ada: str) -> None:
    site.config = with_settings(site.config, base_url="https://wiki.example.org")
    browser = create_app(site).test_client()
    there = {"base_url": "https://wiki.example.org", "headers": {"Referer": "https://wiki.example.org/"}}
    cookie = browser.get("/account/login", **there).headers["Set-Cookie"]

    assert cookie.startswith("kmwiki_session=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" in cookie


# ---- tokens of the API


def as_token(browser: FlaskClient, token: str, method: str, path: str, **json: object) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return browser.open(f"/api/v1{path}", method=method, headers=headers, json=json or None).status_code


def test_a_token_is_never_wider_than_its_owner_is_now(site: Site, people: People, browser: FlaskClient) -> None:
    with site.work(people["moderator"]) as uow:
        _row, token = api_tokens.add_token(uow, "a script")
    assert as_token(browser, token, "GET", "/changes") == 200
    page = {"type": "term", "language": "en", "fields": {"title": "Well"}}
    assert as_token(browser, token, "POST", "/changes", **page) == 201
    with site.work(people["admin"]) as uow:
        accounts.set_role(uow, "moderator", Role.READER)
    assert as_token(browser, token, "POST", "/changes", **page) == 403
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "moderator", UserState.DISABLED)

    assert as_token(browser, token, "GET", "/changes") == 401


@pytest.mark.parametrize(
    "path",
    ["/account/tokens", "/account/password", "/account/email", "/account/sessions/end-all", "/account/data",
     "/account/leave", "/account/second-factor", "/account/invitations", "/account/profile"],
)  # fmt: skip
def test_a_token_opens_no_page_of_the_account(site: Site, people: People, browser: FlaskClient, path: str) -> None:
    with site.work(people["admin"]) as uow:
        _row, token = api_tokens.add_token(uow, "a script")
    headers = {"Authorization": f"Bearer {token}"}

    assert browser.get(path, headers=headers).status_code in (303, 401, 405)
    data = {"csrf_token": csrf_of(browser), "name": "x", "role": "reader", "current": PASSWORD}
    assert browser.post(path, data=data, headers=headers).status_code == 401


# ---- where one is led


@pytest.mark.parametrize(
    "on",
    ["//evil.example", "/\\evil.example", "/%09/evil.example", "/\t//evil.example", "https:evil.example", "/%5Cevil"],
)  # fmt: skip
def test_next_stays_on_the_site(browser: FlaskClient, ada: str, on: str) -> None:
    location = enter(browser, ada, on=on).headers["Location"]

    led = urlsplit(location)
    assert led.scheme == led.netloc == "" and not led.path.startswith(("//", "/\\"))
    assert location.isprintable()


# ---- what forms can set


def test_nothing_but_what_a_form_shows_can_be_set(site: Site, people: People, signed_in) -> None:
    sent = {
        "name": "Ada B.", "role": "admin", "state": "active", "is_trusted": "1", "username": "root", "id": "0",
        "email": "evil@example.org", "password_hash": "x", "desk_takes": "{}", "seen_at": "2020-01-01",
    }  # fmt: skip
    browser = signed_in("contributor")
    for path in ("/account/profile", "/account/email", "/account/password", "/account/tokens"):
        post(browser, path, sent)
    assert browser.patch("/account/profile", data={**sent, "csrf_token": csrf_of(browser)}).status_code == 405

    with site.work(SYSTEM) as uow:
        user = accounts.user_by_id(uow, people["contributor"].user_id)
        assert (user.name, user.username, user.role) == ("Ada B.", "contributor", "contributor")
        assert (user.email, user.password_hash, user.is_trusted) == (None, None, False)


def test_a_get_changes_nothing(site: Site, app: Flask, ada: str) -> None:
    browser = app.test_client()
    enter(browser, ada)
    paths = [
        rule.rule.replace("<uuid:token_id>", "01900000-0000-7000-8000-000000000000")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/account/") and "GET" in rule.methods and "<" not in rule.rule
    ]

    before = rows_of(site)
    for path in paths:
        browser.get(path)
    assert len(paths) > 10 and rows_of(site) == before


def rows_of(site: Site) -> dict[str, list[tuple[Any, ...]]]:
    with site.work(SYSTEM) as uow:
        return {
            table.name: [tuple(row) for row in uow.session.execute(table.select())]
            for table in Base.metadata.sorted_tables
        }


# ---- logs


def test_no_log_holds_a_password_a_token_or_an_address(
    site: Site, people: People, browser: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = {"REMOTE_ADDR": "203.0.113.9"}
    sent = {"username": "amina", "password": PASSWORD, "name": "Amina\r\nERROR forged line", "email": "am@example.org"}
    post(browser, "/account/register", sent, environ_overrides=address)
    post(browser, "/account/logout", environ_overrides=address)
    enter(browser, "amina", "the wrong password", environ_overrides=address)
    enter(browser, "amina\r\nINFO forged line", environ_overrides=address)
    enter(browser, "amina", environ_overrides=address)
    made = post(browser, "/account/tokens", {"name": "a script"}, environ_overrides=address).text
    token = made.split('<code translate="no">')[1].split("</code>")[0]
    browser.get("/api/v1/pages", headers={"Authorization": f"Bearer {token}x"})
    with site.work(SYSTEM) as uow:
        session = sessions.start_session(uow, accounts.find_user(uow, "amina"))
    browser.get("/account/link/made-up\r\nINFO forged line")
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("kmwiki"))

    assert "signed in user=" in said
    for secret in (PASSWORD, "the wrong password", token, session, "203.0.113.9", "am@example.org", "Amina"):
        assert secret not in said
    assert not any(line.startswith(("ERROR forged", "INFO forged")) for line in said.splitlines())


# ---- what is kept


def test_only_hashes_of_what_opens_something_are_kept(site: Site, people: People) -> None:
    with site.work(people["moderator"]) as uow:
        _row, token = api_tokens.add_token(uow, "a script")
        _row, invitation, _sent = invitations.invite(uow, Role.READER)
    with site.work(people["admin"]) as uow:
        link = handed_links.make_sign_in_link(uow, "reader")
    with site.work(SYSTEM) as uow:
        session = sessions.start_session(uow, accounts.find_user(uow, "reader"))

    everything = str(rows_of(site))
    for secret in (token, invitation, link, session):
        assert secret not in everything and one_time_links.hashed(secret) in everything
