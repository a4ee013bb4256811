"""What a program sends that cannot be read, or that nothing could keep: a clear answer, and nothing stored."""

from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]


def send(ask: Ask, content: bytes, content_type: str | None = "application/json") -> Any:
    return ask("contributor").post("/changes", data=content, content_type=content_type)


#: What is sent to POST /changes, and how it is refused.
NOT_READ_OR_KEPT = [
    (b"{", 400),
    (b'{"type": "term",}', 400),
    (b'{"type": NaN}', 400),
    (b'{"fields": {"a": -Infinity}}', 400),
    (b"\xff\xfe{}", 400),
    ("{}".encode("utf-16"), 400),
    (b"[" * 100_000, 400),
    (b'{"a":' * 100_000, 400),
    (b"[]", 422),
    (b'"text"', 422),
    (b"null", 422),
    (b"7", 422),
    (b'{"fields": ' + b"[" * 50 + b"]" * 50 + b"}", 422),
    (b'{"type": "term", "fields": {"_kept": {"a": 1e999}}}', 422),
    (b'{"type": "term", "fields": {"_kept": {"a": ' + b"9" * 5_000 + b"}}}", 422),
    (b'{"type": "term", "fields": {"_kept": {"a": 9007199254740993}}}', 422),
    (b'{"type": "term", "fields": {"title": "\\ud800"}}', 422),
    (b'{"type": "term", "fields": {"title": "\\u0000"}}', 422),
    (b'{"type": "term", "\\ud800": 1}', 422),
    (b"", 422),
]


@pytest.mark.database
def test_what_cannot_be_read_or_kept_is_refused(ask: Ask) -> None:
    for content, status in NOT_READ_OR_KEPT:
        answer = send(ask, content)

        assert answer.status_code == status == answer.json["status"], content[:100]
        assert answer.mimetype == "application/problem+json"
    assert ask("contributor").get("/changes").json["total"] == 0


def test_only_json_is_read(ask: Ask) -> None:
    for content_type in (None, "text/plain", "application/x-www-form-urlencoded", "application/xml"):
        assert send(ask, b'{"type": "term"}', content_type).status_code == 415, content_type


def test_other_names_of_json_are_read_too(ask: Ask) -> None:
    body = b'{"type": "term", "type": "term", "fields": {}}'

    assert send(ask, body, "application/merge-patch+json; charset=utf-8").status_code == 201


def test_a_body_has_a_limit(ask: Ask) -> None:
    answer = send(ask, b'{"summary": "' + b"x" * 7_000_000 + b'"}')

    assert answer.status_code == 413 and answer.mimetype == "application/problem+json"


STRANGE_ADDRESSES = [
    ("/pages/nul%00", 404),
    ("/pages/%ff", 404),
    ("/pages/" + "x" * 5_000, 404),
    ("/pages/x/revisions/" + "9" * 5_000, 404),
    ("/changes/no-id", 404),
    ("/changes/" + "0" * 5_000, 404),
    ("/vocabularies/nowhere", 404),
    ("/types/nowhere", 404),
    ("/types/term?edition=99", 404),
    ("/types/term?level=nonsense", 422),
    ("/pages?country=%00", 422),
    ("/organisations?q=%00", 422),
    ("/organisations?q=" + "x" * 400, 422),
    ("/search?q=" + "x" * 600, 422),
    ("/search?sort=nonsense", 422),
    ("/search?q=%ff%fe(*%22", 200),
    ("/search?" + "&".join(f"country={n}" for n in range(60)), 422),
    ("/pages?page=10000&per_page=100", 200),
    ("/exports", 404),
    ("/imports", 404),
    ("/gaps", 404),
    ("/lessons", 404),
    ("/pages/x/evidence", 404),
    ("/pages/", 404),
    ("", 404),
]


@pytest.mark.database
def test_strange_addresses_get_a_plain_answer(ask: Ask) -> None:
    for path, status in STRANGE_ADDRESSES:
        answer = ask().get(path)

        assert answer.status_code == status, path
        assert status == 200 or answer.mimetype == "application/problem+json"


def test_a_method_that_an_address_does_not_take(ask: Ask) -> None:
    answer = ask().post("/pages/water-point")

    assert answer.status_code == 405 and answer.mimetype == "application/problem+json"
    assert "GET" in answer.headers["Allow"]


def test_a_key_is_one_short_line(ask: Ask) -> None:
    for key in ("x" * 201, "a\tb"):
        refused = ask("contributor").post("/changes", {"type": "term"}, headers={"Idempotency-Key": key})

        assert refused.status_code == 422 and refused.json["problems"][0]["field"] == "Idempotency-Key"
