"""Making a page part of another in a moderator's browser, from the preview to the redirection and back."""

import pytest
from flask.testing import FlaskClient

from browsing import hidden, led_to, post
from kmwiki.permissions import Actor
from kmwiki.site import Site
from pages import change_page, publish_change, published, send, term

AT = "/pages/well"


@pytest.fixture(autouse=True)
def two_pages(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Well", definition="A hole with water in it."))


def test_from_the_preview_to_the_redirection_and_back(signed_in, browser: FlaskClient) -> None:
    mo, other = signed_in("moderator"), signed_in("moderator2")
    assert f'href="{AT}/merge"' in mo.get(f"{AT}/care").text
    shown = mo.get(f"{AT}/merge?into=https://wiki.example/pages/water-point").text
    assert "A hole with water in it." in shown and "What stays behind" in shown
    at = led_to(post(mo, f"{AT}/merge", {"into": hidden(shown, "into")}))
    change = mo.get(at).text
    assert "another page becomes part of this one" in change and f'href="{AT}"' in change
    confirmed = {f"confirmed.{name}": "1" for name in ("agreed", "people", "safe", "licence")}
    assert led_to(post(mo, f"{at}/submit", confirmed)) == at
    assert browser.get(AT).status_code == 200
    decide = other.get(at).text
    publish = {"revision": hidden(decide, "revision"), "onto": hidden(decide, "onto")}
    assert post(other, f"{at}/publish", publish).status_code == 303

    for address in (AT, f"{AT}.md", f"{AT}/discussion"):
        answer = browser.get(address)
        assert answer.status_code == 301 and "/pages/water-point" in answer.headers["Location"]
    assert browser.get("/api/v1/pages/well").status_code == 301
    assert browser.get("/api/v1/pages/well/revisions").status_code == 200
    history = browser.get(f"{AT}/history")
    assert history.status_code == 200 and "Version 1" in history.text
    assert "A hole with water" in browser.get(f"{AT}/revisions/1").text
    assert f'href="{AT}/history"' in browser.get("/pages/water-point/history").text
    care = mo.get(f"{AT}/care").text
    assert "It became part of:" in care and f'action="{AT}/restore"' in care

    assert led_to(post(mo, f"{AT}/restore")) == AT
    assert browser.get(AT).status_code == 200


def test_what_cannot_be_merged_stands_at_its_place(
    site: Site, people: dict[str, Actor], signed_in, browser: FlaskClient
) -> None:
    mo = signed_in("moderator")
    answer = mo.get(f"{AT}/merge?into=nowhere")
    assert answer.status_code == 422 and 'id="f-into-fault"' in answer.text and 'value="nowhere"' in answer.text
    assert post(mo, f"{AT}/merge", {"into": "well"}).status_code == 422
    assert browser.get(f"{AT}/merge").status_code == 303
    assert signed_in("contributor").get(f"{AT}/merge").status_code == 403
    mine = change_page(site, people["moderator"], "water-point", {"definition": "Mine."})
    assert led_to(mo.get(f"{AT}/merge?into=water-point")) == f"/changes/{mine.id}"


def test_an_earlier_version_is_published_again_or_proposed_again(
    site: Site, people: dict[str, Actor], signed_in, browser: FlaskClient
) -> None:
    change = change_page(site, people["contributor"], "well", {"definition": "Deeper."})
    publish_change(site, people["moderator"], send(site, people["contributor"], change))
    earlier = f"{AT}/revisions/1"
    assert "start-from" not in browser.get(earlier).text
    assert "start-from" not in signed_in("contributor").get(f"{AT}/revisions/2").text
    ada, mo = signed_in("contributor"), signed_in("moderator")
    assert "revert" not in ada.get(earlier).text and f'action="{AT}/revert"' in mo.get(earlier).text
    assert "care?version=1#hide" in mo.get(earlier).text

    at = led_to(post(ada, f"{AT}/start-from", {"number": "1"}))
    assert "Version 1 again" in ada.get(at).text and "A hole with water" in ada.get(at).text
    assert led_to(post(ada, f"{AT}/start-from", {"number": "1"})) == at
    assert led_to(post(mo, f"{AT}/revert", {"number": "1"})) == AT
    assert "A hole with water" in browser.get(AT).text
    assert post(browser, f"{AT}/start-from", {"number": "1"}).status_code == 401
