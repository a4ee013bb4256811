"""Drafts of people who have left, in an administrator's browser."""

from flask.testing import FlaskClient

from browsing import led_to, post
from kmwiki.models import UserState
from kmwiki.permissions import Actor
from kmwiki.services.accounts import accounts
from kmwiki.site import Site
from pages import start, term


def test_from_the_list_to_the_new_author(
    site: Site, people: dict[str, Actor], signed_in, browser: FlaskClient
) -> None:
    draft = start(site, people["contributor"], "term", term("A secret word"))
    admin, at = signed_in("admin"), f"/review/left/{draft.id}"
    assert "Nothing at present" in admin.get("/review/left").text
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "contributor", UserState.DISABLED)

    shown = admin.get("/review/left").text
    assert "Contributor" in shown and "account closed" in shown and f'action="{at}"' in shown
    assert "secret" not in shown and admin.get(f"/changes/{draft.id}").status_code == 404
    refused = post(admin, at, {"username": "nobody-here"})
    assert refused.status_code == 422 and 'value="nobody-here"' in refused.text
    assert led_to(post(admin, at, {"username": "contributor2"})) == "/review/left"

    assert "A secret word" in signed_in("contributor2").get(f"/changes/{draft.id}").text
    assert post(admin, at, {"username": "contributor2"}).status_code == 404
    assert signed_in("moderator").get("/review/left").status_code == 403
    assert browser.get("/review/left").status_code == 303
