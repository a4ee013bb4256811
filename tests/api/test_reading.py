"""Reading through the API: pages, versions, comparisons, search, types, vocabularies, organisations."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kmwiki.models import Topic
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.pages.page_care import archive, bin_page, hide_version, rename
from kmwiki.site import Site
from pages import change_page, need, practice, publish_change, published, send, start, term

Ask = Callable[..., Any]
People = dict[str, Actor]

PAGE_MEMBERS = {
    "id", "slug", "type", "edition", "depth", "title", "state", "number", "revision_id", "published_at",
    "approved_by", "authors", "language", "licence", "translation_of", "fields", "files", "url",
}  # fmt: skip


def again(site: Site, people: People, slug: str, **fields: Any) -> None:
    change = change_page(site, people["contributor"], slug, fields)
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)


@pytest.mark.database
def test_a_page_has_the_members_of_its_shape(site: Site, people: People, ask: Ask) -> None:
    page = published(site, people, "term", term())

    answer = ask().get("/pages/water-point")

    assert set(answer.json) >= PAGE_MEMBERS
    assert answer.json["id"] == str(page.id)
    assert answer.headers["ETag"] == f'"{page.published_revision_id}"'
    assert (answer.json["state"], answer.json["depth"], answer.json["archived"]) == ("published", "full", None)


def test_addresses_are_whole_where_the_site_knows_its_own(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    site.config = replace(site.config, base_url="https://wiki.example")

    assert ask().get("/pages/water-point").json["url"] == "https://wiki.example/pages/water-point"


def test_rows_have_ids_and_no_hidden_ones(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "needs-analysis", need())

    row = ask().get("/pages/how-can-offices-plan-for-drought").json["fields"]["needs"][0]

    assert row["id"] == "n1" and "uid" not in row


def test_links_go_out_by_slug_and_hide_what_is_not_public(site: Site, people: People, ask: Ask) -> None:
    asked = published(site, people, "needs-analysis", need())
    secret = start(site, people["contributor"], "needs-analysis", need("A secret question"))
    links = [
        {"page": asked.slug, "row": "n1", "relation": "fully"},
        {"change": str(secret.id), "row": "n1", "relation": "fully"},
    ]
    published(site, people, "good-practice", practice(addresses=links))

    page = ask().get("/pages/training-water-committees")

    assert page.json["fields"]["addresses"] == [links[0]]
    assert str(secret.page_id) not in page.text
    authors = ask("contributor").get("/pages/training-water-committees").json
    assert authors["fields"]["addresses"] == links


def test_an_old_address_leads_to_the_new_one(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        rename(uow, "water-point", "place-of-water")

    for rest in ("", "/revisions", "/revisions/1", "/compare?from=1&to=1", "/files"):
        answer = ask().get(f"/pages/water-point{rest}")

        assert answer.status_code == 301
        assert answer.headers["Location"] == f"/api/v1/pages/place-of-water{rest}"


def test_an_archived_page_is_read_and_not_listed(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Well"))
    with site.work(people["moderator"]) as uow:
        archive(uow, "water-point", "There is a better one.", "well")

    page = ask().get("/pages/water-point").json
    assert page["state"] == "archived"
    assert page["archived"] == {"reason": "There is a better one.", "successor": "well"}
    assert [item["slug"] for item in ask().get("/pages").json["items"]] == ["well"]


def test_a_deleted_page_is_there_for_moderators_alone(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "water-point", "Written twice.")

    for who in ("", "reader", "contributor"):
        assert ask(who).get("/pages/water-point").status_code == 404
        assert ask(who).get("/pages/water-point/revisions").status_code == 404
    assert ask("moderator").get("/pages/water-point").json["state"] == "binned"


def test_history_counts_versions(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    again(site, people, "water-point", definition="Two.")

    listed = ask().get("/pages/water-point/revisions").json
    first = ask().get("/pages/water-point/revisions/1")

    assert [item["number"] for item in listed["items"]] == [2, 1]
    assert first.json["fields"]["definition"] == term()["definition"]
    assert first.headers["ETag"] == f'"{listed["items"][1]["revision_id"]}"'
    assert ask().get("/pages/water-point/revisions/3").status_code == 404


def test_a_hidden_version_is_named_and_not_told(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    again(site, people, "water-point", definition="Two.")
    with site.work(people["moderator"]) as uow:
        hide_version(uow, "water-point", 1, "A name was in it.")

    hidden = {item["number"]: item["is_hidden"] for item in ask().get("/pages/water-point/revisions").json["items"]}
    assert hidden == {1: True, 2: False}
    assert ask().get("/pages/water-point/revisions/1").status_code == 409
    assert ask().get("/pages/water-point/compare?from=1&to=2").status_code == 409
    listed = ask("contributor").get("/changes?state=published").json["items"]
    assert len(listed) == 2 and {item["title"] for item in listed} == {"Water point"}


def test_a_comparison_goes_field_by_field(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "good-practice", practice())
    again(
        site, people, "training-water-committees", summary="Committees keep a store of spare parts.",
        countries=["MW", "ZM"], results=[{"result": "Fewer broken pumps", "evidence": "own-monitoring"}],
    )  # fmt: skip

    answer = ask().get("/pages/training-water-committees/compare").json

    parts = {part["field"]: part for part in answer["fields"]}
    assert (answer["from"], answer["to"], set(parts)) == (1, 2, {"summary", "countries", "results"})
    assert {"op": "removed", "text": "their own"} in parts["summary"]["words"]
    assert (parts["countries"]["old"], parts["countries"]["new"]) == (["MW"], ["MW", "ZM"])
    assert {row["op"] for row in parts["results"]["rows"]} == {"added", "removed"}


def test_a_comparison_shows_no_link_that_is_not_public(site: Site, people: People, ask: Ask) -> None:
    secret = start(site, people["contributor"], "needs-analysis", need("A secret question"))
    published(site, people, "good-practice", practice())
    again(site, people, "training-water-committees", addresses=[{"change": str(secret.id), "relation": "fully"}])

    answer = ask().get("/pages/training-water-committees/compare")

    assert answer.json["fields"] == [] and str(secret.page_id) not in answer.text


def test_a_comparison_is_of_versions_that_are_there(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())

    for query, status in (("from=x", 422), ("to=-1", 422), ("from=1&to=9", 404), ("from=1&to=1", 200)):
        assert ask().get(f"/pages/water-point/compare?{query}").status_code == status, query


# ---- lists and search


def test_pages_are_listed_by_type_and_paged(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    published(site, people, "term", term("Well"))
    published(site, people, "needs-analysis", need())

    terms = ask().get("/pages?type=term&per_page=1").json

    assert (terms["total"], terms["per_page"]) == (2, 1)
    assert [item["slug"] for item in terms["items"]] == ["well"]
    assert ask().get("/pages").json["total"] == 3


def test_pages_are_filtered_by_facets(site: Site, people: People, ask: Ask, drain: Callable[[], int]) -> None:
    published(site, people, "good-practice", practice())
    published(site, people, "good-practice", practice("Solar pumps", countries=["ZM"]))
    drain()

    listed = ask().get("/pages?country=ZM&type=good-practice").json

    assert [item["title"] for item in listed["items"]] == ["Solar pumps"]


def test_search_finds_marks_and_counts(site: Site, people: People, ask: Ask, drain: Callable[[], int]) -> None:
    published(site, people, "good-practice", practice())
    published(site, people, "term", term())
    drain()

    found = ask().get("/search?q=spare").json

    assert (found["total"], found["page"], found["per_page"], found["suggestion"]) == (1, 1, 20, None)
    (hit,) = found["items"]
    assert {"slug", "type", "title", "summary", "excerpt", "depth"} <= set(hit)
    assert {"text": "spare", "is_marked": True} in hit["marked"] and "spare" in hit["excerpt"]
    assert found["facets"]["country"] == [{"value": "MW", "label": "Malawi", "count": 1}]
    assert found["facets"]["type"] == [{"value": "good-practice", "label": "Good practice", "count": 1}]
    assert found["facets"]["depth"] == [{"value": "short", "label": "in short", "count": 1}]
    assert found["facets"]["organisation"][0]["label"] == "Lakeside Water Network"


def test_search_labels_topics(site: Site, people: People, ask: Ask, drain: Callable[[], int]) -> None:
    with site.work(SYSTEM) as uow:
        uow.session.add(Topic(code="wells", label={"en": "Wells"}, meaning={"en": "Holes with water"}))
    published(site, people, "term", term(), topics=["wells"])
    drain()

    assert ask().get("/search").json["facets"]["topic"] == [{"value": "wells", "label": "Wells", "count": 1}]
    assert {"code": "wells", "label": "Wells"}.items() <= ask().get("/vocabularies/topics").json["entries"][0].items()


def test_drafts_are_not_found(site: Site, people: People, ask: Ask, drain: Callable[[], int]) -> None:
    start(site, people["contributor"], "term", term("Secret"))
    drain()

    assert ask("contributor").get("/search?q=secret").json["total"] == 0
    assert ask("contributor").get("/pages").json["total"] == 0


# ---- types, vocabularies, organisations


def test_types_are_json_schemas(ask: Ask) -> None:
    listed = ask().get("/types").json
    assert {item["name"] for item in listed["items"]} == {"case-study", "good-practice", "needs-analysis", "term"}

    for item, level in product(listed["items"], ("draft", "short", "full")):
        schema = ask().get(f"/types/{item['name']}?level={level}").json
        Draft202012Validator.check_schema(schema)
        assert [section["id"] for section in schema["x-kmwiki"]["sections"]] == ["short", "full", "found"]


def test_the_schema_of_a_level_takes_what_holds_at_it(ask: Ask) -> None:
    schema = Draft202012Validator(ask().get("/types/good-practice?level=short").json)

    assert schema.is_valid(practice())
    assert not schema.is_valid({"title": "Only a title"})


def test_vocabularies_have_labels_and_meanings(ask: Ask) -> None:
    urgency = ask().get("/vocabularies/urgency").json
    countries = ask().get("/vocabularies/countries", headers={"Accept-Language": "fr"}).json
    names = {item["name"] for item in ask().get("/vocabularies").json["items"]}

    assert {"countries", "urgency"} <= names
    assert all(entry["label"] and entry["meaning"] and entry["example"] for entry in urgency["entries"])
    assert {e["code"]: e["label"] for e in countries["entries"] if e["code"] == "DE"} == {"DE": "Allemagne"}


def test_organisations_come_from_published_pages(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    start(site, people["contributor"], "term", term(organisation={"name": "Secret Society"}))

    assert [item["name"] for item in ask().get("/organisations").json["items"]] == ["Lakeside Water Network"]
    assert ask().get("/organisations?q=LAKE").json["total"] == 1
    assert ask().get("/organisations?q=secret").json["total"] == 0


def test_past_the_end_of_the_history_it_is_still_said_how_long_it_is(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())

    assert ask().get("/pages/water-point/revisions?page=7").json == {
        "total": 1, "page": 7, "per_page": 50, "items": [],
    }  # fmt: skip
