"""Asking that a page be archived, renamed or removed, and carrying it out."""

from collections.abc import Callable
from typing import Any

import pytest

from kmwiki.permissions import Actor
from kmwiki.site import Site
from pages import change_page, published, term

Ask = Callable[..., Any]
People = dict[str, Actor]
PAGE = "/pages/water-point"


@pytest.fixture(autouse=True)
def page(site: Site, people: People) -> None:
    published(site, people, "term", term())


def publish(ask: Ask, change: dict[str, Any]) -> Any:
    return ask("moderator").post(f"/changes/{change['id']}/publish", {"revision": change["head"], "comment": "Done."})


@pytest.mark.database
def test_a_request_is_a_change_that_a_moderator_carries_out(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term("Well"))
    asked = ask("contributor").post(
        f"{PAGE}/requests", {"verb": "archive", "reason": "Old.", "successor": "well"}
    )
    change = asked.json
    assert (asked.status_code, change["state"], change["problems"]) == (201, "submitted", [])
    assert asked.headers["Location"].endswith(f"/changes/{change['id']}")
    assert change["request"] == {"verb": "archive", "reason": "Old.", "successor": "well"}
    assert ask("moderator").get("/changes?state=submitted").json["items"][0]["request"] == change["request"]

    done = publish(ask, change)

    assert (done.status_code, done.json["state"]) == (200, "published")
    assert [said["step"] for said in done.json["conversation"]] == ["asked", "carried-out"]
    assert ask().get(PAGE).json["archived"] == {"reason": "Old.", "successor": "well"}
    assert ask().get(f"{PAGE}/revisions").json["total"] == 1


def test_a_page_is_renamed_or_removed_on_request(ask: Ask) -> None:
    wish = {"verb": "rename", "reason": "Better.", "slug": "place-of-water"}
    renamed = publish(ask, ask("contributor").post(f"{PAGE}/requests", wish).json)
    assert renamed.json["request"] == {"verb": "rename", "reason": "Better.", "slug": "place-of-water"}
    assert ask().get(PAGE).status_code == 301

    removed = publish(ask, ask("contributor").post(f"{PAGE}/requests", {"verb": "remove", "reason": "Twice."}).json)
    assert removed.status_code == 200
    assert ask().get("/pages/place-of-water").status_code == 404


def test_what_does_not_fit_any_more_is_a_conflict(ask: Ask) -> None:
    change = ask("contributor").post(f"{PAGE}/requests", {"verb": "archive", "reason": "Old."}).json
    ask("moderator").post(f"{PAGE}/archive", {"reason": "Of our own accord."})

    assert publish(ask, change).status_code == 409


def test_other_changes_ask_for_nothing(site: Site, people: People, ask: Ask) -> None:
    change = change_page(site, people["contributor"], "water-point", {"definition": "New."})

    assert ask("contributor").get(f"/changes/{change.id}").json["request"] is None
    told = ask("contributor").post(f"{PAGE}/requests", {"verb": "remove", "reason": "Twice."})
    assert (told.status_code, told.json["title"], told.json["change"]) == (409, "open-change", str(change.id))


def test_no_text_goes_into_a_request(ask: Ask) -> None:
    change = ask("contributor").post(f"{PAGE}/requests", {"verb": "remove", "reason": "Twice."}).json
    saved = ask("contributor").patch(f"/changes/{change['id']}", {"fields": {"definition": "Other."}})

    assert saved.status_code == 409


NOT_MEANT_SO: list[tuple[dict[str, Any], str]] = [
    ({}, "verb"),
    ({"verb": "burn", "reason": "Old."}, "verb"),
    ({"verb": 5, "reason": "Old."}, "verb"),
    ({"verb": "archive"}, "reason"),
    ({"verb": "archive", "reason": 5}, "reason"),
    ({"verb": "archive", "reason": "x" * 5_001}, "reason"),
    ({"verb": "archive", "reason": "Old.", "successor": "nowhere"}, "successor"),
    ({"verb": "archive", "reason": "Old.", "slug": "well"}, "slug"),
    ({"verb": "rename", "reason": "Old."}, "slug"),
    ({"verb": "rename", "reason": "Old.", "slug": "Not A Slug"}, "slug"),
    ({"verb": "rename", "reason": "Old.", "slug": "water-point"}, "slug"),
    ({"verb": "remove", "reason": "Old.", "successor": "water-point"}, "successor"),
    ({"verb": "remove", "reason": "Old.", "state": "published"}, "state"),
]


@pytest.mark.parametrize(("body", "field"), NOT_MEANT_SO)
def test_what_cannot_be_meant_so_is_refused_where_it_stands(ask: Ask, body: dict[str, Any], field: str) -> None:
    told = ask("contributor").post(f"{PAGE}/requests", body)

    assert (told.status_code, told.json["problems"][0]["field"]) == (422, field)
