"""Who asks: the owner of a token as they are now. Cookies count for nothing; a token never makes another."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

from flask import Flask

from api.asking import Asker, token_of
from kmwiki.api.routes import ROUTES
from kmwiki.models import Role, UserState
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts import accounts, sessions
from kmwiki.services.talk import comments
from kmwiki.site import Site
from pages import published, send, start, term

Ask = Callable[..., Any]
People = dict[str, Actor]


def test_a_wrong_token_is_told_everywhere(app: Flask) -> None:
    headers = ("Bearer nonsense", "Bearer", "Bearer ", "Basic YTpi", "nonsense", "", "Bearer \xe4")
    for header, path in product(headers, ("/pages", "/changes", "/openapi.json")):
        answer = app.test_client().get(f"/api/v1{path}", headers={"Authorization": header})

        assert answer.status_code == 401, header
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_has_its_time(app: Flask, site: Site, people: People) -> None:
    asker = Asker(app.test_client(), token_of(site, people["contributor"], days=1))
    assert asker.get("/changes").status_code == 200
    clock = site.clock

    site.clock = lambda: clock() + timedelta(days=2)

    assert asker.get("/changes").status_code == 401


def test_a_token_is_never_wider_than_its_owner_is_now(app: Flask, site: Site, people: People) -> None:
    change = send(site, people["contributor"], start(site, people["contributor"], "term", term()))
    asker = Asker(app.test_client(), token_of(site, people["moderator"]))
    assert asker.get(f"/changes/{change.id}").status_code == 200

    with site.work(people["admin"]) as uow:
        accounts.set_role(uow, "moderator", Role.CONTRIBUTOR)
    assert asker.get(f"/changes/{change.id}").status_code == 404
    with site.work(people["admin"]) as uow:
        accounts.set_state(uow, "moderator", UserState.DISABLED)
    assert asker.get("/pages").status_code == 401


def test_cookies_are_ignored(app: Flask, site: Site, people: People) -> None:
    with site.work(SYSTEM) as uow:
        session = sessions.start_session(uow, accounts.find_user(uow, "contributor"))
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = session

    assert client.get("/api/v1/changes").status_code == 401
    assert client.post("/api/v1/changes", json={"type": "term"}).status_code == 401


WRITING = [route for route in ROUTES if route.method != "GET"]


def _address(path: str, change_id: object, comment_id: object) -> str:
    id = comment_id if path.startswith("/comments/") else change_id
    return path.format(id=id, slug="water-point", name="file.png", number=1)


def _comment_on_page(site: Site, actor: Actor) -> object:
    with site.work(actor) as uow:
        return comments.comment_on_page(uow, "water-point", "Measured where?").id


def test_a_read_only_token_changes_nothing(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    change = send(site, people["admin"], start(site, people["admin"], "term", term()))
    said = _comment_on_page(site, people["admin"])

    for route in WRITING:
        answer = ask("admin", is_read_only=True).call(route.method, _address(route.path, change.id, said))

        # 403 whatever else is wrong with it: no body, no invitation, another state.
        assert answer.status_code == 403, route.path


def test_nobody_changes_anything_without_a_token(site: Site, people: People, ask: Ask) -> None:
    published(site, people, "term", term())
    change = start(site, people["contributor"], "term", term())
    said = _comment_on_page(site, people["contributor"])

    for route in WRITING:
        answer = ask().call(route.method, _address(route.path, change.id, said))

        assert answer.status_code == (404 if "/changes/{id}" in route.path else 401), route.path


def test_a_token_manages_no_tokens(ask: Ask) -> None:
    for method, path in (("GET", "/tokens"), ("POST", "/tokens"), ("DELETE", "/tokens/0197c2a4")):
        for who in ("reader", "contributor", "admin"):
            assert ask(who).call(method, path, {"name": "another"}).status_code == 403
        assert ask().call(method, path).status_code == 401


def test_messages_come_in_the_askers_language(ask: Ask) -> None:
    def label(language: str) -> str:
        schema = ask().get("/types/needs-analysis", headers={"Accept-Language": language}).json
        return str(schema["title"])

    assert (label("fr"), label("sw")) == ("Analyse des besoins", label("en"))


def test_a_waiting_account_may_write(app: Flask, site: Site, waiting: Actor) -> None:
    asker = Asker(app.test_client(), token_of(site, waiting))

    assert asker.post("/changes", {"type": "term", "fields": term()}).status_code == 201
