"""Files that arrive piece by piece: gone on with after a break, owned by one person, bounded, gone with the change."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from browsing import csrf_of
from kmwiki.models import Change, PartialUpload
from kmwiki.permissions import Actor
from kmwiki.services.changes.lifecycle import discard
from kmwiki.services.files import uploads
from kmwiki.site import Site
from pages import publish_change, send, start, term
from photos import SECRETS, opened, photo

People = dict[str, Actor]
SignIn = Callable[[str], FlaskClient]
PHOTO = photo(size=(1200, 900))
SAID = {"alt": "A pump", "credit": "R. Diallo", "licence": "CC-BY-4.0", "consent": "none"}


@pytest.fixture
def change(site: Site, people: People) -> Change:
    return start(site, people["contributor"], "term", term())


class Sender:
    """A script in somebody's browser."""

    def __init__(self, client: FlaskClient, change: Change) -> None:
        self.client, self.at = client, f"/changes/{change.id}/uploads"
        self.token = {"X-CSRFToken": csrf_of(client)}

    def call(self, method: str, path: str = "", **rest: Any) -> TestResponse:
        headers = self.token | rest.pop("headers", {})
        return self.client.open(self.at + path, method=method, headers=headers, **rest)

    def begin(self, name: str = "Pump (1).jpg", size: object = len(PHOTO)) -> str:
        answer = self.call("POST", json={"name": name, "size_bytes": size})
        assert answer.status_code == 201, answer.text
        return "/" + answer.json["id"]

    def piece(self, upload: str, offset: object, piece: bytes) -> TestResponse:
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.call("PATCH", upload, data=piece, headers=headers)

    def whole(self, name: str = "Pump (1).jpg", content: bytes = PHOTO) -> str:
        upload = self.begin(name, len(content))
        assert self.piece(upload, 0, content).status_code == 200
        return upload


@pytest.fixture
def ada(signed_in: SignIn, change: Change) -> Sender:
    return Sender(signed_in("contributor"), change)


def test_a_file_comes_in_pieces_with_breaks_and_is_what_was_sent(ada: Sender, site: Site) -> None:
    upload = ada.begin()

    assert ada.piece(upload, 0, PHOTO[:4000]).json["received"] == 4000
    twice, beyond = ada.piece(upload, 0, PHOTO[:4000]), ada.piece(upload, 5000, PHOTO[5000:])
    asked = ada.call("HEAD", upload)
    listed = ada.call("GET").json["uploads"]
    early = ada.call("POST", f"{upload}/finish", json=SAID)
    assert ada.piece(upload, 4000, PHOTO[4000:]).headers["Upload-Offset"] == str(len(PHOTO))
    done = ada.call("POST", f"{upload}/finish", json=SAID)

    assert [(a.status_code, a.json["received"], a.headers["Upload-Offset"]) for a in (twice, beyond)] == [
        (409, 4000, "4000")
    ] * 2
    assert asked.headers["Upload-Offset"] == "4000" and asked.headers["Cache-Control"] == "no-store"
    assert [(one["name"], one["received"]) for one in listed] == [("Pump (1).jpg", 4000)]
    assert (early.status_code, early.content_type) == (409, "application/problem+json")
    assert done.status_code == 201 and {name: done.json[name] for name in SAID} == SAID
    assert done.json["insert"] == "![A pump](Pump-1.jpg)" and done.json["missing"] == []
    given = ada.client.get(done.json["url"]).data
    assert opened(given).size == (1200, 900) and not [secret for secret in SECRETS if secret in given]
    assert ada.call("GET", upload).status_code == 404 and list(site.partial_files.ids()) == []


def test_the_same_name_again_gets_a_number_or_replaces_if_that_is_said(ada: Sender) -> None:
    first = ada.call("POST", f"{ada.whole()}/finish", json=SAID)
    other = photo(size=(300, 200))
    second = ada.call("POST", f"{ada.whole(content=other)}/finish", json={})
    replaced = ada.call("POST", f"{ada.whole(content=other)}/finish", json={"replace": True})

    assert [a.json["name"] for a in (first, second, replaced)] == ["Pump-1.jpg", "Pump-1-2.jpg", "Pump-1.jpg"]
    assert replaced.json["alt"] == "A pump" and replaced.json["consent"] == ""
    assert len(second.json["missing"]) == 2


def test_a_refused_finish_names_problems_and_loses_nothing(ada: Sender) -> None:
    upload = ada.whole()

    wrong = ada.call("POST", f"{upload}/finish", json=SAID | {"licence": "mine", "consent": "sure"})
    right = ada.call("POST", f"{upload}/finish", json=SAID)
    false = ada.call("POST", f"{ada.whole('pump.png', b'<svg/>')}/finish", json=SAID)

    assert wrong.status_code == 422 and [p["column"] for p in wrong.json["problems"]] == ["licence", "consent"]
    assert right.status_code == 201
    assert false.status_code == 422 and false.json["problems"][0]["field"] == "files"


@pytest.mark.parametrize(
    "given",
    [
        {}, {"name": "a.jpg"}, {"name": "a.jpg", "size_bytes": 0}, {"name": "a.jpg", "size_bytes": -1},
        {"name": "a.jpg", "size_bytes": 20 * 1024 * 1024 + 1}, {"name": "a.jpg", "size_bytes": "10"},
        {"name": "a.jpg", "size_bytes": True}, {"name": 7, "size_bytes": 10}, {"name": "a.svg", "size_bytes": 10},
        {"name": "..", "size_bytes": 10},
    ],
)  # fmt: skip
def test_what_could_never_be_taken_is_refused_before_it_is_sent(ada: Sender, given: dict[str, object]) -> None:
    assert ada.call("POST", json=given).status_code == 422


