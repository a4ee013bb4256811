"""Several drafts sent in one go: all or none."""

from collections.abc import Callable
from typing import Any

import pytest

from kmwiki.permissions import Actor
from kmwiki.site import Site
from pages import need, practice, start, term

Ask = Callable[..., Any]
People = dict[str, Actor]


@pytest.fixture
def pair(site: Site, people: People) -> tuple[str, str]:
    """A need and the practice that links to it."""
    asked = start(site, people["contributor"], "needs-analysis", need())
    answer = start(site, people["contributor"], "good-practice", practice(addresses=[{"change": str(asked.id)}]))
    return str(asked.id), str(answer.id)


def test_sent_together_they_carry_the_same_mark(ask: Ask, pair: tuple[str, str]) -> None:
    sent = ask("contributor").post(f"/changes/{pair[1]}/submit", {"as": "short", "together": [pair[0]]})
    other = ask("moderator").get(f"/changes/{pair[0]}").json

    assert (sent.status_code, sent.json["state"], other["state"]) == (200, "submitted", "submitted")
    assert sent.json["together"] == other["together"] is not None
    listed = ask("moderator").get("/changes?state=submitted").json["items"]
    assert {change["together"] for change in listed} == {sent.json["together"]}


def test_one_that_lacks_something_keeps_all_back(site: Site, people: People, ask: Ask, pair: tuple[str, str]) -> None:
    empty = start(site, people["contributor"], "term", {"title": "Only a title"})
    told = ask("contributor").post(f"/changes/{pair[1]}/submit", {"together": [pair[0], str(empty.id)]})

    assert told.status_code == 422
    assert {(problem["field"], problem["row"]) for problem in told.json["problems"]} == {("together", str(empty.id))}
    assert ask("contributor").get(f"/changes/{pair[0]}").json["state"] == "draft"


def test_what_is_not_hers_and_what_is_nowhere_are_told_alike(
    site: Site, people: People, ask: Ask, pair: tuple[str, str]
) -> None:
    theirs = start(site, people["contributor2"], "term", term())
    messages = set()
    for other in (str(theirs.id), "01890000-0000-7000-8000-000000000000"):
        told = ask("contributor").post(f"/changes/{pair[1]}/submit", {"together": [other]})
        assert told.status_code == 422
        messages |= {problem["message"] for problem in told.json["problems"]}

    assert len(messages) == 1


@pytest.mark.parametrize("together", ["x", ["x"], [5], {"id": 1}, [None]])
def test_what_is_no_list_of_ids_is_refused(ask: Ask, pair: tuple[str, str], together: object) -> None:
    told = ask("contributor").post(f"/changes/{pair[1]}/submit", {"together": together})

    assert (told.status_code, told.json["problems"][0]["field"]) == (422, "together")


def test_too_many_are_refused(ask: Ask, pair: tuple[str, str]) -> None:
    many = [f"01890000-0000-7000-8000-0000000000{number:02}" for number in range(20)]
    told = ask("contributor").post(f"/changes/{pair[1]}/submit", {"together": many})

    assert told.status_code == 422
