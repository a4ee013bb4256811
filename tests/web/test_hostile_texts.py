"""Nothing that anybody wrote makes a page answer 500 or take a second: what is saved can be read everywhere."""

import time
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kmwiki.errors import Refused
from kmwiki.permissions import Actor
from kmwiki.services.talk.comments import comment_on_change
from kmwiki.site import Site
from pages import practice, publish_change, send, start

#: (unit, times): what Python-Markdown is known to choke on, what breaks out of HTML, and odd letters.
TEXTS = [
    ("[", 4_000), ("![", 2_000), ("[[", 2_000), ("[a](", 1_000), ("- ", 1_000), ("1. ", 1_000), ("> ", 1_000),
    ("<![CDATA[", 1_000), ("<a ", 1_000), ("[^1]", 1_000), ("***a**b*", 500), ("`", 4_000), ("|", 4_000),
    ("a\n: b\n", 1_000), ("http://", 500), ("&#", 2_000), ("\\", 4_000), ("<script>alert(1)</script>", 10),
    ("{{ 7*7 }}{% raw %}", 10), ("{name} %(name)s %s", 10), ("\u202e\u200b\ufeff", 100), ("𝔘𝔫𝔦", 100), ("ﷺ", 500),
    ("[x](javascript:alert(1))", 5), ("![x](../../etc/passwd)", 5), ("[[../admin|x]]", 5), ("<img src=x onerror=a>", 5),
]  # fmt: skip
ONE_LINE = [(unit, times) for unit, times in TEXTS if "\n" not in unit]
SECONDS_OF_CPU = 1.0


def read_everywhere(client: FlaskClient, *paths: str) -> None:
    for path in paths:
        began = time.process_time()
        answer = client.get(path)

        assert answer.status_code < 400, path
        assert time.process_time() - began < SECONDS_OF_CPU, path
        if answer.mimetype == "text/html":
            assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
            assert 'href="javascript:' not in answer.text


@pytest.mark.parametrize(("unit", "times"), TEXTS, ids=lambda value: ascii(value)[:20])
def test_a_text_is_refused_at_save_or_read_on_every_page(
    site: Site, people: dict[str, Actor], app: Flask, signed_in, unit: str, times: int
) -> None:
    text = (unit * times)[:5_500]  # within what is published; longer ones are drafts, below
    line = text.replace("\n", " ")[:280]
    fields = practice(
        title=line[:100].strip() or "x",
        summary=line,
        practice=text,
        conditions=f"Before.\n\n{text}\n\nAfter.",
        results=[{"result": line, "evidence": "none-yet", "source": line}],
        organisation={"name": line[:200]},
        addresses=[{"wanted": line[:200], "note": line}],
    )
    try:
        change = start(site, people["contributor"], "good-practice", fields, summary=line[:200])
    except Refused as refused:
        assert all(problem.message for problem in refused.problems)
        return
    at_change = f"/changes/{change.id}"
    read_everywhere(signed_in("contributor"), at_change, f"{at_change}/edit")
    sent = send(site, people["contributor"], change)
    read_everywhere(signed_in("moderator"), at_change, "/review")
    page = publish_change(site, people["moderator"], sent).change.page
    at_page = f"/pages/{page.slug}"
    read_everywhere(
        app.test_client(), at_page, f"{at_page}.md", f"{at_page}.json", f"{at_page}/history", f"{at_page}/revisions/1",
        "/", "/recent", "/feed.atom", "/sitemap.xml", f"/api/v1{at_page}", f"/api/v1{at_page}/revisions",
    )  # fmt: skip


@pytest.mark.parametrize(("unit", "times"), TEXTS, ids=lambda value: ascii(value)[:20])
def test_a_long_text_and_a_comment_are_refused_or_shown(
    site: Site, people: dict[str, Actor], signed_in, unit: str, times: int
) -> None:
    long = (unit * times * 10)[:99_000]
    try:
        change = start(site, people["contributor"], "good-practice", {"practice": long})
    except Refused as refused:
        assert refused.problems[0].field == "practice"
        change = start(site, people["contributor"], "good-practice", practice())
    try:
        with site.work(people["contributor"]) as uow:
            comment_on_change(uow, change.id, unit * times)
    except Refused as refused:
        assert refused.problems
    read_everywhere(signed_in("contributor"), f"/changes/{change.id}", f"/changes/{change.id}/edit")


@pytest.mark.parametrize(("unit", "times"), ONE_LINE, ids=lambda value: ascii(value)[:20])
def test_odd_addresses_and_queries_are_answered(app: Flask, unit: str, times: int) -> None:
    text = quote((unit * times)[:300])
    for path in ("/search?q={}", "/search?country={}", "/search?page={}", "/pages/{}", "/search/suggest?q={}",
                 "/vocabularies/{}", "/p/{}", "/api/v1/search?q={}", "/about/{}", "/new/{}", "/shared/{}"):  # fmt: skip
        began = time.process_time()
        answer = app.test_client().get(path.format(text))

        assert answer.status_code < 500, path
        assert time.process_time() - began < SECONDS_OF_CPU
        assert "<script>alert" not in answer.text
