"""The desk: who sees it, what stands on it and in which order."""

from datetime import timedelta

from flask.testing import FlaskClient

from browsing import led_to, post
from kmwiki.models import Role
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services import accounts
from kmwiki.site import Site
from pages import change_page, practice, published, send, start, term


def test_the_desk_is_for_moderators(signed_in, browser: FlaskClient) -> None:
    assert browser.get("/review").status_code == 303
    assert signed_in("contributor").get("/review").status_code == 403
    assert signed_in("moderator").get("/review").status_code == 200


def test_an_empty_desk_says_what_would_stand_there(signed_in) -> None:
    assert "Nothing waits" in signed_in("moderator").get("/review").text


def test_the_oldest_stands_first_and_says_for_how_long(site: Site, people: dict[str, Actor], signed_in) -> None:
    send(site, people["contributor"], start(site, people["contributor"], "term", term("Older term")))
    clock = site.clock
    site.clock = lambda: clock() + timedelta(days=3)
    send(site, people["contributor2"], start(site, people["contributor2"], "term", term("Newer term")))
    page = signed_in("moderator").get("/review").text

    assert page.index("Older term") < page.index("Newer term")
    assert "2 changes wait; the oldest for 3 days." in page


def test_small_edits_are_quick_and_new_pages_need_reading(site: Site, people: dict[str, Actor], signed_in) -> None:
    published(site, people, "good-practice", practice())
    small = change_page(
        site, people["contributor2"], "training-water-committees", {"summary": "Committees keep a store."}
    )
    send(site, people["contributor2"], small)
    send(site, people["contributor"], start(site, people["contributor"], "term", term("A new term")))
    page = signed_in("moderator").get("/review").text
    quick, reading = page.index('id="group-quick"'), page.index('id="group-reading"')

    assert quick < page.index("Training water committees") < reading < page.index("A new term")
    assert "first change" in page


def test_drafts_and_what_they_say_are_not_on_the_desk(site: Site, people: dict[str, Actor], signed_in) -> None:
    start(site, people["contributor"], "term", term("A secret draft"))

    assert "A secret draft" not in signed_in("moderator").get("/review").text


def test_the_only_moderator_is_told_what_that_means(site: Site, people: dict[str, Actor], signed_in) -> None:
    assert "only one moderator" not in signed_in("moderator").get("/review").text
    with site.work(people["admin"]) as uow:
        accounts.set_role(uow, "moderator2", Role.READER)
        accounts.set_role(uow, "moderator", Role.READER)

    assert "only one moderator" in signed_in("admin").get("/review").text


def test_accounts_that_wait_are_let_in_or_not(site: Site, people: dict[str, Actor], waiting: Actor, signed_in) -> None:
    with site.work(SYSTEM) as uow:
        accounts.add_user(uow, "stranger", None, Role.CONTRIBUTOR, state=accounts.UserState.WAITING)
    mo = signed_in("moderator")
    assert "newcomer" in mo.get("/review").text
    assert led_to(post(mo, "/review/accounts/newcomer/approve")) == "/review"
    assert led_to(post(mo, "/review/accounts/stranger/decline")) == "/review"
    assert post(mo, "/review/accounts/newcomer/decline").status_code == 409

    with site.work(SYSTEM) as uow:
        assert accounts.find_user(uow, "newcomer").state == "active"
        assert accounts.find_user(uow, "stranger").state == "disabled"


def test_nobody_lets_themselves_in(site: Site, waiting: Actor, app, signed_in) -> None:
    for name in ("contributor", "reader"):
        assert post(signed_in(name), "/review/accounts/newcomer/approve").status_code == 403
