"""Every form of the site: nothing is taken without the page's token, and nothing that a form does not ask for."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect
from werkzeug.routing import Rule

from browsing import csrf_of, form_as_sent
from kmwiki.models import Change, Page
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.site import Site
from leaks.tables import changed, contents
from pages import published, send, start, term

#: What a form would have to say to go round review; names of columns and of what the API calls them.
NEVER_TAKEN: Mapping[str, str] = {
    "state": "published", "author": "admin", "author_id": "0197c2a4-0000-7000-8000-000000000001", "role": "admin",
    "base": "", "base_id": "", "is_published": "1", "published": "1", "approved_by": "admin", "reviewer": "admin",
    "kind": "revert", "four_eyes": "0", "id": "0197c2a4-0000-7000-8000-000000000002", "needs_look": "0",
    "taken_by": "admin", "taken_by_id": "0197c2a4-0000-7000-8000-000000000001", "is_trusted": "1", "is_returned": "",
    "depth": "full", "page_id": "0197c2a4-0000-7000-8000-000000000003", "coauthors": "admin", "is_protected": "0",
    "published_revision_id": "", "together_id": "0197c2a4-0000-7000-8000-000000000004", "number": "99",
}  # fmt: skip


#: A mail program posts here when somebody clicks "unsubscribe" (RFC 8058); what it may do is signed in its address.
SIGNED_ADDRESSES = frozenset({"/account/mail/stop/<token>"})


def state_changing(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every route of the pages that takes something, once a method."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") and rule.rule not in SIGNED_ADDRESSES:
            yield from ((method, rule) for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})


def address_of(rule: Rule, known: Mapping[str, object]) -> str:
    adapter_values = {name: known.get(name, UUID(int=1) if "uuid" in rule.rule else "1") for name in rule.arguments}
    return str(rule.build(adapter_values, append_unknown=False)[1])  # type: ignore[index]


@pytest.fixture
def known(site: Site, people: dict[str, Actor]) -> dict[str, object]:
    """A page and a change that waits, to fill addresses with."""
    page = published(site, people, "term", term())
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term("Tap")))
    return {
        "slug": page.slug, "change_id": change.id, "type_name": "term", "name": "a.png", "username": "contributor",
        "token": "x" * 30,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["", "admin", "contributor"])
def test_slow_without_the_token_no_form_changes_anything_and_the_text_comes_back(
    app: Flask, site: Site, browser: FlaskClient, signed_in: Any, known: dict[str, object], name: str
) -> None:
    client = signed_in(name) if name else browser
    before, asked = contents(site.engine), 0
    typed = {"title": "A text of some length that somebody typed", "csrf_token": "made-up"}

    for method, rule in state_changing(app):
        for data in ({}, typed):
            answer = client.open(address_of(rule, known), method=method, data=data)
            assert answer.status_code == 400, f"{method} {rule.rule}: {answer.status_code}"
        # A script sends pieces of files to uploads; /account/kept carries the answers of another form in its own way.
        if "uploads" not in rule.rule and rule.endpoint != "kept.sign_in_and_keep":
            assert typed["title"] in answer.text, f"{method} {rule.rule} lost what was typed"
        asked += 1

    assert asked > 60
    assert changed(before, contents(site.engine)) == {}


def _row(site: Site, model: type, row_id: object) -> dict[str, object]:
    with site.work(SYSTEM) as uow:
        row = uow.session.get(model, row_id)
        return {column.key: getattr(row, column.key) for column in inspect(model).column_attrs}


def test_a_form_sets_nothing_that_it_does_not_ask_for(site: Site, people: dict[str, Actor], signed_in: Any) -> None:
    ada, change = signed_in("contributor"), start(site, people["contributor"], "term", term())
    form = form_as_sent(ada.get(f"/changes/{change.id}/edit").text)
    before = _row(site, Change, change.id), _row(site, Page, change.page_id)

    given = {**form, **NEVER_TAKEN, "title": "Another title", "csrf_token": csrf_of(ada)}
    assert ada.post(f"/changes/{change.id}/edit", data=given).status_code == 303

    after = _row(site, Change, change.id), _row(site, Page, change.page_id)
    assert {key for old, new in zip(before, after, strict=True) for key in old if old[key] != new[key]} <= {
        "head_id", "updated_at", "row_counter"
    }  # fmt: skip


def test_a_new_page_is_its_writer_s_draft_whatever_the_form_says(
    site: Site, people: dict[str, Actor], signed_in: Any
) -> None:
    ada = signed_in("contributor")
    form = form_as_sent(ada.get("/new/term").text)

    answer = ada.post("/new/term", data={**form, **NEVER_TAKEN, "title": "Tap", "csrf_token": csrf_of(ada)})

    change = _row(site, Change, UUID(answer.location.split("/")[2].partition("?")[0]))
    assert (change["state"], change["author_id"]) == ("draft", people["contributor"].user_id)
    assert (change["needs_look"], change["taken_by_id"], change["together_id"]) == (False, None, None)
    assert str(change["id"]) != NEVER_TAKEN["id"] and _row(site, Page, change["page_id"])["state"] == "new"


def test_the_form_of_a_change_takes_no_page_and_no_version(
    site: Site, people: dict[str, Actor], signed_in: Any
) -> None:
    """An id of something published in the place of the change's: nothing is there, and nothing is saved."""
    page, ada = published(site, people, "term", term()), signed_in("contributor")
    before = contents(site.engine)

    for thing in (page.id, page.published_revision_id):
        for verb in ("edit", "edit/working-copy", "submit", "discard", "publish", "files"):
            typed = {"title": "Mine", "revision": thing, "head": thing, "csrf_token": csrf_of(ada)}
            answer = ada.post(f"/changes/{thing}/{verb}", data=typed)
            assert answer.status_code == 404, verb

    assert changed(before, contents(site.engine)) == {}
