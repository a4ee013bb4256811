"""Autosave as a browser sends it, and the form that shows again what was typed."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from browsing import csrf_of, form_as_sent, hidden, led_to
from kmwiki.models import Change, LoginSession, WorkingCopy
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.site import Site
from pages import change_page, published, save_fields, start, term

STAMP = "0123456789abcdef.1"
PASSWORD = "three wells and a pump"


def account_of(client: FlaskClient) -> str:
    return client.get("/account/session").json["account"]


def keep(client: FlaskClient, form_url: str, sent: dict, stamp: str = STAMP, **more: str):
    """What the script sends after a pause in typing."""
    data = {**sent, "account": account_of(client), "csrf_token": csrf_of(client), "stamp": stamp, **more}
    return client.post(f"{form_url}/working-copy", data=data)


def typed_into(client: FlaskClient, form_url: str, **typed: str) -> dict:
    return {**form_as_sent(client.get(form_url).text), **typed}


def test_a_new_page_is_begun_found_again_and_saved(site: Site, signed_in) -> None:
    ada = signed_in("contributor")
    sent = typed_into(ada, "/new/term", definition="Half a sentence")
    answer = keep(ada, "/new/term", sent)
    assert answer.status_code == 200 and answer.json["others"] is False

    token = sent["token"][0]
    for listed in ("/new/term", "/changes?mine=1"):
        assert f"/new/term?begun={token}" in ada.get(listed).text
    again = ada.get(f"/new/term?begun={token}").text
    assert "Here is what you typed and did not save" in again
    assert form_as_sent(again)["definition"] == ["Half a sentence"]

    led_to(ada.post("/new/term", data=form_as_sent(again) | {"title": "Water point"}))
    assert token not in ada.get("/new/term").text
    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(WorkingCopy)).all() == []


def test_the_form_of_a_change_shows_what_was_typed_with_the_version_that_it_began_from(site, people, signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    ada, form_url = signed_in("contributor"), f"/changes/{change.id}/edit"
    assert keep(ada, form_url, typed_into(ada, form_url, definition="Mine.")).status_code == 200
    save_fields(site, people["contributor"], change, change.head_id, {"title": "Theirs"})

    shown = ada.get(form_url).text
    assert hidden(shown, "head") == str(change.head_id)
    assert "Something else was saved since" in shown
    led_to(ada.post(form_url, data=form_as_sent(shown)))
    saved = form_as_sent(ada.get(form_url).text)
    assert (saved["title"], saved["definition"]) == (["Theirs"], ["Mine."])


def test_the_saved_version_is_one_button_away(site: Site, people: dict[str, Actor], signed_in) -> None:
    page = published(site, people, "term", term())
    ada, form_url = signed_in("contributor"), f"/pages/{page.slug}/edit"
    keep(ada, form_url, typed_into(ada, form_url, definition="Mine."))
    assert form_as_sent(ada.get(form_url).text)["definition"] == ["Mine."]
    assert form_url in ada.get("/changes?mine=1").text

    thrown = ada.post(f"{form_url}/working-copy/throw-away", data={"csrf_token": csrf_of(ada)})
    assert led_to(thrown) == form_url
    assert "A place where people fetch water." in form_as_sent(ada.get(form_url).text)["definition"][0]


def test_what_was_typed_over_a_page_is_saved_over_what_was_seen(site: Site, people, signed_in) -> None:
    page = published(site, people, "term", term())
    ada, form_url = signed_in("contributor2"), f"/pages/{page.slug}/edit"
    seen = str(page.published_revision_id)
    refused = ada.post(form_url, data=typed_into(ada, form_url, head=seen, definition="x" * 100_001))

    assert refused.status_code == 422
    assert hidden(refused.text, "head") == seen


def test_saving_in_one_window_leaves_what_another_one_typed(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = start(site, people["contributor"], "term", term())
    ada, form_url = signed_in("contributor"), f"/changes/{change.id}/edit"
    first_window = typed_into(ada, form_url, definition="First.")
    keep(ada, form_url, typed_into(ada, form_url, definition="Second."), stamp="fedcba9876543210.1")
    elsewhere = keep(ada, form_url, first_window)
    assert (elsewhere.status_code, elsewhere.json) == (409, {"elsewhere": True})
    led_to(ada.post(form_url, data=first_window | {"stamp": STAMP}))

    assert form_as_sent(ada.get(form_url).text)["definition"] == ["Second."]


def test_others_are_told_that_somebody_is_editing_without_a_name(site: Site, people, signed_in) -> None:
    page = published(site, people, "term", term())
    ada, bo, form_url = signed_in("contributor"), signed_in("contributor2"), f"/pages/{page.slug}/edit"
    keep(ada, form_url, typed_into(ada, form_url, definition="Mine."))
    words = '<p class="others small" role="status"'

    told = bo.get(form_url).text.split(words)[1].split("</p>")[0]
    assert told.endswith("Someone else is editing this page.") and "Contributor" not in told
    assert ada.get(form_url).text.split(words)[1].split("</p>")[0].endswith(">")
    assert keep(bo, form_url, typed_into(bo, form_url), stamp="fedcba9876543210.1").json["others"] is True


@pytest.mark.parametrize("name", ["contributor2", "moderator", "admin"])
def test_the_working_copies_of_others_are_not_there(site: Site, people, signed_in, name: str) -> None:
    change = start(site, people["contributor"], "term", term())
    ada, other, form_url = signed_in("contributor"), signed_in(name), f"/changes/{change.id}/edit"
    sent = typed_into(ada, "/new/term", title="Secret title")
    keep(ada, "/new/term", sent)
    keep(ada, form_url, typed_into(ada, form_url, title="Secret title"))

    assert keep(other, form_url, {"title": "x", "head": str(change.head_id)}).status_code == 404
    thrown = other.post(f"{form_url}/working-copy/throw-away", data={"csrf_token": csrf_of(other)})
    assert thrown.status_code == 404
    for path in (f"/new/term?begun={sent['token'][0]}", "/new/term", "/changes?mine=1", form_url):
        assert "Secret title" not in other.get(path).text
    other.post("/new/term/working-copy/throw-away", data={"csrf_token": csrf_of(other), "token": sent["token"]})
    assert "Secret title" in ada.get("/changes?mine=1").text


def test_autosave_of_somebody_who_was_signed_out_is_told_so(site: Site, people, signed_in) -> None:
    ada = signed_in("contributor")
    sent, account = typed_into(ada, "/new/term", title="Water point"), account_of(ada)
    token = csrf_of(ada)
    with site.work(SYSTEM) as uow:
        for row in uow.session.scalars(select(LoginSession)):
            uow.session.delete(row)
    data = {**sent, "account": account, "stamp": STAMP, "csrf_token": token}

    assert ada.post("/new/term/working-copy", data=data).status_code == 401
    assert ada.post("/new/term/working-copy", data=data | {"csrf_token": "old"}).status_code == 400
    assert ada.get("/account/session").json["account"] == ""


def test_text_is_never_filed_under_somebody_else_who_signed_in_meanwhile(site: Site, signed_in) -> None:
    ada, bo = signed_in("contributor"), signed_in("contributor2")
    sent = typed_into(ada, "/new/term", title="Water point")

    assert keep(bo, "/new/term", sent, account=account_of(ada)).status_code == 401
    assert "Water point" not in bo.get("/changes?mine=1").text


def test_the_session_of_a_shared_computer_ends_with_the_browser(site: Site, people, browser: FlaskClient) -> None:
    with site.work(SYSTEM) as uow:
        accounts.find_user(uow, "contributor").password_hash = hash_password(PASSWORD)
    answers = {}
    for shared in ("", "1"):
        data = {"csrf_token": csrf_of(browser), "username": "contributor", "password": PASSWORD, "shared": shared}
        cookie = browser.post("/account/login", data=data).headers["Set-Cookie"]
        form = browser.get("/new/term")
        answers[shared] = ("Expires" in cookie, " data-shared" in form.text, form.headers["Cache-Control"])

    assert answers == {"": (True, False, "no-cache"), "1": (False, True, "no-store")}


def test_a_form_that_is_closed_keeps_nothing_more(site: Site, people: dict[str, Actor], signed_in) -> None:
    page = published(site, people, "term", term())
    change = change_page(site, people["contributor2"], str(page.slug), {"definition": "A tap."})
    ada, form_url = signed_in("contributor2"), f"/changes/{change.id}/edit"
    sent = typed_into(ada, form_url)
    ada.post(f"/changes/{change.id}/discard", data={"csrf_token": csrf_of(ada)})

    assert keep(ada, form_url, sent).status_code == 409
    with site.work(SYSTEM) as uow:
        assert uow.session.get(Change, change.id).state == "discarded"
