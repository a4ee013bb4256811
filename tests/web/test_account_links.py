"""Links about accounts: asked for by whoever forgot a password, made for whoever is invited; never of a forged host."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from browsing import csrf_of, led_to, post
from kmwiki import worker
from kmwiki.config import with_settings
from kmwiki.models import OutboxJob, User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.services.upkeep import jobs
from kmwiki.site import Site

PASSWORD = "three wells and a pump"
EVIL = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}


@pytest.fixture
def ada(site: Site) -> str:
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "contributor")
        user.email, user.password_hash = "ada@example.org", hash_password(PASSWORD)
    return "contributor"


@pytest.fixture
def by_mail(site: Site) -> None:
    site.config = with_settings(site.config, mail_url="smtp://localhost", base_url="http://localhost")


def mails(site: Site) -> list[dict]:
    jobs.drain(site, {"reset": worker.HANDLERS["reset"]})
    with site.work(SYSTEM) as uow:
        return list(uow.session.scalars(select(OutboxJob.payload).where(OutboxJob.name == "mail")))


def main_of(html: str) -> str:
    return re.sub(r'value="[^"]*"', "", html.split("<main")[1].split("</main")[0])


# ---- forgotten


def test_without_mail_the_page_says_whom_to_ask(browser: FlaskClient) -> None:
    page = browser.get("/account/forgotten").text

    assert "Ask an administrator" in page and 'name="asked"' not in page
    assert 'href="/account/forgotten"' in browser.get("/account/login").text


def test_known_and_unknown_are_answered_with_the_same_page(
    site: Site, browser: FlaskClient, ada: str, by_mail: None
) -> None:
    answers = [
        post(browser, "/account/forgotten", {"asked": words}) for words in (ada, "ada@example.org", "nobody", "")
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len({main_of(answer.text) for answer in answers}) == 1
    assert [mail["to"] for mail in mails(site)] == ["ada@example.org"] * 2


def test_asking_too_often_is_answered_alike_too(browser: FlaskClient, ada: str, by_mail: None) -> None:
    pages = []
    for words in (ada, "nobody"):
        for _time in range(4):
            answer = post(browser, "/account/forgotten", {"asked": words})
        pages.append((answer.status_code, main_of(answer.text)))

    assert pages[0] == pages[1] and pages[0][0] == 429


def test_the_link_in_the_mail_is_of_the_site_whatever_the_request_says(
    site: Site, browser: FlaskClient, ada: str, by_mail: None
) -> None:
    site.config = with_settings(site.config, base_url="https://wiki.example.org")
    token = csrf_of(browser)
    browser.post("/account/forgotten", data={"csrf_token": token, "asked": ada}, headers=EVIL)
    browser.post("/account/forgotten", data={"asked": ada, "csrf_token": token}, headers={"Origin": "http://localhost"})

    for mail in mails(site):
        assert "https://wiki.example.org/account/reset/" in mail["text"] and "evil" not in mail["text"]
    assert mails(site)


def test_the_link_sets_a_password_once_and_signs_in(site: Site, browser: FlaskClient, ada: str, by_mail: None) -> None:
    post(browser, "/account/forgotten", {"asked": ada})
    at = re.search(r"http://localhost(/account/reset/\S+)", mails(site)[0]["text"])[1]
    assert browser.get(at).status_code == 200
    assert post(browser, at, {"password": "short"}).status_code == 422
    assert led_to(post(browser, at, {"password": "four wells and a pump"})) == "/"

    assert browser.get("/account/profile").status_code == 200
    assert browser.get(at).status_code == 404
    assert browser.get(at.replace("reset", "link")).status_code == 404


# ---- invitations


def test_a_moderator_invites_and_whoever_opens_the_link_is_in(site: Site, signed_in, browser: FlaskClient) -> None:
    site.config = with_settings(site.config, registration="closed")
    mia = signed_in("moderator")
    made = post(mia, "/account/invitations", {"role": "contributor", "note": "Amina, from the market"})
    assert made.status_code == 201
    at = re.search(r"http://localhost(/account/invited/[\w-]+)", made.text)[1]
    again = mia.get("/account/invitations").text
    assert "Amina, from the market" in again and at not in again
    assert "You are invited" in browser.get(at).text

    bad = post(browser, at, {"username": "contributor", "name": "Amina B.", "password": PASSWORD, "role": "admin"})
    assert bad.status_code == 422 and "Amina B." in bad.text
    asked = {"username": "amina", "password": PASSWORD, "role": "admin", "state": "waiting", "is_trusted": "1"}
    assert led_to(post(browser, at, asked)) == "/"
    assert browser.get("/new/term").status_code == 200
    assert browser.get(at).status_code == 404
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, "amina")
        assert (user.role, user.state, user.is_trusted) == ("contributor", "active", False)
    assert "Amina, from the market" not in mia.get("/account/invitations").text


def test_a_moderator_cannot_invite_a_moderator_by_hand(signed_in) -> None:
    mia = signed_in("moderator")

    assert 'value="admin"' not in mia.get("/account/invitations").text
    assert post(mia, "/account/invitations", {"role": "moderator"}).status_code == 422
    assert post(mia, "/account/invitations", {}).status_code == 422
    assert post(signed_in("admin"), "/account/invitations", {"role": "moderator"}).status_code == 201


@pytest.mark.parametrize("name", ["contributor", "reader"])
def test_others_do_not_invite(signed_in, name: str) -> None:
    assert signed_in(name).get("/account/invitations").status_code == 403
    assert post(signed_in(name), "/account/invitations", {"role": "reader"}).status_code == 403
    assert "/account/invitations" not in signed_in(name).get("/account/profile").text.split("<main")[1]


def test_an_invitation_is_withdrawn_by_whoever_made_it(site: Site, signed_in, browser: FlaskClient) -> None:
    mia, moe = signed_in("moderator"), signed_in("moderator2")
    at = re.search(r"/account/invited/[\w-]+", post(mia, "/account/invitations", {"role": "reader"}).text)[0]
    withdraw = re.search(r"/account/invitations/[0-9a-f-]+/withdraw", mia.get("/account/invitations").text)[0]
    assert withdraw not in moe.get("/account/invitations").text
    assert post(moe, withdraw).status_code == 404
    assert led_to(post(mia, withdraw)) == "/account/invitations"

    assert browser.get(at).status_code == 404
    assert post(mia, withdraw).status_code == 404


def test_an_invitation_by_mail_says_where_it_went(site: Site, signed_in, by_mail: None) -> None:
    made = post(signed_in("moderator"), "/account/invitations", {"role": "reader", "email": "amina@example.org"})

    assert "We sent it to amina@example.org" in made.text
    assert [mail["to"] for mail in mails(site)] == ["amina@example.org"]
    bad = post(signed_in("moderator"), "/account/invitations", {"role": "reader", "email": "nonsense"})
    assert bad.status_code == 422 and "not a mail address" in bad.text


# ---- a new mail address


def test_a_new_address_is_confirmed_by_one_click_on_a_page(
    site: Site, people: dict[str, Actor], browser: FlaskClient, ada: str, by_mail: None
) -> None:
    post(browser, "/account/login", {"username": ada, "password": PASSWORD})
    assert post(browser, "/account/email", {"email": "new@example.org", "current": "wrong"}).status_code == 422
    answer = post(browser, "/account/email", {"email": "new@example.org", "current": PASSWORD})
    assert led_to(answer) == "/account/profile"
    at = re.search(r"http://localhost(/account/email/\S+)", mails(site)[0]["text"])[1]
    assert "new@example.org" in browser.get(at).text

    def stored() -> str | None:
        with site.work(SYSTEM) as uow:
            return uow.session.get_one(User, people[ada].user_id).email

    assert stored() == "ada@example.org"  # looking at the page changed nothing
    assert led_to(post(browser, at)) == "/"
    assert stored() == "new@example.org"
    assert browser.get(at).status_code == 404
