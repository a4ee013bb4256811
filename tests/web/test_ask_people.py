"""Asking the people behind a page in a browser: the form, the way back without an account, both sides' pages."""

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from browsing import post
from kmwiki.permissions import Actor
from kmwiki.services.pages import page_care
from kmwiki.services.talk import enquiries
from kmwiki.site import Site
from pages import published, term

AT = "/pages/water-point"
ASK = f"{AT}/ask-people"
GIVEN = {"name": "Reader of Zinder", "text": "How deep are the <b>wells</b>?"}


@pytest.fixture(autouse=True)
def page(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())


def asked(client: FlaskClient, **form: str) -> str:
    """The address of the conversation that was begun."""
    answer = post(client, ASK, {**GIVEN, **form})
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["Location"]).path


def test_everybody_finds_the_way_to_it_on_the_page(browser: FlaskClient, signed_in) -> None:
    for client in (browser, signed_in("reader"), signed_in("moderator")):
        assert f'href="{ASK}"' in client.get(AT).text
    assert f'href="{ASK}"' not in browser.get(f"{AT}/revisions/1").text


def test_without_an_account_from_the_question_to_the_answer(browser: FlaskClient, app, signed_in) -> None:
    form = browser.get(ASK)
    assert 'name="name"' in form.text and 'name="email"' not in form.text  # no mail here: no address is asked for
    assert form.headers["Cache-Control"] == "no-store"
    at = asked(browser)
    assert at.startswith("/asked/")
    shown = browser.get(f"{at}?new=1")
    assert "How deep are the &lt;b&gt;wells&lt;/b&gt;?" in shown.text and f"http://localhost{at}" in shown.text
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow" and shown.headers["Cache-Control"] == "no-store"

    ada = signed_in("contributor")
    listed = ada.get("/account/questions").text
    assert "Water point" in listed and "Reader of Zinder" in listed and "waits for an answer" in listed
    enquiry = next(part for part in listed.split('"') if part.startswith("/enquiries/"))
    assert post(ada, enquiry, {"text": "Thirty metres."}).status_code == 303
    assert "answered" in ada.get("/account/questions").text

    elsewhere = app.test_client()  # the address alone opens it
    assert "Thirty metres." in elsewhere.get(at).text
    assert post(elsewhere, at, {"text": "Thank you."}).status_code == 303
    assert post(elsewhere, f"{at}/close").status_code == 303
    text = elsewhere.get(at).text
    assert "This conversation is closed." in text and "<textarea" not in text
    assert post(ada, enquiry, {"text": "One more thing."}).status_code == 409


def test_with_an_account_the_answer_is_in_the_account(signed_in, browser: FlaskClient) -> None:
    reader = signed_in("reader")
    assert 'name="name"' not in reader.get(ASK).text
    at = asked(reader)
    assert at.startswith("/enquiries/")
    assert "Reader asked" in reader.get(at).text and "Questions that you asked" in reader.get("/account/questions").text
    assert signed_in("contributor2").get(at).status_code == 404
    assert browser.get(at).status_code == 404
    assert browser.get("/account/questions").status_code == 303
    assert browser.get("/asked/" + "0" * 48).status_code == 404


def test_what_is_wrong_stands_at_its_place_and_nothing_typed_is_lost(browser: FlaskClient) -> None:
    answer = post(browser, ASK, {"name": "", "text": "How deep?"})
    assert answer.status_code == 422
    assert 'id="f-name-fault"' in answer.text and "How deep?" in answer.text

    answer = post(browser, ASK, {**GIVEN, "website": "https://spam"})
    assert answer.status_code == 422 and 'id="f-website-fault"' in answer.text and "wells" in answer.text
    for _number in range(5):
        asked(browser)
    answer = post(browser, ASK, GIVEN)
    assert answer.status_code == 429 and "Please wait a while" in answer.text and "wells" in answer.text


def test_a_moderator_passes_on_what_was_held(
    site: Site, people: dict[str, Actor], browser: FlaskClient, signed_in
) -> None:
    at = asked(browser, text="Look at https://example.org")
    assert "A moderator looks at this" in browser.get(at).text
    with site.work(people["moderator"]) as uow:
        enquiry = f"/enquiries/{enquiries.held(uow)[0].enquiry.id}"
    ada, mo = signed_in("contributor"), signed_in("moderator")
    assert ada.get(enquiry).status_code == 404
    assert "Pass it on" in mo.get(enquiry).text

    assert post(mo, f"{enquiry}/accept").status_code == 303

    assert "https://example.org" in ada.get(enquiry).text
    assert post(mo, f"{enquiry}/decline").status_code == 409
    assert post(ada, f"{enquiry}/accept").status_code == 403


def test_an_archived_page_says_that_nobody_answers(site: Site, people: dict[str, Actor], browser: FlaskClient) -> None:
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, "water-point", "Old.")
    assert f'href="{ASK}"' not in browser.get(AT).text
    answer = browser.get(ASK)
    assert answer.status_code == 409 and "not looked after any more" in answer.text
    assert browser.get("/pages/nowhere/ask-people").status_code == 404


def test_the_form_follows_a_page_that_was_renamed(site: Site, people: dict[str, Actor], browser: FlaskClient) -> None:
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, "water-point", "well")
    answer = browser.get(ASK)
    assert answer.status_code == 301 and answer.headers["Location"].endswith("/pages/well/ask-people")