def test_pieces_are_bounded(ada: Sender) -> None:
    upload = ada.begin(size=1500)

    assert ada.piece(upload, 0, b"x" * 1501).status_code == 422
    assert ada.piece(upload, 0, b"x" * (1024 * 1024 + 1)).status_code == 413
    for offset in ("", "x", "-1", "1.5", "9" * 40):
        assert ada.piece(upload, offset, b"x").status_code == 422
    assert ada.call("GET", upload).json["received"] == 0


def test_one_person_has_only_so_much_under_way(ada: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "BYTES_PER_PERSON", 2_000)
    monkeypatch.setattr(uploads, "UPLOADS_PER_PERSON", 2)
    first = ada.begin(size=1500)

    assert ada.call("POST", json={"name": "b.jpg", "size_bytes": 501}).status_code == 422
    ada.begin(size=400)
    assert ada.call("POST", json={"name": "c.jpg", "size_bytes": 1}).status_code == 422
    assert ada.call("DELETE", first).status_code == 204
    ada.begin(size=1500)


def test_an_upload_is_its_owner_s_alone(
    ada: Sender, site: Site, people: People, change: Change, signed_in: SignIn, browser: FlaskClient
) -> None:
    upload = ada.begin()
    send(site, people["contributor"], change)
    moderator, own = Sender(signed_in("moderator"), change), Sender(signed_in("moderator"), change).begin()

    for other in (moderator, Sender(signed_in("contributor2"), change), Sender(signed_in("reader"), change)):
        answers = [
            other.call("GET", upload), other.piece(upload, 0, b"x"), other.call("DELETE", upload),
            other.call("POST", f"{upload}/finish", json=SAID),
        ]  # fmt: skip
        assert {answer.status_code for answer in answers} == {404}
    assert ada.call("GET", own).status_code == 404
    announced = {"name": "a.jpg", "size_bytes": 9}
    assert Sender(signed_in("contributor2"), change).call("POST", json=announced).status_code == 404
    nobody = Sender(browser, change)
    assert nobody.call("POST", json=announced).status_code == 401
    assert nobody.call("GET", upload).status_code == 404


def test_a_second_change_of_the_same_person_does_not_open_the_upload_of_the_first(
    ada: Sender, site: Site, people: People
) -> None:
    upload = ada.begin()
    other = Sender(ada.client, start(site, people["contributor"], "term", term("Second")))

    assert other.call("GET", upload).status_code == 404 and other.piece(upload, 0, b"x").status_code == 404


def test_without_the_page_s_token_nothing_is_taken(ada: Sender) -> None:
    upload = ada.begin()
    ada.token = {}

    answers = [ada.call("POST", json={}), ada.piece(upload, 0, b"x"), ada.call("DELETE", upload)]
    answers.append(ada.call("POST", f"{upload}/finish", json=SAID))
    assert {(a.status_code, a.content_type) for a in answers} == {(400, "application/problem+json")}


def test_the_page_of_files_says_where_to_send_and_holds_the_token(ada: Sender, change: Change) -> None:
    html = ada.client.get(f"/changes/{change.id}/files").text

    assert f'data-uploads="{ada.at}"' in html
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert token is not None
    ada.token = {"X-CSRFToken": token[1]}
    ada.begin()


def test_uploads_end_with_the_change(ada: Sender, site: Site, people: People, change: Change) -> None:
    upload = ada.begin()
    with site.work(people["contributor"]) as uow:
        discard(uow, change.id)

    assert ada.piece(upload, 0, b"x").status_code == 409
    assert ada.call("POST", json={"name": "a.jpg", "size_bytes": 9}).status_code == 409
    uploads.sweep(site)
    assert left(site, people) == []


def test_uploads_end_after_three_days_and_their_bytes_go(
    ada: Sender, site: Site, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = ada.whole()
    began = site.clock()
    site.clock = lambda: began + timedelta(days=2)
    young = ada.begin()
    site.clock = lambda: began + timedelta(days=3, seconds=1)
    monkeypatch.setattr(uploads, "_UNKNOWN_SECONDS", -1)

    assert ada.call("GET", old).status_code == 404
    uploads.sweep(site)

    assert left(site, people) == [young] and [f"/{id}" for id in site.partial_files.ids()] == [young]


def left(site: Site, people: People) -> list[str]:
    with site.work(people["admin"]) as uow:
        return [f"/{id}" for id in uow.session.scalars(select(PartialUpload.id))]


def test_bytes_that_were_lost_are_an_upload_that_is_not_there(ada: Sender, site: Site, change: Change) -> None:
    upload = ada.whole()
    for id in site.partial_files.ids():
        site.partial_files.remove(id)

    assert ada.call("GET", upload).status_code == 404 and ada.call("GET").json["uploads"] == []
    assert ada.piece(upload, len(PHOTO), b"x").status_code == 404


def test_a_published_change_keeps_what_came_and_forgets_what_did_not(
    ada: Sender, site: Site, people: People, change: Change
) -> None:
    ada.call("POST", f"{ada.whole()}/finish", json=SAID)
    rest = ada.begin("rest.jpg")
    send(site, people["contributor"], change)
    publish_change(site, people["moderator"], change)

    assert ada.client.get("/pages/water-point/files/Pump-1.jpg").status_code == 200
    assert ada.piece(rest, 0, b"x").status_code == 409
