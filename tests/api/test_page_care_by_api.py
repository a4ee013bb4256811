"""What moderators do to whole pages, and the files of changes and pages."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from kmwiki.permissions import Actor
from kmwiki.site import Site
from pages import published, start, term

Ask = Callable[..., Any]
People = dict[str, Actor]


@pytest.fixture
def page(site: Site, people: People) -> str:
    return f"/pages/{published(site, people, 'term', term()).slug}"


@pytest.mark.database
def test_archived_and_restored(ask: Ask, page: str) -> None:
    archived = ask("moderator").post(f"{page}/archive", {"reason": "Old."})
    assert (archived.status_code, archived.json["state"]) == (200, "archived")
    assert ask("moderator").post(f"{page}/archive", {"reason": "Old."}).status_code == 409

    assert ask("moderator").post(f"{page}/restore").json["state"] == "published"


def test_deleted_and_taken_out_of_the_bin(ask: Ask, page: str) -> None:
    assert ask("moderator").delete(f"{page}?reason=Twice").status_code == 204
    assert ask().get(page).status_code == 404

    assert ask("moderator").post(f"{page}/unbin").json["state"] == "published"
    assert ask().get(page).status_code == 200


def test_renamed(ask: Ask, page: str) -> None:
    renamed = ask("moderator").post(f"{page}/rename", {"slug": "place-of-water"})

    assert renamed.json["slug"] == "place-of-water"
    assert ask().get(page).status_code == 301


def test_a_taken_address_is_a_conflict(site: Site, people: People, ask: Ask, page: str) -> None:
    published(site, people, "term", term("Well"))

    assert ask("moderator").post(f"{page}/rename", {"slug": "well"}).status_code == 409


def test_protected_and_opened_again(ask: Ask, page: str) -> None:
    ask("moderator").post(f"{page}/protect")
    change = ask("contributor").post("/changes", {"page": page.split("/")[2], "fields": {"definition": "x"}}).json
    assert ask("contributor").post(f"/changes/{change['id']}/submit").status_code == 403

    assert ask("moderator").post(f"{page}/protect", {"protected": False}).status_code == 200
    assert ask("contributor").post(f"/changes/{change['id']}/submit").status_code == 200


NOT_MEANT_SO: list[tuple[str, dict[str, Any]]] = [
    ("archive", {}),
    ("archive", {"reason": " "}),
    ("archive", {"reason": 5}),
    ("archive", {"reason": "x" * 5_001}),
    ("archive", {"reason": "Old.", "successor": "nowhere"}),
    ("archive", {"reason": "Old.", "successor": "water-point"}),
    ("archive", {"reason": "Old.", "state": "binned"}),
    ("rename", {}),
    ("rename", {"slug": ""}),
    ("rename", {"slug": "Not A Slug"}),
    ("rename", {"slug": "admin"}),
    ("rename", {"slug": 5}),
    ("protect", {"protected": "yes"}),
]


def test_what_cannot_be_meant_so_is_refused(ask: Ask, page: str) -> None:
    for verb, body in NOT_MEANT_SO:
        assert ask("moderator").post(f"{page}/{verb}", body).status_code == 422, body
    assert ask("moderator").get(page).json["state"] == "published"


def test_a_deletion_needs_a_reason(ask: Ask, page: str) -> None:
    for query in ("", "?reason=", "?reason=%20"):
        assert ask("moderator").delete(page + query).status_code == 422


# ---- files


def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (4, 3), "blue").save(buffer, "PNG")
    return buffer.getvalue()


def upload(ask: Ask, who: str, change_id: object, content: bytes, name: str = "pump.png", **fields: str) -> Any:
    form = {"file": (BytesIO(content), name), **fields}
    return ask(who).call("POST", f"/changes/{change_id}/files", data=form, content_type="multipart/form-data")


@pytest.mark.database
def test_a_file_travels_with_the_change(site: Site, people: People, ask: Ask) -> None:
    change = start(site, people["contributor"], "term", term())

    added = upload(ask, "contributor", change.id, picture(), alt="A pump", credit="A. Banda")
    refused = ask("contributor").post(f"/changes/{change.id}/submit")
    again = upload(ask, "contributor", change.id, picture(), licence="CC0-1.0", consent="none")

    assert (refused.status_code, [p["field"] for p in refused.json["problems"]]) == (422, ["files"])
    assert (again.json["alt"], again.json["licence"], again.json["consent"]) == ("A pump", "CC0-1.0", "none")
    assert added.status_code == 201
    assert (added.json["name"], added.json["media_type"], added.json["alt"]) == ("pump.png", "image/png", "A pump")
    assert again.headers["ETag"] == f'"{again.json["head"]}"'
    assert ask("contributor").get(f"/changes/{change.id}").json["files"][0]["credit"] == "A. Banda"
    given = ask("contributor").get(added.headers["Location"].removeprefix("/api/v1"))
    assert given.data == picture() and "sandbox" in given.headers["Content-Security-Policy"]
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert ask("contributor2").get(f"/changes/{change.id}/files/pump.png").status_code == 404

    sent = ask("contributor").post(f"/changes/{change.id}/submit").json
    ask("moderator").post(f"/changes/{change.id}/publish", {"revision": sent["head"]})
    files = ask().get("/pages/water-point/files").json
    assert (files["total"], files["items"][0]["url"]) == (1, "/pages/water-point/files/pump.png")


def test_files_are_described_by_saving(site: Site, people: People, ask: Ask) -> None:
    change = start(site, people["contributor"], "term", term())
    head = upload(ask, "contributor", change.id, picture()).json["head"]
    body = {"files": [{"name": "pump.png", "alt": "A blue pump", "consent": "none"}]}

    saved = ask("contributor").patch(f"/changes/{change.id}", body, headers={"If-Match": f'"{head}"'}).json

    assert (saved["files"][0]["alt"], saved["files"][0]["consent"]) == ("A blue pump", "none")


def test_files_that_cannot_be_taken(site: Site, people: People, ask: Ask) -> None:
    change = start(site, people["contributor"], "term", term())

    for content, name in ((b"<html><script>", "a.html"), (picture(), "a.pdf"), (b"", "a.png"), (picture(), "../../x")):
        assert upload(ask, "contributor", change.id, content, name).status_code == 422, name
    path = f"/changes/{change.id}/files"
    assert ask("contributor").post(path, {"file": "x"}).status_code == 415
    empty = ask("contributor").call("POST", path, data={"alt": "x"}, content_type="multipart/form-data")
    assert empty.status_code == 422 and empty.json["problems"][0]["field"] == "file"
    broken = ask("contributor").call("POST", path, data=b"--x", content_type="multipart/form-data; boundary=x")
    assert broken.status_code == 422
    assert upload(ask, "contributor", change.id, b"\x89PNG\r\n\x1a\n" + b"x" * 21_000_000).status_code == 413
    assert ask("contributor").get(f"/changes/{change.id}").json["files"] == []
