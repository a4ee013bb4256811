"""What one process publishes, another shows at its next request: two servers over one data folder."""

import pytest

from cli.processes import Running, api_caller, kmwiki

pytestmark = pytest.mark.slow

FIELDS = {
    "title": "Water point",
    "definition": "A place where people fetch water.\n",
    "organisation": {"name": "Lakeside Water Network"},
    "contact": "through-site",
}


def test_what_one_server_does_to_a_page_another_shows_at_the_next_request(tmp_path):
    folder = tmp_path / "data"
    with (
        Running(folder, "serve", "--workers", "1", KMWIKI_FOUR_EYES="0") as writing,
        Running(folder, "serve", "--workers", "1", "--no-worker", ready="/healthz", KMWIKI_FOUR_EYES="0") as reading,
    ):
        kmwiki(folder, "user", "add", "nuru", "--role", "moderator")
        call = api_caller(writing, kmwiki(folder, "token", "add", "nuru").stdout.strip())
        assert reading.get("/pages/water-point")[0] == 404

        publish(call, {"type": "term", "fields": FIELDS, "language": "en"})
        assert shows(reading, "/pages/water-point", "people fetch water")

        publish(call, {"page": "water-point", "fields": {"definition": "A tap, a well or a pump.\n"}})
        assert shows(reading, "/pages/water-point", "a well or a pump")

        call("POST", "/pages/water-point/archive", {"reason": "Another word is used now."})
        assert shows(reading, "/pages/water-point", "Another word is used now.")

        call("POST", "/pages/water-point/restore", {})
        call("POST", "/pages/water-point/rename", {"slug": "tap"})
        assert shows(reading, "/pages/tap", "a well or a pump")
        assert shows(reading, "/pages/water-point", "/pages/tap")  # led to the new address


def publish(call, change):
    started = call("POST", "/changes", change)
    call("POST", f"/changes/{started['id']}/submit", {})
    call("POST", f"/changes/{started['id']}/publish", {"revision": started["head"]})


def shows(server, path, words):
    """At once, and again out of the finished bytes that this server keeps."""
    answers = [server.get(path) for _time in range(2)]
    return all(status == 200 and words in body for status, body in answers)
