"""After an ended session or an expired form the text is given back, and one click saves it."""

from html import unescape
from re import findall

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from browsing import csrf_of, form_as_sent, hidden, post
from kmwiki.models import LoginSession, Page, Revision
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.site import Site
from pages import published, start, term

PASSWORD = "three wells and a pump"
LONG = 'A place where people fetch water.\r\n\r\n  "It" may be a <well>.'


@pytest.fixture
def ada(site: Site) -> str:
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").password_hash = hash_password(PASSWORD)
    return "contributor"


def carried(html: str) -> list[tuple[str, str]]:
    """Names and texts that the sign-in form carries along."""
    names = findall(r'<input type="hidden" name="kept.name" value="([^"]*)"', html)
    values = findall(r'<textarea name="kept.value" hidden>\n([^<]*)</textarea>', html)
    return [(unescape(name), unescape(value)) for name, value in zip(names, values, strict=True)]


def retried(html: str) -> dict[str, list[str]]:
    """What the button "Save it now" sends."""
    sent: dict[str, list[str]] = {"csrf_token": [hidden(html.split("<main")[1], "csrf_token")]}
    for name, value in findall(r'<textarea name="([^"]*)" hidden>\n([^<]*)</textarea>', html):
        sent.setdefault(unescape(name), []).append(unescape(value))
    return sent


def sign_in_again(browser: FlaskClient, html: str, username: str, password: str):
    pairs = carried(html)
    return browser.post("/account/kept", data={
        "csrf_token": hidden(html.split("<main")[1], "csrf_token"), "username": username, "password": password,
        "kept.url": hidden(html, "kept.url"),
        "kept.name": [name for name, _value in pairs], "kept.value": [value for _name, value in pairs],
    })  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/new/term", "/pages/water-point/edit", "/changes/01900000-0000-7000-8000-000000000000/edit"]
)
def test_a_post_of_somebody_who_is_not_signed_in_keeps_the_text(browser: FlaskClient, path: str) -> None:
    answer = post(browser, path, {"title": "Water point", "definition": LONG, "password": "secret words"})

    assert answer.status_code == 401
    assert ("definition", LONG) in carried(answer.text)
    assert hidden(answer.text, "kept.url") == path
    assert "secret words" not in answer.text


def test_after_signing_in_one_click_saves(site: Site, browser: FlaskClient, ada: str) -> None:
    lost = post(browser, "/new/term", {"title": "Water point", "definition": LONG, "token": "t-12345678"}).text
    wrong = sign_in_again(browser, lost, ada, "not the password")
    assert wrong.status_code == 401
    assert ("definition", LONG) in carried(wrong.text) and "not the password" not in wrong.text

    ready = sign_in_again(browser, wrong.text, ada, PASSWORD)
    assert ready.status_code == 200
    with site.work(SYSTEM) as uow:
        assert uow.session.scalar(select(func.count()).select_from(Page)) == 0
    assert browser.post("/new/term", data=retried(ready.text)).status_code == 303

    with site.work(SYSTEM) as uow:
        fields = uow.session.scalars(select(Revision)).one().content["fields"]
    assert fields["definition"] == LONG.replace("\r\n", "\n")


def test_a_session_that_died_while_writing_loses_nothing(site: Site, people, signed_in, ada: str) -> None:
    change = start(site, people["contributor"], "term", term())
    client = signed_in("contributor")
    sent = form_as_sent(client.get(f"/changes/{change.id}/edit").text)
    sent["definition"] = ["A text of an hour."]
    with site.work(SYSTEM) as uow:
        for row in uow.session.scalars(select(LoginSession)):
            uow.session.delete(row)
    lost = client.post(f"/changes/{change.id}/edit", data=sent)
    assert lost.status_code == 401
    ready = sign_in_again(client, lost.text, ada, PASSWORD)
    assert client.post(f"/changes/{change.id}/edit", data=retried(ready.text)).status_code == 303

    assert "A text of an hour." in client.get(f"/changes/{change.id}/edit").text


