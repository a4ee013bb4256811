"""Pages of one's own: the ways to them, devices, one's data, and leaving."""

import io
import json
import re
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient

import pages
from browsing import led_to, post
from kmwiki.models import UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.site import Site

PASSWORD = "three wells and a pump"
FIREFOX = {"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"}
PLACES = ("email", "password", "second-factor", "sessions", "tokens", "data", "leave")


@pytest.fixture
def ada(site: Site) -> str:
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").password_hash = hash_password(PASSWORD)
    return "contributor"


def entered(app: Flask, name: str, **headers: str) -> FlaskClient:
    client = app.test_client()
    post(client, "/account/login", {"username": name, "password": PASSWORD}, headers=headers)
    return client


@pytest.mark.parametrize("place", PLACES)
def test_each_place_is_on_the_profile_and_asks_for_a_sign_in(signed_in, browser: FlaskClient, place: str) -> None:
    assert f'href="/account/{place}"' in signed_in("contributor").get("/account/profile").text
    assert signed_in("contributor").get(f"/account/{place}").status_code == 200
    assert led_to(browser.get(f"/account/{place}")) == "/account/login"


def test_devices_are_listed_in_words_and_ended_one_by_one(app: Flask, ada: str) -> None:
    phone, desk = entered(app, ada, **FIREFOX), entered(app, ada)
    page = desk.get("/account/sessions").text
    assert "Firefox, Android" in page and page.count("this one") == 1
    end = re.search(r"/account/sessions/[0-9a-f]{64}/end", page)[0]
    other = app.test_client()
    assert post(other, end).status_code == 401
    assert led_to(post(desk, end)) == "/account/sessions"

    assert led_to(phone.get("/account/profile")) == "/account/login"
    assert desk.get("/account/profile").status_code == 200
    assert post(desk, end).status_code == 404


def test_all_others_are_ended_and_all_with_the_one_here(app: Flask, ada: str) -> None:
    phone, tablet, desk = (entered(app, ada) for _device in range(3))
    post(desk, "/account/sessions/end-others")
    assert [client.get("/account/profile").status_code for client in (phone, tablet, desk)] == [303, 303, 200]
    phone = entered(app, ada)
    post(desk, "/account/sessions/end-all")

    assert [client.get("/account/profile").status_code for client in (phone, desk)] == [303, 303]


def test_ones_data_comes_as_a_file_after_the_password(
    site: Site, people: dict[str, Actor], app: Flask, ada: str
) -> None:
    pages.start(site, people[ada], "term", pages.term("Pump"))
    browser = entered(app, ada)
    assert browser.get("/account/data").mimetype == "text/html"
    assert post(browser, "/account/data", {"current": "wrong"}).status_code == 422
    answer = post(browser, "/account/data", {"current": PASSWORD})
    assert answer.content_type == "application/zip" and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contributor.zip"'
    assert int(answer.headers["Content-Length"]) == len(answer.data)

    with zipfile.ZipFile(io.BytesIO(answer.data)) as bag:
        assert json.loads(bag.read("profile.json"))["username"] == ada
        assert any(name.startswith("texts/") for name in bag.namelist())
    for _time in range(2):
        post(browser, "/account/data", {"current": PASSWORD})
    assert post(browser, "/account/data", {"current": PASSWORD}).status_code == 429


def test_leaving_asks_for_each_choice_and_the_password(
    site: Site, people: dict[str, Actor], app: Flask, ada: str
) -> None:
    pages.start(site, people[ada], "term", pages.term("Pump"))
    browser = entered(app, ada)
    assert "Pump" in browser.get("/account/leave").text
    for typed in (
        {"current": PASSWORD},
        {"name": "keep", "current": PASSWORD},
        {"name": "keep", "drafts": "give", "receiver": "", "current": PASSWORD},
        {"name": "keep", "drafts": "give", "receiver": "nobody", "current": PASSWORD},
        {"name": "keep", "drafts": "away", "current": "wrong"},
    ):
        answer = post(browser, "/account/leave", typed)
        assert answer.status_code == 422 and 'class="fault"' in answer.text
    assert browser.get("/account/profile").status_code == 200
    done = {"name": "remove", "drafts": "give", "receiver": "contributor2", "current": PASSWORD}
    answer = post(browser, "/account/leave", done)

    assert led_to(answer) == "/" and "Your account is closed" in browser.get("/").text
    assert led_to(browser.get("/account/profile")) == "/account/login"
    assert post(browser, "/account/login", {"username": ada, "password": PASSWORD}).status_code == 401
    with site.work(SYSTEM) as uow:
        user = accounts.user_by_id(uow, people[ada].user_id)
        assert (user.state, user.name) == (UserState.DISABLED, "Former member")


def test_a_browser_that_is_not_known_is_not_guessed_at(app: Flask, ada: str) -> None:
    browser = entered(app, ada, **{"User-Agent": "curl/8 <script>"})

    assert "does not say what it is" in browser.get("/account/sessions").text
