"""Every answer, also the ones that refuse: headers, addresses that a request cannot forge, nobody led elsewhere."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from browsing import csrf_of, post
from kmwiki.app import create_app
from kmwiki.config import with_settings
from kmwiki.models import LoginAttempt
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.site import Site
from leaks.html_rules import faults_of
from pages import published, send, start, term

EVIL = {
    "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher",
    "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Prefix": "/evil.example", "Forwarded": "host=evil.example",
    "X-Original-URL": "/admin", "X-Rewrite-URL": "/admin", "X-Host": "evil.example",
}  # fmt: skip
#: Ways to name another site in an address that looks like a path.
ELSEWHERE = (
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example",
    "\t//evil.example", "/\r/evil.example", "/\n//evil.example", "https://evil.example", "HTTPS:evil.example",
    "javascript:alert(1)", "data:text/html,x", "//localhost@evil.example", "https://localhost@evil.example/",
    "/.//evil.example\\@x", "/%09/evil.example\x00", "http:/evil.example", "  //evil.example", "@evil.example",
    "/x\r\nLocation: https://evil.example", "/\u2028//evil.example", "//evil.example/%2f..", "/\\\\evil.example",
)  # fmt: skip


def _refusals(client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """One answer of each kind that refuses."""
    yield "404", client.get("/nowhere")
    yield "404 of the API", client.get("/api/v1/nowhere")
    yield "401 of the API", client.get("/api/v1/changes")
    yield "405", client.post("/recent", data={"csrf_token": csrf_of(client)})
    yield "405 of the API", client.put("/api/v1/pages")
    yield "400", client.post("/new/term", data={"title": "x"})
    yield "to the sign-in", client.get("/changes")
    yield "401", post(client, "/new/term", {"title": "x"})
    yield "400 of a query", client.get("/recent?page=x")
    yield "static", client.get("/static/css/kmwiki.css")
    yield "static that is not there", client.get("/static/nothing.css")
    fresh = client.application.test_client()
    yield "304", fresh.get("/recent", headers={"If-None-Match": fresh.get("/recent").headers["ETag"]})
    yield "HEAD", client.head("/recent")
    yield "OPTIONS", client.options("/recent")
    yield "crash", client.get("/crash")
    yield "crash of the API", client.get("/api/v1/crash")


def test_every_kind_of_answer_has_the_headers(app: Flask, browser: FlaskClient) -> None:
    def crash() -> str:
        raise RuntimeError("unforeseen")

    app.add_url_rule("/crash", view_func=crash)
    app.add_url_rule("/api/v1/crash", view_func=crash)
    for name, answer in _refusals(browser):
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy and "*" not in policy, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["Referrer-Policy"] == "same-origin", name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
        if answer.mimetype == "text/html":
            assert faults_of(answer.text) == [], name


def test_slow_no_header_of_a_request_gets_into_an_address(site: Site, people: dict[str, Actor], signed_in: Any) -> None:
    """Links, redirects and feeds name the site as its settings do."""
    page = published(site, people, "term", term())
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term("Tap")))
    site.config = with_settings(site.config, base_url="https://wiki.example.org")
    app = create_app(site)
    client = app.test_client()
    paths = [
        "/", "/recent", "/feed.atom", "/sitemap.xml", "/robots.txt", f"/pages/{page.slug}", f"/p/{page.id}",
        f"/pages/{page.slug}.md", f"/pages/{page.slug}.json", f"/pages/{page.slug}/history", "/search?q=water",
        f"/pages/{page.slug}/feed.atom", "/account/login", "/changes", "/api/v1/pages", "/api/v1/openapi.json",
        f"/api/v1/pages/{page.slug}", "/language/fr?next=/recent", "/nowhere", f"/changes/{change.id}", "/healthz",
    ]  # fmt: skip

    for path in paths:
        answer = client.get(path, headers=EVIL)
        assert "evil.example" not in answer.text and "gopher" not in answer.text, path
        assert "evil.example" not in str(answer.headers) and "/admin" not in answer.headers.get("Location", ""), path


def test_without_a_known_proxy_forwarded_headers_count_for_nothing(site: Site, browser: FlaskClient) -> None:
    """Neither for the address of the site, nor for who it is that tries passwords."""
    forwarded = {name: value for name, value in EVIL.items() if name != "Host"}
    for path in ("/", "/feed.atom", "/sitemap.xml", "/api/v1/openapi.json"):
        answer = browser.get(path, headers=forwarded)
        assert "evil.example" not in answer.text + str(answer.headers) and "gopher" not in answer.text, path

    for number in (1, 2):
        typed = {"username": f"nobody{number}", "password": "x" * 12}
        post(browser, "/account/login", typed, headers={"X-Forwarded-For": f"203.0.113.{number}"})
    with site.work(SYSTEM) as uow:
        counted = set(uow.session.scalars(select(LoginAttempt.key)))
    assert len(counted) == 3  # two names, one address


@pytest.mark.parametrize("where", ELSEWHERE)
def test_nobody_is_led_elsewhere(browser: FlaskClient, signed_in: Any, where: str) -> None:
    for answer in (
        browser.get("/language/fr", query_string={"next": where}),
        browser.get("/account/login", query_string={"next": where}),
        post(browser, "/account/login", {"username": "x", "password": "x", "next": where}),
        browser.get("/changes", headers={"Referer": where}) if where.isprintable() else browser.get("/changes"),
        signed_in("reader").get("/account/login", query_string={"next": where}),
    ):
        location = urlsplit(answer.headers.get("Location", "/"))
        assert location.netloc in ("", "localhost") and location.scheme in ("", "http"), where
        assert not answer.headers.get("Location", "/").startswith(("//", "/\\")), where
        links = re.findall(r'(?:href|action|value)="([^"]*evil\.example[^"]*)"', answer.text)
        assert all(link.startswith(("/", "%")) and not link.startswith("//") for link in links), links
