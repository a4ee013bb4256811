"""The way of a change through the API: started, saved, sent, published, sent back; and every clear refusal."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kmwiki.permissions import Actor
from kmwiki.site import Site
from pages import practice, published, term

Ask = Callable[..., Any]
People = dict[str, Actor]


def started(ask: Ask, who: str = "contributor", **members: Any) -> dict[str, Any]:
    body = {"type": "term", "language": "en", "fields": term(), **members}
    answer = ask(who).post("/changes", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def sent(ask: Ask, who: str = "contributor", **members: Any) -> dict[str, Any]:
    change = started(ask, who, **members)
    answer = ask(who).post(f"/changes/{change['id']}/submit")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def is_problem(answer: TestResponse, status: int) -> bool:
    return answer.status_code == status == answer.json["status"] and answer.mimetype == "application/problem+json"


def save(ask: Ask, who: str, change: dict[str, Any], fields: dict[str, Any], head: str | None = None) -> TestResponse:
    headers = {"If-Match": f'"{head or change["head"]}"'}
    return ask(who).patch(f"/changes/{change['id']}", {"fields": fields}, headers=headers)


@pytest.mark.database
def test_from_nothing_to_published(ask: Ask) -> None:
    answer = ask("contributor").post("/changes", {"type": "term", "fields": term(), "summary": "A new term"})
    change = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/changes/{change['id']}"
    assert answer.headers["ETag"] == f'"{change["head"]}"'
    assert (change["state"], change["page"], change["author"], change["base"]) == ("draft", None, "contributor", None)

    change = save(ask, "contributor", change, {"definition": "Where water is fetched."}).json
    assert ask("contributor").post(f"/changes/{change['id']}/submit").json["state"] == "submitted"
    done = ask("moderator").post(f"/changes/{change['id']}/publish", {"revision": change["head"]})

    assert (done.status_code, done.json["state"], done.json["page"]) == (200, "published", "water-point")
    page = ask().get("/pages/water-point")
    assert page.headers["ETag"] == f'"{change["head"]}"'
    assert page.json["fields"]["definition"] == "Where water is fetched."
    assert (page.json["number"], page.json["approved_by"], page.json["authors"]) == (1, ["Moderator"], ["Contributor"])
    assert page.json["url"] == "/pages/water-point"


def test_a_change_has_the_members_of_its_shape(ask: Ask) -> None:
    change = started(ask)

    assert {
        "id", "page", "type", "state", "returned", "base", "head", "fields", "language", "licence", "author",
        "coauthors", "problems", "created_at", "updated_at", "conversation",
    } <= set(change)  # fmt: skip
    assert change["language"] == "en" and change["licence"] == "CC-BY-4.0"


def test_only_what_changes_is_given(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())

    change = ask("contributor2").post("/changes", {"page": "water-point", "fields": {"definition": "Shorter."}}).json

    assert change["page"] == "water-point"
    assert change["fields"]["definition"] == "Shorter." and change["fields"]["title"] == "Water point"


def test_null_empties_a_field(ask: Ask) -> None:
    change = started(ask)

    assert "contact" not in save(ask, "contributor", change, {"contact": None}).json["fields"]


def test_problems_tell_what_publication_lacks(ask: Ask) -> None:
    change = started(ask, fields={"title": "Only a title"})

    refused = ask("contributor").post(f"/changes/{change['id']}/submit")

    assert is_problem(refused, 422)
    assert {(p["field"], p["level"]) for p in refused.json["problems"]} >= {("definition", "short")}
    assert {p["field"] for p in change["problems"]} >= {"definition"}


def test_every_fault_of_the_input_is_told_at_once(ask: Ask) -> None:
    fields = {"title": 7, "no-such-field": "x", "contact": "no-such-code"}

    refused = ask("contributor").post("/changes", {"type": "term", "language": "xx-nowhere", "fields": fields})

    assert is_problem(refused, 422)
    assert {p["field"] for p in refused.json["problems"]} >= {"title", "no-such-field", "contact", "language"}


#: Bodies of POST /changes that can be read and cannot be meant.
NOT_A_START: list[dict[str, Any]] = [
    {"fields": {}},
    {"type": "no-such-type", "fields": {}},
    {"type": "term", "page": "water-point", "fields": {}},
    {"type": "term", "fields": []},
    {"type": "term", "state": "published"},
    {"type": "term", "author": "admin"},
    {"type": 5},
    {"type": "term", "fields": {}, "slug": "Not A Slug"},
    {"type": "term", "fields": {}, "slug": "search"},
    {"type": "term", "fields": {}, "translation_of": "no-such-page"},
    {"type": "term", "fields": {}, "translation_of": "nul\0"},
    {"type": "term", "fields": {}, "topics": ["no-such-topic"]},
    {"type": "term", "fields": {}, "files": [{"name": "none.png"}]},
    {"type": "term", "fields": {}, "language": {"a": 1}},
    {"type": "term", "fields": {"title": "\0"}},
    {"type": "term", "fields": {"title": "a\u0007b"}},
    {"type": "term", "fields": {"title": "x" * 1001}},
    {"type": "term", "fields": {"needs": [{"question": "?"}]}},
    {"type": "needs-analysis", "fields": {"needs": [{"id": "n9", "question": "?"}]}},
    {"type": "needs-analysis", "fields": {"needs": [{"colour": "red"}]}},
]


@pytest.mark.database
def test_a_start_that_cannot_be_meant_so_is_refused(ask: Ask) -> None:
    for body in NOT_A_START:
        refused = ask("contributor").post("/changes", body)

        assert is_problem(refused, 422), body
        assert refused.json["problems"], body
    assert ask("contributor").get("/changes").json["total"] == 0


def test_the_same_key_gives_the_same_change(ask: Ask) -> None:
    body, key = {"type": "term", "fields": term()}, {"Idempotency-Key": "once"}

    first = ask("contributor").post("/changes", body, headers=key)
    second = ask("contributor").post("/changes", body, headers=key)
    others = ask("contributor2").post("/changes", body, headers=key)

    assert (first.status_code, second.status_code, others.status_code) == (201, 200, 201)
    assert second.json["id"] == first.json["id"] != others.json["id"]
    assert second.headers["Location"] == first.headers["Location"]


def test_an_open_change_on_the_page_is_named(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    body = {"page": "water-point", "fields": {"definition": "One."}}
    first = ask("contributor2").post("/changes", body).json

    refused = ask("contributor2").post("/changes", body)

    assert is_problem(refused, 409)
    assert refused.json["change"] == first["id"]
    assert refused.headers["Location"] == f"/api/v1/changes/{first['id']}"


# ---- saving


def test_saving_needs_the_version_that_was_seen(ask: Ask) -> None:
    change = started(ask)
    path, body = f"/changes/{change['id']}", {"fields": {"definition": "New."}}

    assert is_problem(ask("contributor").patch(path, body), 428)
    for header in ('"0197c2a4-0000-7000-8000-000000000000"', "*", f'W/"{change["head"]}"', "nonsense", '"', "ä"):
        assert is_problem(ask("contributor").patch(path, body, headers={"If-Match": header}), 412), header
    assert ask("contributor").get(path).json["head"] == change["head"]


def test_whoever_is_late_is_told_even_where_the_texts_would_merge(ask: Ask) -> None:
    change = started(ask)
    save(ask, "contributor", change, {"definition": "New."})

    late = save(ask, "contributor", change, {"title": "Another title"})

    assert is_problem(late, 412)
    assert ask("contributor").get(f"/changes/{change['id']}").json["fields"]["title"] == "Water point"


def test_the_head_moves_with_each_save(ask: Ask) -> None:
    change = started(ask)

    saved = save(ask, "contributor", change, {"definition": "New."})

    assert saved.headers["ETag"] == f'"{saved.json["head"]}"' != f'"{change["head"]}"'


def test_a_submitted_change_stays_complete(ask: Ask) -> None:
    change = sent(ask)

    refused = save(ask, "contributor", change, {"definition": None})

    assert is_problem(refused, 422) and [p["field"] for p in refused.json["problems"]] == ["definition"]


def test_slugs_go_in_and_out(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    change = started(ask, "contributor2", translation_of="water-point", language="fr")

    assert change["translation_of"] == "water-point"


# ---- reviewing


def test_nobody_publishes_their_own(ask: Ask) -> None:
    change = sent(ask, "moderator")
    body = {"revision": change["head"]}

    assert is_problem(ask("moderator").post(f"/changes/{change['id']}/publish", body), 403)
    assert ask("moderator2").post(f"/changes/{change['id']}/publish", body).status_code == 200


def test_what_was_not_looked_at_is_not_published(ask: Ask) -> None:
    change = sent(ask)
    save(ask, "contributor", change, {"definition": "Behind her back."})

    assert is_problem(ask("moderator").post(f"/changes/{change['id']}/publish", {"revision": change["head"]}), 409)


def test_publishing_names_a_revision(ask: Ask) -> None:
    change = sent(ask)

    for revision in (None, "", "nonsense", 7, [], {"a": 1}):
        refused = ask("moderator").post(f"/changes/{change['id']}/publish", {"revision": revision})

        assert is_problem(refused, 422) and refused.json["problems"][0]["field"] == "revision"


def both_edited(site: Site, people: People, ask: Ask, mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """The second of two changes of one page, sent, while the first has been published."""
    published(site, people, "good-practice", practice())
    heads = {}
    for who, fields in (("contributor", mine), ("contributor2", theirs)):
        body = {"page": "training-water-committees", "fields": fields}
        change = ask(who).post("/changes", body).json
        heads[who] = ask(who).post(f"/changes/{change['id']}/submit").json
    first = heads["contributor"]
    done = ask("moderator").post(f"/changes/{first['id']}/publish", {"revision": first["head"]})
    assert done.status_code == 200, done.text
    return dict(heads["contributor2"])


def test_a_combination_is_shown_before_it_is_published(site: Site, people: People, ask: Ask) -> None:
    text = str(practice()["practice"])
    change = both_edited(
        site, people, ask, {"practice": text.replace("First", "My first")},
        {"practice": text.replace("Third", "Their third")},
    )  # fmt: skip

    moved = ask("moderator").post(f"/changes/{change['id']}/publish", {"revision": change["head"]})

    assert is_problem(moved, 409) and moved.json["title"] == "page-moved"
    assert moved.json["both_changed"] == ["practice"]
    looked_at = ask("moderator").get(f"/changes/{change['id']}").json
    assert looked_at["head"] == moved.json["revision"]
    done = ask("moderator").post(f"/changes/{change['id']}/publish", {"revision": looked_at["head"]})
    assert done.status_code == 200
    combined = text.replace("First", "My first").replace("Third", "Their third")
    assert ask().get("/pages/training-water-committees").json["fields"]["practice"] == combined


def test_contradictions_are_shown_and_settled(site: Site, people: People, ask: Ask) -> None:
    change = both_edited(site, people, ask, {"summary": "One."}, {"summary": "Two."})
    path = f"/changes/{change['id']}"

    moved = ask("moderator").post(f"{path}/publish", {"revision": change["head"]})

    assert is_problem(moved, 409) and moved.json["title"] == "page-moved"
    base = practice()["summary"]
    assert moved.json["conflicts"] == [{"field": "summary", "base": base, "mine": "Two.", "theirs": "One."}]
    assert is_problem(ask("moderator").post(f"{path}/settle", {"revision": change["head"], "choices": {}}), 422)
    settled = ask("moderator").post(f"{path}/settle", {"revision": change["head"], "choices": {"summary": "mine"}})
    assert settled.status_code == 200
    assert ask("moderator").post(f"{path}/publish", {"revision": settled.json["head"]}).status_code == 200
    assert ask().get("/pages/training-water-committees").json["fields"]["summary"] == "Two."


def test_there_is_nothing_to_settle_on_a_page_that_did_not_move(ask: Ask) -> None:
    change = sent(ask)

    refused = ask("moderator").post(f"/changes/{change['id']}/settle", {"revision": change["head"], "choices": {}})

    assert is_problem(refused, 409)


def test_a_return_is_told_with_its_reason(ask: Ask) -> None:
    change = sent(ask)
    assert is_problem(ask("moderator").post(f"/changes/{change['id']}/return", {"reason": " "}), 422)

    ask("moderator").post(f"/changes/{change['id']}/return", {"reason": "Where is this used?"})

    returned = ask("contributor").get(f"/changes/{change['id']}").json
    assert (returned["state"], returned["returned"]) == ("draft", True)
    steps = [(said["step"], said["text"], said["by"]) for said in returned["conversation"]]
    assert steps[-1] == ("returned", "Where is this used?", "Moderator")
    assert ask("contributor").get("/changes?returned=true").json["total"] == 1


def test_comments_are_part_of_the_conversation(ask: Ask) -> None:
    change = sent(ask)

    said = ask("moderator").post(f"/changes/{change['id']}/comments", {"text": "A source?", "field": "definition"})

    assert said.status_code == 201
    assert ask("contributor").get(f"/changes/{change['id']}").json["conversation"][-1] == said.json
    for body in ({"text": " "}, {}, {"text": "x", "field": "nowhere"}, {"text": 3}, {"text": "x", "field": {"a": 1}}):
        assert is_problem(ask("moderator").post(f"/changes/{change['id']}/comments", body), 422)


def test_a_small_edit_of_a_trusted_contributor_goes_live(site: Site, people: People, ask: Ask) -> None:
    from kmwiki.services.accounts.accounts import set_trusted

    published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        set_trusted(uow, "contributor2", True)
    body = {"page": "water-point", "fields": {"definition": "A place where people fetch water today."}}
    change = ask("contributor2").post("/changes", body).json

    done = ask("contributor2").post(f"/changes/{change['id']}/submit")

    assert done.json["state"] == "published"
    assert ask().get("/pages/water-point").json["number"] == 2


# ---- working together


def test_a_coauthor_accepts_and_saves(ask: Ask) -> None:
    change = started(ask)
    path = f"/changes/{change['id']}"
    invited = ask("contributor").post(f"{path}/coauthors", {"username": "contributor2"})
    assert (invited.json["invited"], invited.json["coauthors"]) == (["contributor2"], [])
    assert save(ask, "contributor2", change, {"definition": "Too early."}).status_code == 403

    accepted = ask("contributor2").post(f"{path}/accept")

    assert accepted.json["coauthors"] == ["contributor2"]
    assert save(ask, "contributor2", change, {"definition": "Written by two."}).status_code == 200


def test_a_change_is_handed_over(ask: Ask) -> None:
    change = started(ask)

    handed = ask("contributor").post(f"/changes/{change['id']}/handover", {"username": "contributor2"}).json

    assert (handed["author"], handed["coauthors"]) == ("contributor2", ["contributor"])
    for name in ("", "nobody-here", 7, None):
        refused = ask("contributor2").post(f"/changes/{change['id']}/handover", {"username": name})
        assert is_problem(refused, 422)


def test_a_share_link_is_told_once(ask: Ask) -> None:
    change = started(ask)

    link = ask("contributor").post(f"/changes/{change['id']}/shares")

    assert link.status_code == 201
    assert link.json["url"] == f"/shared/{link.json['token']}"
    assert link.json["token"] not in ask("contributor").get(f"/changes/{change['id']}").text


# ---- lists


def test_lists_hold_what_the_asker_may_see(ask: Ask) -> None:
    started(ask, fields=term("Draft"))
    sent(ask, fields=term("Waiting"))
    started(ask, "contributor2", fields=term("Of another"))

    def titles(who: str, query: str = "") -> set[str]:
        return {item["title"] for item in ask(who).get(f"/changes{query}").json["items"]}

    assert titles("contributor") == {"Draft", "Waiting"}
    assert titles("contributor", "?state=draft") == {"Draft"}
    assert titles("moderator") == {"Waiting"}
    assert titles("moderator", "?mine=true") == set()
    assert titles("reader") == set()
    assert is_problem(ask().get("/changes"), 401)
    assert is_problem(ask("contributor").get("/changes?state=nonsense"), 422)


def test_lists_are_paged(ask: Ask) -> None:
    for number in range(3):
        started(ask, fields=term(f"Term {number}"))

    answer = ask("contributor").get("/changes?per_page=2&page=2").json

    assert (answer["total"], answer["page"], answer["per_page"], len(answer["items"])) == (3, 2, 2, 1)
    for query in ("per_page=101", "per_page=0", "page=-1", "page=x", "page=99999999"):
        assert is_problem(ask("contributor").get(f"/changes?{query}"), 422)