def test_an_expired_form_is_saved_by_one_click(site: Site, signed_in) -> None:
    client = signed_in("contributor")
    lost = client.post("/new/term", data={"csrf_token": "old", "title": "Water point", "definition": LONG})
    assert lost.status_code == 400

    assert client.post("/new/term", data=retried(lost.text)).status_code == 303


def test_a_form_that_another_site_sent_is_neither_shown_nor_offered(signed_in, browser: FlaskClient) -> None:
    for client in (signed_in("moderator"), browser):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = client.post("/new/term", data={"title": "Planted by somebody else", "x": "y"}, headers=headers)
            assert answer.status_code in (400, 401)
            assert "Planted by somebody else" not in answer.text


def test_the_carried_address_is_one_of_this_site(browser: FlaskClient, ada: str) -> None:
    token = csrf_of(browser)
    data = {"csrf_token": token, "username": ada, "password": PASSWORD, "kept.url": "//evil.example/x",
            "kept.name": "title", "kept.value": "A title that is long enough"}  # fmt: skip
    answer = browser.post("/account/kept", data=data)

    assert answer.status_code == 200
    assert "evil.example" not in answer.text


def test_a_form_with_very_many_answers_is_shown_to_be_copied(browser: FlaskClient) -> None:
    many = {f"x{number}": "y" for number in range(5_100)} | {"definition": LONG}
    answer = post(browser, "/new/term", many)

    assert answer.status_code == 401
    assert carried(answer.text) == []
    assert "A place where people fetch water." in answer.text


def test_what_was_typed_comes_back_with_every_refusal(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    answer = post(
        signed_in("contributor2"), f"/changes/{change.id}/edit", {"head": str(change.head_id), "definition": LONG}
    )

    assert answer.status_code == 404
    assert "A place where people fetch water." in answer.text and "Water point" not in answer.text


def test_a_form_that_does_not_say_what_it_began_from_is_given_back(
    site: Site, people: dict[str, Actor], signed_in
) -> None:
    change = start(site, people["contributor"], "term", term())
    answer = post(signed_in("contributor"), f"/changes/{change.id}/edit", {"definition": LONG})

    assert answer.status_code == 409
    assert "A place where people fetch water." in answer.text


# ---- what the texts are called


def labels(html: str) -> list[str]:
    return [unescape(label) for label in findall(r'<label for="kept-[0-9]+">([^<]*)</label>', html)]


def test_texts_stand_under_the_questions_of_their_form(site: Site, browser: FlaskClient) -> None:
    asked = site.page_type("needs-analysis").field
    na = next(field for field in site.page_type("needs-analysis").fields.values() if field.not_applicable)
    names = ("needs.1.question", "purpose", f"{na.id}.not_applicable", "note_to_reviewer", "x")
    form = dict.fromkeys(names, LONG)

    assert labels(post(browser, "/new/needs-analysis", form).text) == [
        f"{asked('needs').label}, 2: {asked('needs').column('question').label}",
        str(asked("purpose").label),
        f"{na.label}: {na.not_applicable.reason}",
        "Note to the reviewer",
        "x",
    ]


def test_the_form_of_a_page_is_known_and_that_of_a_change_by_those_who_see_it(
    site: Site, people: dict[str, Actor], browser: FlaskClient, signed_in
) -> None:
    published(site, people, "term", term())
    change = start(site, people["contributor"], "term", term("Secret"))
    label = str(site.page_type("term").field("definition").label)

    assert labels(post(browser, "/pages/water-point/edit", {"definition": LONG}).text) == [label]
    at = f"/changes/{change.id}/edit"
    assert labels(signed_in("contributor").post(at, data={"definition": LONG}).text) == [label]
    for somebody in (browser, signed_in("contributor2")):
        assert labels(somebody.post(at, data={"definition": LONG}).text) == ["definition"]


@pytest.mark.parametrize("path", ["/new/recipe", "/pages/nowhere/edit", "/account/profile"])
def test_where_no_form_is_known_texts_stand_under_the_names_of_their_inputs(browser: FlaskClient, path: str) -> None:
    assert labels(post(browser, path, {"definition": LONG}).text) == ["definition"]
