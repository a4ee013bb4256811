"""The front page, feeds, language and health; and the front that answers anonymous readers before Flask is woken."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from kmwiki import worker
from kmwiki.app import create_app
from kmwiki.config import Config, with_settings
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.api_tokens import add_token
from kmwiki.services.pages.page_care import archive, bin_page, rename, restore
from kmwiki.services.upkeep import jobs
from kmwiki.services.upkeep.readiness import WORKER_SEEN_WITHIN
from kmwiki.site import Site, open_site
from pages import change_page, need, practice, publish_change, published, send, term
from query_counter import counted_queries

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def elsewhere(site: Site, config: Config) -> Iterator[FlaskClient]:
    """Anonymous readers of another process: its own engine, front and memory over the same database."""
    other = open_site(config)
    other.search = site.search
    yield create_app(other).test_client()
    other.engine.dispose()


# ---- what one process does, another sees


@pytest.mark.database
def test_a_publication_is_seen_by_another_process_at_the_next_request(
    site: Site, people: People, elsewhere: FlaskClient
) -> None:
    assert elsewhere.get("/pages/water-point").status_code == 404
    assert "Water point" not in elsewhere.get("/").text

    published(site, people, "term", term())
    assert "a tap or a spring" in elsewhere.get("/pages/water-point").text
    assert "Water point" in elsewhere.get("/").text
    change = change_page(site, people["contributor"], "water-point", {"definition": "Said anew."})
    send(site, people["contributor"], change)
    assert "a tap or a spring" in elsewhere.get("/pages/water-point").text
    publish_change(site, people["moderator"], change)

    assert "Said anew." in elsewhere.get("/pages/water-point").text


@pytest.mark.database
def test_an_archive_a_rename_and_a_removal_are_seen_too(
    site: Site, people: People, elsewhere: FlaskClient
) -> None:
    published(site, people, "term", term())
    assert "Archived" not in elsewhere.get("/pages/water-point").text

    with site.work(people["moderator"]) as uow:
        archive(uow, "water-point", "Said better elsewhere.")
    assert "Archived" in elsewhere.get("/pages/water-point").text
    assert "Water point" not in elsewhere.get("/recent").text
    with site.work(people["moderator"]) as uow:
        restore(uow, "water-point")
    assert "Archived" not in elsewhere.get("/pages/water-point").text
    with site.work(people["moderator"]) as uow:
        rename(uow, "water-point", "where-water-is")
    assert elsewhere.get("/pages/water-point").headers["Location"] == "/pages/where-water-is"
    assert elsewhere.get("/pages/where-water-is").status_code == 200
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "where-water-is", "Names a person.")

    assert elsewhere.get("/pages/where-water-is").status_code == 404


def test_signed_in_readers_of_another_process_see_it_too(
    site: Site, people: People, config: Config, signed_in: SignIn
) -> None:
    published(site, people, "term", term())
    reader = signed_in("reader")
    assert "a tap or a spring" in reader.get("/pages/water-point").text
    other = open_site(config)
    change = change_page(other, people["contributor"], "water-point", {"definition": "Said anew."})
    send(other, people["contributor"], change)
    publish_change(other, people["moderator"], change)
    other.engine.dispose()

    assert "Said anew." in reader.get("/pages/water-point").text


# ---- answers from memory


@pytest.mark.parametrize(
    "address", ["/", "/pages/water-point", "/search?q=water", "/recent", "/feed.atom", "/about/about"]
)
def test_anonymous_answers_come_from_memory(
    site: Site, people: People, browser: FlaskClient, address: str
) -> None:
    published(site, people, "term", term())
    worker.drain(site)
    first = browser.get(address)

    with counted_queries(site.engine) as queries:
        again = browser.get(address)

    assert queries == []
    assert (again.status_code, again.data) == (200, first.data)
    assert "X-Request-Id" not in again.headers


def test_an_answer_that_is_known_is_not_sent_again(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())
    etag = browser.get("/pages/water-point").headers["ETag"]

    again = browser.get("/pages/water-point", headers={"If-None-Match": etag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)


def test_head_says_what_get_would_without_a_body(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())

    for _time in (1, 2):
        head = browser.head("/pages/water-point")
        assert (head.status_code, head.data) == (200, b"")
    whole = browser.get("/pages/water-point")

    assert head.headers["Content-Length"] == str(len(whole.data)) and head.headers["ETag"] == whole.headers["ETag"]


def test_answers_are_compressed_for_those_who_take_it(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())

    packed = browser.get("/pages/water-point", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip" and packed.data[:2] == b"\x1f\x8b"
    assert "Content-Encoding" not in browser.get("/pages/water-point").headers


def test_answers_differ_by_language(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())

    english, french = (
        browser.get("/pages/water-point", headers={"Accept-Language": language}) for language in ("en", "fr")
    )

    assert '<html lang="en"' in english.text and '<html lang="fr"' in french.text
    assert "Accept-Language" in english.headers["Vary"] and "Cookie" in english.headers["Vary"]


def test_a_session_cookie_goes_past_the_memory(site: Site, people: People, signed_in: SignIn) -> None:
    published(site, people, "term", term())
    reader = signed_in("reader")
    reader.get("/pages/water-point")

    with counted_queries(site.engine) as queries:
        html = reader.get("/pages/water-point").text

    assert queries and "Sign out" in html


def test_no_page_that_is_read_sets_a_cookie(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())
    page = ["", "/history", "/revisions/1", "/compare", ".md"]

    for address in ("/", "/search?q=x", "/recent", "/about/privacy", "/vocabularies/urgency", "/nothing",
                    *(f"/pages/water-point{rest}" for rest in page)):  # fmt: skip
        assert "Set-Cookie" not in browser.get(address).headers, address


def test_an_unknown_query_parameter_goes_to_flask_each_time(
    site: Site, people: People, browser: FlaskClient
) -> None:
    published(site, people, "term", term())

    asked = [browser.get("/pages/water-point?utm=mail") for _time in (1, 2)]

    assert all(answer.status_code == 200 and "X-Request-Id" in answer.headers for answer in asked)


def test_what_is_not_there_is_not_kept(browser: FlaskClient) -> None:
    first, second = browser.get("/pages/nothing"), browser.get("/pages/nothing")

    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


# ---- front page and lists


def test_an_empty_site_says_what_would_be_here(browser: FlaskClient) -> None:
    html = browser.get("/").text

    assert "Nothing is published here yet" in html and 'href="/new/needs-analysis"' in html
    assert "Nothing is published here yet" in browser.get("/recent").text
    assert ElementTree.fromstring(browser.get("/feed.atom").data) is not None


def test_the_front_page_shows_ways_newest_and_browsing(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "needs-analysis", need())
    published(site, people, "good-practice", practice())
    worker.drain(site)

    html = browser.get("/").text

    assert html.index("Needs analyses") < html.index("Good practices") < html.index("Case studies")
    assert "Training water committees" in html and 'href="/search?country=MW">Malawi</a>' in html


def test_lists_take_the_same_queries_however_long_they_are(
    site: Site, people: People, signed_in: SignIn
) -> None:
    published(site, people, "term", term())
    worker.drain(site)
    reader = signed_in("moderator")
    reader.get("/")

    def counts() -> list[int]:
        found = []
        for address in ("/", "/recent", "/feed.atom", "/sitemap.xml"):
            with counted_queries(site.engine) as queries:
                assert reader.get(address).status_code == 200
            found.append(len(queries))
        return found

    few = counts()
    for number in range(4):
        published(site, people, "term", term(f"Well {number}"))
    worker.drain(site)

    assert counts() == few and max(few) <= 7


def test_what_is_new_can_be_narrowed_to_a_kind(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())
    published(site, people, "good-practice", practice())

    html = browser.get("/recent?type=term").text.partition("<main")[2]

    assert "Water point" in html and "Training water committees" not in html


def test_the_feed_is_well_formed_whatever_titles_say(site: Site, people: People, browser: FlaskClient) -> None:
    page = published(site, people, "term", term("Pumps & <wells> “]]>”"))

    feed = ElementTree.fromstring(browser.get("/feed.atom").data)

    assert feed.findtext("a:entry/a:title", namespaces=ATOM) == "Pumps & <wells> “]]>”"
    assert feed.findtext("a:entry/a:id", namespaces=ATOM) == f"urn:uuid:{page.id}"


def test_the_sitemap_names_published_pages_alone(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Well"))
    with site.work(people["moderator"]) as uow:
        archive(uow, "well", "Old.")

    assert b"/pages/water-point<" in browser.get("/sitemap.xml").data
    assert b"/pages/well<" not in browser.get("/sitemap.xml").data


def test_addresses_come_from_the_settings_and_not_from_the_host(
    site: Site, people: People, config: Config
) -> None:
    site.config = with_settings(config, base_url="https://wiki.example.org")
    published(site, people, "term", term())

    html = create_app(site).test_client().get("/pages/water-point", headers={"Host": "evil.example"}).text

    assert "https://wiki.example.org/p/" in html and "evil.example" not in html


# ---- language


def test_the_chosen_language_is_remembered(browser: FlaskClient) -> None:
    answer = browser.get("/language/fr?next=/recent%3Ftype%3Dterm")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/recent?type=term")
    assert '<html lang="fr"' in browser.get("/recent").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", ""])
def test_choosing_a_language_leads_nowhere_else(browser: FlaskClient, elsewhere: str) -> None:
    assert browser.get("/language/fr", query_string={"next": elsewhere}).headers["Location"] == "/"


# ---- site pages


@pytest.mark.parametrize("name", ["about", "house-rules", "privacy", "imprint", "accessibility", "api"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_site_pages_stand_in_both_languages(browser: FlaskClient, name: str, language: str) -> None:
    html = browser.get(f"/about/{name}", headers={"Accept-Language": language}).text

    assert f'<article class="prose" lang="{language}"' in html
    assert html.count("<h1>") == 1 and "<h2>" in html


def test_vocabularies_say_what_codes_mean(browser: FlaskClient) -> None:
    html = browser.get("/vocabularies/urgency").text

    assert "Work stops" in html and "Example:" in html


# ---- health


def test_healthy_as_soon_as_it_serves(app: Flask, site: Site) -> None:
    with site.engine.begin() as connection:
        connection.execute(text("DROP TABLE generation"))

    assert app.test_client().get("/healthz").status_code == 200


def test_ready_only_with_database_index_and_worker(site: Site, browser: FlaskClient, monkeypatch: Any) -> None:
    assert browser.get("/readyz").json == {"ready": False, "database": True, "index": True, "worker": False}
    with site.work(SYSTEM) as uow:
        jobs.beat(uow, "worker-1")
    assert browser.get("/readyz").status_code == 200

    monkeypatch.setattr(site.search, "healthy", lambda: False)
    assert (browser.get("/readyz").status_code, browser.get("/readyz").json["index"]) == (503, False)
    monkeypatch.undo()
    before = site.clock
    site.clock = lambda: before() + WORKER_SEEN_WITHIN + timedelta(seconds=1)
    assert (browser.get("/readyz").status_code, browser.get("/readyz").json["worker"]) == (503, False)


def test_without_its_database_a_site_is_not_ready_and_says_so(app: Flask, site: Site) -> None:
    with site.engine.begin() as connection:
        connection.execute(text("DROP TABLE generation"))

    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["database"]) == (503, False)


def test_strangers_learn_only_whether_it_is_ready(site: Site, people: People, browser: FlaskClient) -> None:
    stranger = {"REMOTE_ADDR": "203.0.113.9"}
    with site.work(people["admin"]) as uow:
        _row, token = add_token(uow, "monitoring")

    assert browser.get("/readyz", environ_base=stranger).json == {"ready": False}
    wrong = browser.get("/readyz", environ_base=stranger, headers={"Authorization": "Bearer wrong"})
    right = browser.get("/readyz", environ_base=stranger, headers={"Authorization": f"Bearer {token}"})
    assert (wrong.json, "worker" in right.json) == ({"ready": False}, True)
