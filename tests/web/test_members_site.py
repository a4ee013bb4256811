"""A members' site: strangers meet the door wherever they go, accounts that wait write and read nothing of others."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from browsing import post
from kmwiki.models import Page, Setting
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.services.accounts.api_tokens import add_token
from kmwiki.services.accounts.sign_in import start_session
from kmwiki.services.changes.cooperation import share
from kmwiki.site import Site
from pages import practice, published, start, term

#: Stands in the title, the text, the file and the organisation of what was published.
SECRET = "Zanzalin"
#: What strangers may ask: nothing of it says what members wrote.
OPEN = re.compile(
    r"/static/.*|/healthz|/readyz|/metrics|/robots\.txt|/logo|/language/.*|/shared/.*|/asked/.*"
    r"|/account/(?:login|code|logout|kept|session|register|forgotten)|/account/(?:invited|setup|link|reset|email|mail/stop)/.*"
)
OPEN_TEXTS = ("privacy", "imprint", "accessibility", "house-rules")
#: What accounts that wait may ask besides.
WRITING = re.compile(r"/new/.*|/changes(?:/.*)?|/preview|/account/.*")


@pytest.fixture
def page(site: Site, people: dict[str, Actor]) -> Page:
    """A published page, on a site that then is for members alone."""
    fields = practice(f"{SECRET} pumps", summary=f"{SECRET} first.", organisation={"name": f"{SECRET} Network"})
    made = published(site, people, "good-practice", fields)
    with site.work(SYSTEM) as uow:
        uow.session.merge(Setting(name="reading", value="members"))
        uow.settings_changed()
    return made


@pytest.fixture
def waiting_client(app: Flask, site: Site, waiting: Actor) -> FlaskClient:
    with site.work(SYSTEM) as uow:
        token = start_session(uow, user_by_id(uow, waiting.user_id))
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


def addresses(app: Flask, page: Page) -> Iterator[tuple[Rule, str]]:
    """Every address of the app, leading to the published page where it leads to one."""
    known = {"slug": str(page.slug), "page_id": str(page.id), "id": str(page.id), "name": "licences", "type": "term"}
    for rule in app.url_map.iter_rules():
        yield rule, re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", lambda gap: _value(gap, known), rule.rule)


def _value(gap: re.Match[str], known: dict[str, str]) -> str:
    if gap[1] in known:
        return known[gap[1]]
    return "01890000-0000-7000-8000-000000000000" if "uuid" in gap[0] else "1"


def ask(client: FlaskClient, rule: Rule, address: str, method: str) -> TestResponse:
    return client.get(address) if method == "GET" else client.open(address, method=method)


def asked_with(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def is_door(answer: TestResponse, address: str) -> bool:
    if address.startswith("/api/"):
        return answer.status_code == 401 and answer.content_type == "application/problem+json"
    if answer.request.method == "GET" and answer.content_type != "application/problem+json":
        return answer.status_code == 303 and answer.headers["Location"].startswith("/account/login?next=")
    return answer.status_code == 401


def test_strangers_meet_the_door_at_every_address_that_is_not_open(
    app: Flask, browser: FlaskClient, page: Page
) -> None:
    passed, told = [], []
    for rule, address in addresses(app, page):
        for method in asked_with(rule):
            answer = ask(browser, rule, address, method)
            if not OPEN.fullmatch(address) and not is_door(answer, address):
                passed.append((method, address, answer.status_code))
            if SECRET in answer.text:
                told.append((method, address))

    assert passed == [] and told == []


def test_what_is_there_and_what_is_not_answer_alike(browser: FlaskClient, page: Page) -> None:
    for there, nowhere in (
        (f"/pages/{page.slug}", "/pages/nothing-here"), (f"/p/{page.id}", "/p/01890000-0000-7000-8000-000000000000"),
        ("/search", "/made-up"), ("/feed.atom", "/feed.rss"), (f"/api/v1/pages/{page.slug}", "/api/v1/pages/nothing"),
        ("/api/v1/search", "/api/v1/made-up"), ("/about/about", "/about/nothing"),
    ):  # fmt: skip
        for method in ("GET", "POST", "PUT", "OPTIONS"):
            answers = [browser.open(address, method=method) for address in (there, nowhere)]
            told = [(a.status_code, a.headers.get("Location", "").partition("next=")[0]) for a in answers]
            assert told[0] == told[1], (method, there, told)


def test_what_is_open_says_nothing_of_what_members_wrote(browser: FlaskClient, page: Page) -> None:
    for address in ("/account/login", "/account/register", "/robots.txt", *(f"/about/{name}" for name in OPEN_TEXTS)):
        answer = browser.get(address)
        assert answer.status_code == 200 and SECRET not in answer.text, address


def test_an_account_that_waits_writes_and_reads_nothing_of_others(
    app: Flask, site: Site, waiting: Actor, waiting_client: FlaskClient, page: Page
) -> None:
    mine = start(site, waiting, "term", term("My own words"))
    assert waiting_client.get("/new/good-practice").status_code == 200
    assert "My own words" in waiting_client.get(f"/changes/{mine.id}").text
    assert waiting_client.get(f"/changes/{mine.id}/edit").status_code == 200

    passed, told = [], []
    for rule, address in addresses(app, page):
        answer = waiting_client.get(address) if "GET" in (rule.methods or ()) else None
        if answer is None:
            continue
        refused = 401 if address.startswith("/api/") else 403  # a cookie is nobody there
        if not OPEN.fullmatch(address) and not WRITING.fullmatch(address) and answer.status_code != refused:
            passed.append((address, answer.status_code))
        if SECRET in answer.text:
            told.append(address)

    assert passed == [] and told == []


def test_a_text_that_names_a_page_does_not_tell_an_account_that_waits_whether_it_is_there(
    waiting_client: FlaskClient, page: Page
) -> None:
    def looked_at(slug: str) -> str:
        text = {"text": f"See [[{slug}]].", "field": "definition"}
        answer = post(waiting_client, "/preview?type=term", text)
        assert answer.status_code == 200
        return answer.text.replace(slug, "SLUG")

    assert looked_at(str(page.slug)) == looked_at("nothing-is-here")


def test_a_shared_draft_opens_and_tells_nothing_of_the_pages_that_it_names(
    site: Site, people: dict[str, Actor], browser: FlaskClient, page: Page
) -> None:
    words = term("Spare part", definition=f"As in [[{page.slug}]], [[{page.slug}|there]] and elsewhere.")
    draft = start(site, people["contributor"], "term", words)
    with site.work(people["contributor"]) as uow:
        _change, token = share(uow, draft.id)

    answer = browser.get(f"/shared/{token}")

    assert answer.status_code == 200 and "Spare part" in answer.text
    assert SECRET not in answer.text


def test_members_read_and_no_shared_cache_keeps_it(signed_in, page: Page) -> None:
    reader = signed_in("reader")
    for address in ("/", f"/pages/{page.slug}", "/search", "/feed.atom", f"/pages/{page.slug}/history"):
        answer = reader.get(address)
        assert answer.status_code == 200, address
        assert {"private", "no-store"} & set(re.split(r",\s*", answer.headers["Cache-Control"])), address


def test_what_the_front_kept_for_everybody_is_kept_from_strangers_at_once(
    site: Site, people: dict[str, Actor], browser: FlaskClient
) -> None:
    made = published(site, people, "term", term())
    assert browser.get(f"/pages/{made.slug}").status_code == 200  # kept by the front
    with site.work(SYSTEM) as uow:
        uow.session.merge(Setting(name="reading", value="members"))
        uow.settings_changed()

    assert browser.get(f"/pages/{made.slug}").status_code == 303


def test_robots_are_asked_to_leave_a_members_site_alone(site: Site, browser: FlaskClient) -> None:
    assert "Disallow: /\n" not in browser.get("/robots.txt").text
    with site.work(SYSTEM) as uow:
        uow.session.merge(Setting(name="reading", value="members"))
        uow.settings_changed()

    assert browser.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_somebody_who_signs_in_comes_to_where_they_wanted_to_go(browser: FlaskClient, page: Page) -> None:
    answer = browser.get(f"/pages/{page.slug}?pictures=no")

    assert answer.headers["Location"] == f"/account/login?next=/pages/{page.slug}%3Fpictures%3Dno"


def test_a_site_whose_database_is_away_still_says_that_it_serves(app: Flask, site: Site) -> None:
    site.numbers = lambda: 1 / 0  # type: ignore[assignment,return-value]

    assert app.test_client().get("/healthz").status_code == 200


def test_a_program_of_an_account_that_waits_may_write_and_not_read(
    app: Flask, site: Site, waiting: Actor, page: Page
) -> None:
    with site.work(SYSTEM) as uow:
        _row, token = add_token(uow, "mine", owner=user_by_id(uow, waiting.user_id))
    program = app.test_client()

    def answer(address: str) -> int:
        return program.get(f"/api/v1{address}", headers={"Authorization": f"Bearer {token}"}).status_code

    writing = ("/changes", "/types", "/types/term", "/vocabularies", "/vocabularies/countries")
    reading = ("/pages", f"/pages/{page.slug}", "/pages/nothing", "/search", "/organisations")
    assert {answer(address) for address in writing} == {200}
    assert {answer(address) for address in reading} == {403}
