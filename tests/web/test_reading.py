"""Reading published pages: what stands on them, for whom, and in what order."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from kmwiki.models import Topic
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.pages.page_care import archive, bin_page, rename
from kmwiki.site import Site
from kmwiki.web.article import share_text
from pages import change_page, need, practice, published, start, term
from query_counter import counted_queries

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]


def text_of(browser: FlaskClient, address: str, **options: object) -> str:
    answer = browser.get(address, **options)
    assert answer.status_code == 200, (address, answer.status)
    return answer.text


def test_the_page_begins_with_sign_title_summary_organisation_and_facts(
    site: Site, people: People, browser: FlaskClient
) -> None:
    published(site, people, "good-practice", practice())

    html = text_of(browser, "/pages/training-water-committees")

    order = [
        'class="sign practice"', "<h1>Training water committees</h1>", "<p class=\"lead\">Committees keep",
        "Lakeside Water Network", "At a glance", "Malawi", "First paragraph.", "Pumps stand still for 3 days",
        "Version 1, published on", "Written by", "Approved by <span",
    ]  # fmt: skip
    places = [html.index(words) for words in order]
    assert places == sorted(places)
    assert html.count("<h1") == 1


def test_a_markdown_field_stands_under_its_question(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "good-practice", practice(practice="Look at *the book*."))

    html = text_of(browser, "/pages/training-water-committees")

    section = html[html.index('id="field-practice"') :]
    assert section.index("<h2") < section.index("<em>the book</em>")


def test_codes_dates_and_periods_are_shown_in_words_of_the_readers_language(
    site: Site, people: People, browser: FlaskClient
) -> None:
    results = [{"result": "Fewer failures", "evidence": "own-monitoring", "when": "2024-06"}]
    published(site, people, "good-practice", practice(results=results))

    english = text_of(browser, "/pages/training-water-committees")
    french = text_of(browser, "/pages/training-water-committees", headers={"Accept-Language": "fr"})

    assert "June 2024" in english and "Own monitoring" in english
    assert "juin 2024" in french and 'lang="fr"' in french
    assert "in English" not in english


def test_a_page_in_another_language_says_so_and_keeps_its_direction(
    site: Site, people: People, browser: FlaskClient
) -> None:
    published(site, people, "term", term("ماء"), language="ar", slug="water-in-arabic")

    html = text_of(browser, "/pages/water-in-arabic")

    assert "in Arabic" in html
    assert '<article class="reading" lang="ar" dir="rtl">' in html


def test_titles_and_labels_are_text(site: Site, people: People, browser: FlaskClient) -> None:
    title = 'Pumps <script>alert("x")</script> & <b>bold</b>'
    published(site, people, "good-practice", practice(title, organisation={"name": "<i>We</i>"}), slug="pumps")

    for address in ("/pages/pumps", "/", "/recent", "/feed.atom", "/pages/pumps/history"):
        html = text_of(browser, address)
        assert "<script>alert" not in html and "<b>bold" not in html and "<i>We" not in html
        assert "&lt;script&gt;" in html


def test_a_page_in_short_says_in_one_line_what_is_missing(
    site: Site, people: People, browser: FlaskClient
) -> None:
    published(site, people, "good-practice", practice())

    html = text_of(browser, "/pages/training-water-committees")

    assert "in short" in html
    assert re.search(r"Not in it yet: “[^”]+”.* and \d+ more\.", html)


def test_links_are_shown_in_both_directions(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "needs-analysis", need(), slug="drought")
    links = [{"page": "drought", "row": "n1", "relation": "fully", "note": "Tells where."}]
    published(site, people, "good-practice", practice(addresses=links), slug="rain-calendar")

    there = text_of(browser, "/pages/rain-calendar")
    back = text_of(browser, "/pages/drought")

    assert '<a href="/pages/drought#n1"' in there and "Answers it fully" in there
    row = re.search(r'<li id="n1">.*?</ol>', back, re.S)
    assert row is not None and '<a href="/pages/rain-calendar"' in row[0] and "Tells where." in row[0]
    assert back.count('<a href="/pages/rain-calendar"') == 1


def test_backlinks_are_grouped_by_field_and_type(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term("Well"), slug="well")
    published(site, people, "term", term("Tap", related=[{"page": "well"}]), slug="tap")
    published(site, people, "good-practice", practice(practice="See [[well]]."), slug="care")

    html = text_of(browser, "/pages/well")

    assert html.index("Terms that go with it") < html.index("/pages/tap") < html.index("Mentioned in")
    assert html.index("Mentioned in") < html.index("/pages/care")


def test_a_link_to_a_draft_shows_nothing_of_it(site: Site, people: People, browser: FlaskClient) -> None:
    draft = start(site, people["contributor"], "term", term("Secret word"))
    links = [{"change": str(draft.id)}]
    published(site, people, "term", term("Open word", related=links), slug="open-word")

    html = text_of(browser, "/pages/open-word")

    assert "Secret word" not in html and str(draft.id) not in html and str(draft.page_id) not in html


def test_a_wanted_page_is_text(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term("Well", related=[{"wanted": "Hand pump"}]), slug="well")

    html = text_of(browser, "/pages/well")

    assert "Hand pump" in html and "not there yet" in html


def test_topics_are_called_by_their_label(site: Site, people: People, browser: FlaskClient) -> None:
    with site.work(SYSTEM) as uow:
        uow.session.add(Topic(code="spare-parts", label={"en": "Spare parts", "fr": "Pièces"}, is_accepted=True))
    published(site, people, "term", term(), topics=["spare-parts"])

    html = text_of(browser, "/pages/water-point")

    assert '<a href="/search?topic=spare-parts">Spare parts</a>' in html


def test_what_does_not_apply_says_why(site: Site, people: People, browser: FlaskClient) -> None:
    addresses = {"not_applicable": "Nobody asked; we tried it ourselves."}
    published(site, people, "good-practice", practice(addresses=addresses))

    assert "Does not apply: Nobody asked" in text_of(browser, "/pages/training-water-committees")


def test_the_share_text_is_short_and_has_the_address(site: Site, people: People, browser: FlaskClient) -> None:
    page = published(site, people, "good-practice", practice())

    html = text_of(browser, f"/pages/{page.slug}")

    share = re.search(r'data-share="([^"]*)"', html)
    assert share is not None and len(share[1]) <= 600
    assert share[1].splitlines() == [
        "Training water committees", "Committees keep their own store of spare parts.", f"http://localhost/p/{page.id}"
    ]  # fmt: skip
    assert len(share_text("Title " * 200, "Summary " * 200, "https://wiki.example.org/p/1")) <= 600


def test_the_short_address_leads_to_the_page(site: Site, people: People, browser: FlaskClient) -> None:
    page = published(site, people, "term", term())

    assert browser.get(f"/p/{page.id}").headers["Location"] == "/pages/water-point"
    assert browser.get("/p/nonsense").status_code == 404
    assert browser.get(f"/p/{start(site, people['contributor'], 'term', term('Draft')).page_id}").status_code == 404


@pytest.mark.parametrize("rest", ["", "/history", "/revisions/1", "/compare", ".md", ".json"])
def test_a_renamed_page_leads_to_its_new_address_for_ever(
    site: Site, people: People, browser: FlaskClient, rest: str
) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        rename(uow, "water-point", "where-water-is")

    answer = browser.get(f"/pages/water-point{rest}?pictures=no")

    assert answer.status_code == (302 if rest == ".json" else 301)
    assert "/pages/where-water-is" in answer.headers["Location"]


def test_an_archived_page_can_be_read_with_its_reason_and_successor(
    site: Site, people: People, browser: FlaskClient
) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Water source"))
    with site.work(people["moderator"]) as uow:
        archive(uow, "water-point", "Said better elsewhere.", "water-source")

    html = text_of(browser, "/pages/water-point")

    assert "Archived" in html and "Said better elsewhere." in html
    assert '<a href="/pages/water-source">Water source</a>' in html
    assert "/pages/water-point/edit" not in html.replace("Complete it", "")[: html.index("<h1>")]


def test_a_successor_that_is_gone_is_not_named(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Water source"))
    with site.work(people["moderator"]) as uow:
        archive(uow, "water-point", "Said better elsewhere.", "water-source")
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "water-source", "Names a person.")

    assert "Water source" not in text_of(browser, "/pages/water-point")


def test_a_page_in_the_bin_is_there_for_moderators_alone(
    site: Site, people: People, browser: FlaskClient, signed_in: SignIn
) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "water-point", "Names a person.")

    assert browser.get("/pages/water-point").status_code == 404
    assert signed_in("contributor").get("/pages/water-point").status_code == 404
    moderators = signed_in("moderator").get("/pages/water-point")
    assert moderators.status_code == 200 and "In the bin" in moderators.text
    assert browser.get("/pages/water-point").status_code == 404


def test_not_there_and_not_yours_answer_alike(site: Site, people: People, browser: FlaskClient) -> None:
    start(site, people["contributor"], "term", term("Draft"), slug="draft")

    missing, hidden = browser.get("/pages/missing"), browser.get("/pages/draft")

    assert missing.status_code == hidden.status_code == 404
    number = re.compile(r"[0-9a-f]{12}")
    assert number.sub("", missing.text.replace("missing", "x")) == number.sub("", hidden.text.replace("draft", "x"))


@pytest.mark.parametrize(
    "address",
    ["/pages/water-point/revisions/x", "/pages/water-point/revisions/99", "/pages/water-point/compare?from=99",
     "/pages/water-point/compare?to=-1", "/pages/water-point/compare?from=1e3", "/pages/water-point/history?page=abc",
     "/pages/water-point/history?page=99", "/pages/water-point.pdf", "/pages/water-point.docx",
     "/pages/water-point.epub", "/recent?page=0", "/recent?page=99", "/recent?type=nothing", "/sitemap.xml?page=9",
     "/vocabularies/nothing", "/about/nothing", "/language/xx", "/pages/%00", "/pages/" + "x" * 3000],
)  # fmt: skip
def test_odd_addresses_get_a_clear_answer(site: Site, people: People, browser: FlaskClient, address: str) -> None:
    published(site, people, "term", term())

    answer = browser.get(address)

    assert 400 <= answer.status_code < 500
    assert answer.status_code in (404, 422)
    assert "<h1" in answer.text


def test_the_text_of_a_page_is_that_of_a_bundle(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())

    answer = browser.get("/pages/water-point.md")

    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.text.startswith("---\ntype: term\n") and "# Water point" in answer.text


def test_a_page_that_was_not_looked_at_for_long_says_so(
    site: Site, people: People, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(site, people, "needs-analysis", need(), slug="drought")
    site.clock = lambda: datetime(2040, 1, 1, tzinfo=UTC)

    assert "To be looked at again since" in text_of(browser, "/pages/drought")


def test_translations_lead_to_each_other(site: Site, people: People, browser: FlaskClient) -> None:
    published(site, people, "term", term())
    members = {"language": "fr", "translation_of": "water-point", "slug": "point-d-eau"}
    published(site, people, "term", term("Point d’eau"), **members)

    assert "/pages/point-d-eau" in text_of(browser, "/pages/water-point")
    assert "/pages/water-point" in text_of(browser, "/pages/point-d-eau")


# ---- people who are signed in


def test_a_signed_in_view_takes_two_queries_more_than_finding_the_reader(
    site: Site, people: People, signed_in: SignIn
) -> None:
    published(site, people, "needs-analysis", need(), slug="drought")
    for name in ("contributor", "moderator"):
        browser = signed_in(name)
        browser.get("/pages/drought")

        with counted_queries(site.engine) as queries:
            assert browser.get("/pages/drought").status_code == 200

        assert len(queries) <= 3, queries


def test_somebody_with_an_open_change_goes_on_with_it(site: Site, people: People, signed_in: SignIn) -> None:
    published(site, people, "term", term())
    change_page(site, people["contributor2"], "water-point", {"title": "Point of water"})

    assert "Go on with your change" in text_of(signed_in("contributor2"), "/pages/water-point")
    other = text_of(signed_in("contributor"), "/pages/water-point")
    assert "Improve this page" in other and "Someone else is editing this page" in other
    assert "Contributor2" not in other and "Point of water" not in other


def test_readers_without_the_right_to_write_are_not_told_who_writes(
    site: Site, people: People, signed_in: SignIn, browser: FlaskClient
) -> None:
    published(site, people, "term", term())
    change_page(site, people["contributor2"], "water-point", {"title": "Point of water"})

    reader = text_of(signed_in("reader"), "/pages/water-point")

    assert "Someone else is editing" not in reader and "Improve this page" not in reader
    assert "Someone else is editing" not in text_of(browser, "/pages/water-point")


def test_the_article_is_the_same_for_everybody(
    site: Site, people: People, signed_in: SignIn, browser: FlaskClient
) -> None:
    published(site, people, "good-practice", practice())

    texts = [
        re.search(r'<header class="heading">.*?</header>', text_of(one, "/pages/training-water-committees"), re.S)
        for one in (browser, signed_in("reader"), signed_in("moderator"))
    ]

    assert texts[0] is not None and len({match[0] for match in texts if match}) == 1
