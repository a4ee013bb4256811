"""Comments by the API: threads, one's own, what is settled, in the shapes that schemas.py describes."""

from collections.abc import Callable

from api.asking import Asker
from kmwiki.permissions import Actor
from kmwiki.site import Site
from pages import published, start, term

Ask = Callable[..., Asker]
People = dict[str, Actor]
AT = "/pages/water-point/comments"
MEMBERS = {"id", "kind", "thread", "by", "at", "field", "text", "edited", "gone", "resolved"}


def test_what_is_said_about_a_page_is_listed_by_thread(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    ada, bo = ask("contributor"), ask("contributor2")
    first = ada.post(AT, {"text": "Is a *tap* one?", "field": "definition"})
    answer = bo.post(AT, {"text": "It is.", "answers": first.json["id"]})
    ada.post(AT, {"text": "And a river?"})
    listed = ask().get(AT).json

    assert first.status_code == answer.status_code == 201 and set(first.json) == MEMBERS
    assert (answer.json["thread"], answer.json["field"]) == (first.json["id"], "definition")
    assert (listed["total"], [item["text"] for item in listed["items"]]) == (2, ["And a river?", "Is a *tap* one?"])
    assert listed["items"][1] == {**first.json, "answers": [answer.json]}
    assert [item["text"] for item in ask().get(f"{AT}?per_page=1&page=2").json["items"]] == ["Is a *tap* one?"]


def test_a_conversation_about_a_change_says_what_became_of_each_comment(
    site: Site, people: People, ask: Ask
) -> None:
    change = start(site, people["contributor"], "term", term())
    ada, at = ask("contributor"), f"/changes/{change.id}"
    said = ada.post(f"{at}/comments", {"text": "Is it rihgt?"}).json
    ada.post(f"{at}/comments", {"text": "Yes.", "answers": said["id"]})
    edited = ada.patch(f"/comments/{said['id']}", {"text": "Is it right?"}).json
    settled = ada.post(f"/comments/{said['id']}/resolve").json
    refused = ada.post(f"{at}/comments", {"text": "No.", "answers": said["id"]})
    opened = ada.post(f"/comments/{said['id']}/unresolve").json
    gone = ada.delete(f"/comments/{said['id']}")
    left = ada.get(at).json["conversation"]

    assert (edited["text"], edited["edited"] is not None) == ("Is it right?", True)
    assert settled["resolved"]["by"] == "Contributor" and opened["resolved"] is None
    assert (refused.status_code, gone.status_code) == (409, 204)
    assert [(c["text"], c["gone"]) for c in left] == [("", "deleted"), ("Yes.", None)]
    assert {c["thread"] for c in left} == {said["id"]}
    assert ada.patch(f"/comments/{said['id']}", {"text": "Back."}).status_code == 404


def test_input_at_fault_is_told_of_after_who_may(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    said = ask("contributor").post(AT, {"text": "Mine."}).json
    for call in (("PATCH", f"/comments/{said['id']}"), ("POST", AT)):
        assert ask("reader").call(*call, {"nothing": 1}).status_code == 403
        assert ask().call(*call, {"nothing": 1}).status_code == 401
        for body in ({}, {"text": ""}, {"text": " "}, {"text": 1}, {"text": "x" * 10_001}, {"text": "x", "other": 1}):
            assert ask("contributor").call(*call, body).status_code == 422, body
    for body in ({"answers": "no id"}, {"answers": said["id"][:-1]}, {"field": "nothing"}, {"field": 1}):
        assert ask("contributor").post(AT, {"text": "x", **body}).status_code == 422, body
    assert ask("contributor").patch("/comments/1", {"text": "x"}).status_code == 404


def test_a_moderator_removes_with_a_reason_and_an_old_address_leads_on(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    said = ask("contributor").post(AT, {"text": "Buy pumps!"}).json
    ask("moderator").post("/pages/water-point/rename", {"slug": "point-of-water"})

    moved = ask().get(AT)
    assert (moved.status_code, moved.headers["Location"]) == (301, "/api/v1/pages/point-of-water/comments")
    assert ask("contributor2").post(AT, {"text": "Still here."}).status_code == 201
    assert ask("moderator").delete(f"/comments/{said['id']}?reason=Advertising").status_code == 204
    assert ask().get("/pages/point-of-water/comments").json["total"] == 1
