"""Schemathesis makes up calls from openapi.json, right and wrong ones, and sends them to the application.

With a contributor's token, a moderator's, and none: no call is answered 5xx, and every answer is one that the
description names, in the shape that it gives.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from api.asking import BASE, token_of
from kmwiki.permissions import Actor
from kmwiki.services.talk import comments
from kmwiki.site import Site
from pages import practice, published, send, start, term

schemathesis = pytest.importorskip(
    "schemathesis", reason="schemathesis is not installed (pip install kmwiki[browser]): the API was not fuzzed"
)

#: A version that is not the newest one.
OLD = "01900000-0000-7000-8000-000000000000"
#: Calls made up for each operation, and as many that break its description somewhere.
EXAMPLES = 5
_MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
_CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_headers_conformance,
    schemathesis.checks.response_schema_conformance,
]


@dataclass
class World:
    """What calls can hit and in whose name; a page and changes of all states, made anew as they are used up."""

    site: Site
    people: dict[str, Actor]
    statuses: Counter[int] = field(default_factory=Counter)
    heads: dict[str, str] = field(default_factory=dict)

    def headers(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token_of(self.site, self.people[who])}"} if who else {}

    def change(self, author: str, is_sent: bool) -> str:
        """A new change, for one call."""
        change = start(self.site, self.people[author], "term", term())
        if is_sent:
            change = send(self.site, self.people[author], change)
        self.heads[str(change.id)] = str(change.head_id)
        return str(change.id)

    def comment(self, author: str, is_answer: bool) -> str:
        """A new comment on a change, for one call."""
        change_id = UUID(self.change(author, True))
        with self.site.work(self.people[author]) as uow:
            said = comments.comment_on_change(uow, change_id, "Where was this?")
            if is_answer:
                said = comments.comment_on_change(uow, change_id, "In Salima.", answers=said.id)
            return str(said.id)


@pytest.fixture
def world(site: Site, people: dict[str, Actor]) -> World:
    for number in range(3):
        published(site, people, "good-practice", practice(f"Practice {number}"))
    return World(site, people)


@pytest.fixture
def schema(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", app)


def aim(case: Any, world: World, draw: Any) -> None:
    """Let most calls name something that is there, and the version of it that is the newest."""
    authors = st.sampled_from(["contributor", "contributor2", "moderator"])
    names: dict[str, st.SearchStrategy[Any]] = {
        "slug": st.sampled_from(["practice-0", "practice-1", "practice-2"]),
        "number": st.just(1),
        "name": st.sampled_from(["term", "good-practice", "countries", "topics"]),
        "id": st.builds(world.comment if "/comments/" in case.path else world.change, authors, st.booleans()),
    }
    for name, known in names.items():
        if name in (case.path_parameters or {}) and draw(st.integers(0, 4)):
            case.path_parameters[name] = draw(known)
    head = world.heads.get(str((case.path_parameters or {}).get("id")))
    if head and isinstance(case.body, dict) and "revision" in case.body and draw(st.booleans()):
        case.body["revision"] = head
    if head and case.method == "PATCH" and (seen := draw(st.sampled_from([None, head, OLD]))):
        case.headers["If-Match"] = f'"{seen}"'
    if case.path == "/changes" and isinstance(case.body, dict):
        for member, known in (("type", st.just("term")), ("page", names["slug"])):
            if member in case.body and draw(st.booleans()):
                case.body[member] = draw(known)


def fuzz(operation: Any, mode: Any, world: World, askers: dict[str, dict[str, str]]) -> None:
    @seed(20261122)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def call(case: Any, data: st.DataObject) -> None:
        aim(case, world, data.draw)
        headers = askers[data.draw(st.sampled_from(sorted(askers)))]
        answer = case.call_and_validate(headers=headers, checks=_CHECKS)
        world.statuses[answer.status_code] += 1

    try:
        call()
    except Unsatisfiable:
        assert mode is not schemathesis.GenerationMode.POSITIVE  # what takes nothing cannot be called wrongly


def ask_over_an_old_version(world: World, schema: Any, headers: dict[str, str]) -> None:
    """The one call that chance alone seldom makes: the right person, a change of theirs, a version of before."""
    case = schema["/changes/{id}"]["PATCH"].Case(
        path_parameters={"id": world.change("contributor", False)},
        headers={"If-Match": f'"{OLD}"'},
        body={"fields": {"title": "Water point"}},
    )
    answer = case.call_and_validate(headers=headers, checks=_CHECKS)
    world.statuses[answer.status_code] += 1


@pytest.mark.slow
def test_no_made_up_call_breaks_the_api(world: World, schema: Any) -> None:
    askers = {who: world.headers(who) for who in ("", "contributor", "moderator")}

    for result in schema.get_all_operations():
        for mode in _MODES:
            fuzz(result.ok(), mode, world, askers)

    ask_over_an_old_version(world, schema, askers["contributor"])

    # The calls went somewhere: all kinds of answers were seen, not 404 alone.
    assert {200, 201, 400, 401, 403, 404, 409, 412, 422} <= set(world.statuses)
