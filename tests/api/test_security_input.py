"""What a program may not say: state, people, versions and decisions are never taken from what is sent."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from api.asking import Asker, token_of
from kmwiki.api.routes import ROUTES
from kmwiki.models import Change
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts
from kmwiki.services.accounts.sessions import start_session
from kmwiki.site import Site
from leaks.tables import changed, contents
from pages import published, send, start, term

Ask = Callable[..., Asker]
People = dict[str, Actor]

#: Members that would go round review, with what somebody would want them to be.
NEVER_TAKEN: dict[str, Any] = {
    "state": "published", "author": "admin", "author_id": str(UUID(int=1)), "role": "admin", "base": str(UUID(int=1)),
    "head": str(UUID(int=1)), "is_published": True, "approved_by": ["admin"], "reviewer": "admin", "kind": "revert",
    "four_eyes": False, "id": str(UUID(int=2)), "needs_look": False, "taken_by": "admin", "returned": False,
    "coauthors": [], "depth": "full", "number": 9, "published_at": "2026-01-01T00:00:00Z", "edition": 1,
    "together": str(UUID(int=3)), "page_id": str(UUID(int=4)), "is_trusted": True, "import_id": str(UUID(int=5)),
    "request": {"verb": "remove"}, "submitted_at": "2020-01-01T00:00:00Z", "acknowledged": {},
    "created_at": "2020-01-01T00:00:00Z",
}  # fmt: skip


@pytest.fixture
def draft(site: Site, people: People) -> Change:
    return start(site, people["contributor"], "term", term())


def test_a_change_takes_no_such_member(site: Site, ask: Ask, draft: Change) -> None:
    ada, before = ask("contributor"), contents(site.engine)
    at, head = f"/changes/{draft.id}", {"If-Match": f'"{draft.head_id}"'}

    for member, value in NEVER_TAKEN.items():
        started = ada.post("/changes", {"type": "term", "fields": term("Tap"), member: value})
        saved = ada.patch(at, {"fields": {"title": "Tap"}, member: value}, headers=head)
        in_fields = ada.patch(at, {"fields": {"title": "Tap", member: value}}, headers=head)
        assert {started.status_code, saved.status_code, in_fields.status_code} <= {400, 422}, member

    assert changed(before, contents(site.engine)) == {}


#: Verbs with what they are sent.
VERBS: dict[str, dict[str, Any]] = {
    "submit": {}, "discard": {}, "comments": {"text": "Why?"}, "handover": {"username": "contributor2"},
    "withdraw": {}, "publish": {}, "return": {"reason": "Why?"}, "reject": {"reason": "Why?"},
}  # fmt: skip


def test_a_verb_takes_nothing_but_its_own_members(site: Site, people: People, ask: Ask, draft: Change) -> None:
    waiting = send(site, people["contributor"], start(site, people["contributor"], "term", term("Tap")))
    ada, mod = ask("contributor"), ask("moderator")
    before = contents(site.engine)

    for verb, own in VERBS.items():
        change = draft if verb in ("submit", "discard", "comments", "handover") else waiting
        who = mod if verb in ("publish", "return", "reject") else ada
        own = {"revision": str(waiting.head_id)} if verb == "publish" else own
        for member in ("state", "author", "reviewer", "approved_by", "four_eyes", "role", "kind", "taken_by"):
            answer = who.post(f"/changes/{change.id}/{verb}", {**own, member: NEVER_TAKEN[member]})
            assert answer.status_code in (400, 422), f"{verb} {member}"

    assert changed(before, contents(site.engine)) == {}


def test_an_approval_that_is_not_of_the_head_publishes_nothing(
    site: Site, people: People, ask: Ask, draft: Change
) -> None:
    """Of an earlier version of it, of another change, of a published page, or of nothing at all."""
    seen, other = draft.head_id, send(site, people["contributor2"], start(site, people["contributor2"], "term", term()))
    page = published(site, people, "term", term("Pump"))
    head = {"If-Match": f'"{seen}"'}
    saved = ask("contributor").patch(f"/changes/{draft.id}", {"fields": {"title": "Tap"}}, headers=head).json
    send(site, people["contributor"], draft)
    mod, before = ask("moderator"), contents(site.engine)

    for revision in (seen, other.head_id, page.published_revision_id, UUID(int=1), draft.id):
        answer = mod.post(f"/changes/{draft.id}/publish", {"revision": str(revision)})
        assert answer.status_code in (404, 409), revision
    for sent in ({}, {"revision": None}, {"revision": [saved["head"]]}, {"revision": "newest"}):
        assert mod.post(f"/changes/{draft.id}/publish", sent).status_code in (400, 409, 422), sent

    assert changed(before, contents(site.engine)) == {}
    assert mod.post(f"/changes/{draft.id}/publish", {"revision": saved["head"]}).status_code == 200


def test_slow_a_cookie_opens_no_call(app: Flask, site: Site, people: People, draft: Change) -> None:
    """A browser that is signed in as an administrator asks the API as nobody."""
    page = published(site, people, "term", term("Pump"))
    with site.work(SYSTEM) as uow:
        token = start_session(uow, accounts.find_user(uow, "admin"))
    with_cookie, without = app.test_client(), app.test_client()
    with with_cookie.session_transaction() as session:
        session["_user_id"] = token
    before = contents(site.engine)

    for route in ROUTES:
        path = "/api/v1" + route.path.format(id=draft.id, slug=page.slug, name="term", number=1)
        sent = None if route.method == "GET" else {}
        one, other = (client.open(path, method=route.method, json=sent) for client in (with_cookie, without))
        assert one.status_code == other.status_code, path
        assert route.method == "GET" or one.status_code in (401, 404), path

    assert changed(before, contents(site.engine)) == {}


def test_whoever_is_closed_or_of_a_lower_role_now_has_no_more_than_that(
    app: Flask, site: Site, people: People, draft: Change
) -> None:
    """Tokens of the time before: on reading, on writing and on deciding."""
    asker = Asker(app.test_client(), token_of(site, people["moderator"]))
    send(site, people["contributor"], draft)
    path, sent = f"/changes/{draft.id}/publish", {"revision": str(draft.head_id)}

    for role in ("contributor", "reader"):
        with site.work(people["admin"]) as uow:
            accounts.set_role(uow, "moderator", accounts.Role(role))
        assert asker.post(path, sent).status_code == 404
        assert asker.get("/changes?state=submitted").json["total"] == 0
    assert asker.post("/changes", {"type": "term", "fields": term()}).status_code == 403
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "moderator", accounts.UserState.DISABLED)
    for method, asked in (("GET", "/pages"), ("GET", "/changes"), ("POST", "/changes"), ("POST", path)):
        assert asker.call(method, asked, {} if method == "POST" else None).status_code == 401, asked
