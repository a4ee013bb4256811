"""Pages of telling: the number in the frame, the list, watching, how one wants to be told, stopping from a mail."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kmwiki.domain.events import Group
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.pages import page_care
from kmwiki.services.telling.told import DAILY_MAIL, When, stop_token, when
from kmwiki.site import Site
from kmwiki.worker import drain
from pages import practice, published, send, start, term
from query_counter import counted_queries
from smtp_sink import SmtpSink
from web.conftest import SignIn

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def post(client: FlaskClient, path: str, at: str = "/account/told", **values: str) -> int:
    """Post a form that stands on some page."""
    token = TOKEN.search(client.get(at).text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **values}).status_code


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


# ---- the frame


def test_the_frame_says_how_much_is_unread(site: Site, people: dict[str, Actor], signed_in: SignIn) -> None:
    published(site, people, "term", term())
    drain(site)

    author, other = read(signed_in("contributor"), "/"), read(signed_in("reader"), "/")

    assert '<span class="count">1<span class="vh"> unread</span></span>' in author
    assert '<span class="vh"> unread</span>' not in other
    assert 'href="/account/notifications"' in other


def test_those_who_look_after_something_find_it(site: Site, signed_in: SignIn) -> None:
    assert 'href="/admin"' in read(signed_in("admin"), "/")
    assert 'href="/admin"' in read(signed_in("moderator"), "/")
    assert 'href="/admin"' not in read(signed_in("contributor"), "/")


@pytest.mark.parametrize(("name", "queries"), [("contributor", 1), ("moderator", 1)])
def test_the_frame_asks_the_database_once_whoever_reads(
    site: Site, people: dict[str, Actor], signed_in: SignIn, name: str, queries: int
) -> None:
    page = published(site, people, "term", term())
    drain(site)
    client = signed_in(name)
    for path in (f"/pages/{page.slug}", "/account/password"):
        client.get(path)
        with counted_queries(site.engine) as statements:
            assert client.get(path).status_code == 200

        assert len([statement for statement in statements if "FROM notification" in statement]) == queries
        assert len([statement for statement in statements if "FROM change" in statement]) <= queries


def test_nobody_who_is_not_signed_in_costs_a_query_more(
    site: Site, people: dict[str, Actor], browser: FlaskClient
) -> None:
    page = published(site, people, "term", term())

    with counted_queries(site.engine) as statements:
        read(browser, f"/pages/{page.slug}")

    assert [statement for statement in statements if "notification" in statement] == []


# ---- the list


def test_notifications_are_listed_and_marked_as_read(site: Site, people: dict[str, Actor], signed_in: SignIn) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Dry well"))
    drain(site)
    client = signed_in("contributor")

    listed = read(client, "/account/notifications")
    again = read(client, "/account/notifications")
    one = re.search(r'action="(/account/notifications/[0-9a-f-]+/read)"', listed)

    assert "Moderator published what you wrote: “Dry well”" in listed
    assert listed.count("Mark as read") == again.count("Mark as read") == 2  # looking changes nothing
    assert one is not None
    assert post(client, one[1]) == 303
    assert read(client, "/account/notifications").count("Mark as read") == 1
    assert post(client, "/account/notifications/read", at="/account/notifications") == 303
    assert "Mark as read" not in read(client, "/account/notifications")


def test_a_list_costs_the_same_however_long_it_is(site: Site, people: dict[str, Actor], signed_in: SignIn) -> None:
    client = signed_in("contributor")
    numbers = []
    for title in ("One", "Two", "Three"):
        published(site, people, "term", term(title))
        drain(site)
        client.get("/account/notifications")
        with counted_queries(site.engine) as statements:
            read(client, "/account/notifications")
        numbers.append(len(statements))

    assert numbers[0] == numbers[2]


def test_nobody_marks_what_another_was_told(site: Site, people: dict[str, Actor], signed_in: SignIn) -> None:
    published(site, people, "term", term())
    drain(site)
    own = re.search(r"/account/notifications/[0-9a-f-]+/read", read(signed_in("contributor"), "/account/notifications"))

    assert own is not None
    assert post(signed_in("contributor2"), own[0]) == 404


@pytest.mark.parametrize("path", ["/account/notifications", "/account/told"])
def test_those_who_are_not_signed_in_are_asked_to(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)

    assert (answer.status_code, answer.location) == (303, f"/account/login?next={path}")


# ---- watching


def test_a_page_is_watched_and_watched_no_longer(site: Site, people: dict[str, Actor], signed_in: SignIn) -> None:
    page = published(site, people, "term", term())
    client, path = signed_in("reader"), f"/pages/{page.slug}"

    assert "Watch this page<" in read(client, path)
    assert post(client, f"{path}/watch") == 303
    assert "Watch this page no longer" in read(client, path)
    assert "Water point" in read(client, "/account/told")
    assert post(client, f"{path}/unwatch") == 303
    assert "Watch this page<" in read(client, path)


def test_who_is_not_signed_in_is_offered_no_watching(
    site: Site, people: dict[str, Actor], browser: FlaskClient
) -> None:
    page = published(site, people, "term", term())

    assert "Watch this page" not in read(browser, f"/pages/{page.slug}")
    assert "Tell me of new pages" not in read(browser, "/search?q=water")


def test_a_search_is_watched_from_its_page_and_stopped_in_the_list(
    site: Site, people: dict[str, Actor], signed_in: SignIn
) -> None:
    published(site, people, "good-practice", practice())
    drain(site)
    client = signed_in("reader")
    button = re.search(r'action="(/account/watches\?[^"]+)"', read(client, "/search?country=MW&q=spare+parts"))

    assert button is not None
    assert post(client, button[1].replace("&amp;", "&")) == 303
    listed = read(client, "/account/told")
    assert "“spare parts” · Country: Malawi" in listed
    assert "Tell me no longer" in read(client, "/search?q=spare+parts&country=MW")
    stop = re.search(r'action="(/account/watches/[0-9a-f-]+/stop)"', listed)
    assert stop is not None
    assert post(signed_in("contributor"), stop[1]) == 404
    assert post(client, stop[1]) == 303
    assert "spare parts" not in read(client, "/account/told")


def test_a_page_that_is_hidden_from_its_watcher_is_not_named(
    site: Site, people: dict[str, Actor], signed_in: SignIn
) -> None:
    page = published(site, people, "term", term("A secret place"))
    client = signed_in("reader")
    post(client, f"/pages/{page.slug}/watch")
    with site.work(people["moderator"]) as uow:
        page_care.rename(uow, str(page.slug), "elsewhere")
        page_care.bin_page(uow, "elsewhere", "Not for us.")
    drain(site)

    assert "A secret place" not in read(client, "/account/told")
    assert "A secret place" not in read(client, "/account/notifications")


# ---- how one wants to be told


def wishes(site: Site, name: str) -> dict[str, str]:
    with site.work(SYSTEM) as uow:
        user = accounts.find_user(uow, name)
        return {group.value: when(user, group).value for group in Group}


def test_one_chooses_what_comes_by_mail(site_with_mail: Site, signed_in: SignIn) -> None:
    client = signed_in("contributor")

    assert post(client, "/account/told", mine="daily", questions="never", watched="at-once") == 303

    assert wishes(site_with_mail, "contributor") == {
        "mine": "daily", "questions": "never", "watched": "at-once", "review": "daily",
    }  # fmt: skip
    assert post(client, "/account/told", mine="hourly") == 422


def test_without_mail_nothing_is_asked_of_it(signed_in: SignIn) -> None:
    shown = read(signed_in("contributor"), "/account/told")

    assert "This site sends no mail." in shown
    assert "Once a day" not in shown


# ---- stopping from a mail


@pytest.fixture
def stop_address(site: Site) -> Callable[[str], str]:
    def address(what: str) -> str:
        with site.work(SYSTEM) as uow:
            return f"/account/mail/stop/{stop_token(uow, accounts.find_user(uow, 'contributor'), what)}"

    return address


def test_the_stop_link_asks_and_its_button_stops(
    site: Site, browser: FlaskClient, stop_address: Callable[[str], str]
) -> None:
    address = stop_address(Group.MINE)

    assert "Stop these mails" in read(browser, address)
    assert wishes(site, "contributor")["mine"] == When.AT_ONCE  # looking stops nothing
    answer = browser.post(address, data={"List-Unsubscribe": "One-Click"})  # as a mail program posts it

    assert answer.status_code == 200
    assert wishes(site, "contributor") == {
        "mine": "never", "questions": "at-once", "watched": "daily", "review": "daily",
    }  # fmt: skip


def test_the_stop_link_of_the_daily_mail_stops_what_comes_daily(
    site: Site, browser: FlaskClient, stop_address: Callable[[str], str]
) -> None:
    browser.post(stop_address(DAILY_MAIL))

    assert wishes(site, "contributor") == {
        "mine": "at-once", "questions": "at-once", "watched": "never", "review": "never",
    }  # fmt: skip


@pytest.mark.parametrize("token", ["x", "WyJ4IiwibWluZSJd.abc", "é"])
def test_a_made_up_stop_link_is_not_there(browser: FlaskClient, token: str) -> None:
    assert browser.get(f"/account/mail/stop/{token}").status_code == 404
    assert browser.post(f"/account/mail/stop/{token}").status_code == 404


def test_links_in_mails_lead_to_the_public_address_whatever_a_request_calls_it(
    site_with_mail: Site, people: dict[str, Actor], signed_in: SignIn, smtp_sink: SmtpSink
) -> None:
    site = site_with_mail
    change = start(site, people["contributor"], "term", term())
    send(site, people["contributor"], change)
    client = signed_in("moderator")
    evil = "http://evil.example"
    cookie = client.get_cookie("kmwiki_session")
    assert cookie is not None
    client.set_cookie("kmwiki_session", cookie.value, domain="evil.example")
    token = TOKEN.search(client.get(f"/changes/{change.id}", base_url=evil).text)
    assert token is not None
    data = {"csrf_token": token[1], "reason": "Please say more."}
    assert client.post(f"/changes/{change.id}/return", data=data, base_url=evil).status_code == 303
    drain(site)

    (letter,) = smtp_sink.to("contributor@example.org")
    text = letter.as_string()
    assert "https://wiki.example.org/changes/" in letter.get_content()
    assert "evil.example" not in text
