"""Asking moderators to archive, rename or remove a page: the form, the desk, and the page of the change."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from browsing import hidden, led_to, post
from kmwiki.permissions import Actor
from kmwiki.services.pages import page_care
from kmwiki.site import Site
from pages import change_page, published, term

AT = "/pages/water-point"
LINK = f'href="{AT}/ask"'


@pytest.fixture(autouse=True)
def page(site: Site, people: dict[str, Actor]) -> Iterator[None]:
    published(site, people, "term", term())
    yield


def asked(client: FlaskClient, **form: str) -> str:
    return led_to(post(client, f"{AT}/ask", {"verb": "archive", "reason": "Nobody uses it.", **form}))


def test_those_who_write_and_do_not_decide_find_the_way_to_it(signed_in, browser: FlaskClient) -> None:
    assert LINK in signed_in("contributor").get(AT).text
    for client in (browser, signed_in("reader"), signed_in("moderator")):
        assert LINK not in client.get(AT).text


def test_the_form_is_for_those_who_write(signed_in, browser: FlaskClient) -> None:
    assert browser.get(f"{AT}/ask").status_code == 303
    assert signed_in("reader").get(f"{AT}/ask").status_code == 403
    assert signed_in("contributor").get("/pages/nowhere/ask").status_code == 404
    text = signed_in("contributor").get(f"{AT}/ask").text
    assert all(words in text for words in ("Archive it", "Rename it", "Remove it"))


def test_from_asking_to_archived(site: Site, people: dict[str, Actor], signed_in, browser: FlaskClient) -> None:
    published(site, people, "term", term("Well"))
    ada, mo = signed_in("contributor"), signed_in("moderator")
    at = asked(ada, successor="https://wiki.example/pages/well")

    desk = mo.get("/review").text
    assert "Asks to archive this page" in desk and "Nobody uses it." in desk and 'id="group-asked"' in desk
    assert "Asks to archive this page" in ada.get("/changes?mine=1").text
    assert "Asks to archive this page" in ada.get("/account/profile").text
    shown = mo.get(at).text
    assert "Asks to archive this page" in shown and 'href="/pages/well"' in shown
    assert "Archive it</button>" in shown and "How it will look" not in shown and "Correct it" not in shown

    answer = post(mo, f"{at}/publish", {"revision": hidden(shown, "revision"), "onto": hidden(shown, "onto")})

    assert led_to(answer) == at
    assert "Nobody uses it." in browser.get(AT).text
    assert " done</span>" in ada.get(at).text


def test_renamed_and_put_into_the_bin(signed_in, browser: FlaskClient) -> None:
    mo = signed_in("moderator")
    at = asked(signed_in("contributor"), verb="rename", slug="place-of-water")
    shown = mo.get(at).text
    assert "/pages/place-of-water" in shown and "Rename it</button>" in shown
    assert led_to(post(mo, f"{at}/publish", {"revision": hidden(shown, "revision")})) == at
    assert browser.get(AT).status_code == 301

    at = asked(signed_in("contributor"), verb="remove")
    shown = mo.get(at).text
    assert "Put it into the bin</button>" in shown
    assert led_to(post(mo, f"{at}/publish", {"revision": hidden(shown, "revision")})) == at
    assert browser.get("/pages/place-of-water").status_code == 404


def test_what_is_wrong_stands_at_its_place_and_what_was_typed_stays(signed_in) -> None:
    ada = signed_in("contributor")
    answer = post(ada, f"{AT}/ask", {"verb": "rename", "slug": "Not An Address", "reason": " ", "successor": "x"})

    assert answer.status_code == 422
    assert 'value="Not An Address"' in answer.text and 'value="rename" checked' in answer.text
    assert 'id="f-slug-fault"' in answer.text and 'id="f-reason-fault"' in answer.text

    answer = post(ada, f"{AT}/ask", {"reason": "Because it is old."})
    assert answer.status_code == 422 and "Because it is old." in answer.text
    assert "Choose what you ask for." in answer.text


def test_whoever_is_changing_the_page_is_led_to_that_change(site: Site, people: dict[str, Actor], signed_in) -> None:
    change = change_page(site, people["contributor"], "water-point", {"definition": "New."})
    ada = signed_in("contributor")
    assert f'href="/changes/{change.id}"' in ada.get(f"{AT}/ask").text

    answer = post(ada, f"{AT}/ask", {"verb": "remove", "reason": "Because it is old."})

    assert answer.status_code == 409
    assert f'href="/changes/{change.id}"' in answer.text and "Because it is old." in answer.text


def test_whoever_has_asked_is_led_to_what_they_asked(signed_in) -> None:
    ada = signed_in("contributor")
    at = asked(ada)

    assert led_to(ada.get(f"{AT}/edit")) == at
    assert "You have asked for something to be done with this page." in ada.get(at).text
    assert f'href="{at}"' in ada.get(f"{AT}/ask").text


def test_taken_back_it_is_sent_again_without_any_tick(signed_in) -> None:
    ada = signed_in("contributor")
    at = asked(ada)
    post(ada, f"{at}/withdraw")
    shown = ada.get(at).text
    assert "Go on writing" not in shown and "Please confirm" not in shown and "Put it away" in shown

    assert led_to(post(ada, f"{at}/submit")) == at
    assert "waiting for review" in ada.get(at).text


def test_what_cannot_be_done_any_more_is_told_on_the_change(site: Site, people: dict[str, Actor], signed_in) -> None:
    mo, at = signed_in("moderator"), asked(signed_in("contributor"))
    shown = mo.get(at).text
    with site.work(people["moderator2"]) as uow:
        page_care.archive(uow, "water-point", "Of our own accord.")

    answer = post(mo, f"{at}/publish", {"revision": hidden(shown, "revision")})

    assert answer.status_code == 409 and "You can archive only a published page" in answer.text


def test_nothing_is_asked_of_a_page_that_is_archived(site: Site, people: dict[str, Actor], signed_in) -> None:
    with site.work(people["moderator"]) as uow:
        page_care.archive(uow, "water-point", "Old.")
    ada = signed_in("contributor")

    assert LINK not in ada.get(AT).text
    assert ada.get(f"{AT}/ask").status_code == 409
