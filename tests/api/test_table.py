"""The table of docs/api.md, call × role × state → status, run as it stands there.

Each row is a call to a change or page in a state; each cell is what one asker gets. A stage serves until a call
succeeds, then it is built anew.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from api.asking import Asker
from kmwiki.api.routes import ROUTES
from kmwiki.models import Change, Comment, Role
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import actor_of, add_user
from kmwiki.services.changes import cooperation, lifecycle
from kmwiki.services.pages import page_care
from kmwiki.services.review import moderation
from kmwiki.services.talk import comments
from kmwiki.site import Site
from pages import publish_change, published, send, start, term

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
_CALL = re.compile(r"`(GET|POST|PATCH|DELETE) (/[^`]*)`")
#: What verbs are sent that are not content with nothing.
BODIES: dict[str, Any] = {
    "coauthors": {"username": "reader"},
    "handover": {"username": "outsider"},
    "comments": {"text": "Where is this used?"},
    "return": {"reason": "Where is this used?"},
    "reject": {"reason": "Not a term."},
    "archive": {"reason": "Old."},
    "requests": {"verb": "remove", "reason": "Old."},
}


@dataclass(frozen=True)
class Row:
    """One call in one state: the status of each asker by the name of its column."""

    method: str
    path: str
    state: str
    statuses: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.state}"


def rows_of(document: str) -> Iterator[Row]:
    """The rows of every table that begins with a call and a state."""
    columns: list[str] = []
    for line in document.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells[:2] == ["call", "state"]:
            columns = cells[2:]
        elif not cells:
            columns = []
        elif columns and (call := _CALL.search(cells[0])):
            statuses = dict(zip(columns, (int(cell) for cell in cells[2:]), strict=True))
            for state in cells[1].split(","):
                yield Row(call[1], call[2], state.strip(), statuses)


ROWS = list(rows_of(DOCUMENT.read_text(encoding="utf-8")))


@dataclass
class Stage:
    """A change and a page in one state, or a comment on one of them, and what its calls are sent."""

    change: Change | None = None
    slug: str = ""
    comment: Comment | None = None

    def address(self, path: str) -> str:
        thing = self.comment or self.change
        return path.replace("<id>", str(thing.id if thing else "1")).replace("<slug>", self.slug)

    def sent(self, row: Row) -> dict[str, Any]:
        """What the call is sent: the least that it takes."""
        if row.method in ("GET", "DELETE"):
            return {}
        if row.path.endswith("/files"):
            return {"data": {"file": (BytesIO(b"A note."), "note.txt")}, "content_type": "multipart/form-data"}
        if row.path == "/changes":
            target = {"type": "term"} if row.state == "new" else {"page": self.slug}
            return {"json": {**target, "fields": {}}}
        if self.comment and row.method == "PATCH":
            return {"json": {"text": "Said better."}}
        head = str(self.change.head_id) if self.change else ""
        if row.method == "PATCH":
            return {"json": {"fields": {"definition": "Written anew."}}, "headers": {"If-Match": f'"{head}"'}}
        of_stage: dict[str, Any] = {
            "publish": {"revision": head},
            "settle": {"revision": head, "choices": {}},
            "rename": {"slug": f"{self.slug}-renamed"},
        }
        return {"json": (BODIES | of_stage).get(row.path.rpartition("/")[2])}


class Stages:
    """Builds stages on one site; the author is contributor, who invited two others."""

    def __init__(self, site: Site, people: dict[str, Actor]) -> None:
        self.site, self.people, self.count = site, people, 0
        self._ready: dict[str, Stage] = {}

    def ready(self, state: str) -> Stage:
        """A stage in this state; the one before, unless a call has changed it."""
        if state not in self._ready:
            self._ready[state] = self._build(state)
        return self._ready[state]

    def used(self, state: str) -> None:
        """The stage in this state is no longer in it."""
        self._ready.pop(state)

    def _build(self, state: str) -> Stage:
        if state.startswith("comment on a "):
            return self._comment(self._build(state.removeprefix("comment on a ")))
        self.count += 1
        if state in ("any", "new", "published page", "archived page", "binned page"):
            return self._page(state)
        return Stage(self._change(state))

    def _page(self, state: str) -> Stage:
        page = published(self.site, self.people, "term", term(f"Term {self.count}"))
        deeds: dict[str, Callable[..., Any]] = {"archived page": page_care.archive, "binned page": page_care.bin_page}
        if state in deeds:
            with self.site.work(self.people["moderator"]) as uow:
                deeds[state](uow, page.slug, "A reason.")
        return Stage(slug=str(page.slug))

    def _comment(self, stage: Stage) -> Stage:
        """The stage with something that the author said about it."""
        with self.site.work(self.people["contributor"]) as uow:
            if stage.change:
                stage.comment = comments.comment_on_change(uow, stage.change.id, "Is this right?")
            else:
                stage.comment = comments.comment_on_page(uow, stage.slug, "Is this right?")
        return stage

    def _change(self, state: str) -> Change:
        change = start(self.site, self.people["contributor"], "term", term(f"Term {self.count}"))
        with self.site.work(self.people["contributor"]) as uow:
            cooperation.invite_coauthor(uow, change.id, "coauthor")
            cooperation.invite_coauthor(uow, change.id, "invited")
        with self.site.work(self.people["coauthor"]) as uow:
            cooperation.accept_invitation(uow, change.id)
        self._bring(change, state)
        with self.site.work(SYSTEM) as uow:
            found = uow.session.get(Change, change.id)
            assert found is not None
            return found

    def _bring(self, change: Change, state: str) -> None:
        if state == "discarded":
            with self.site.work(self.people["contributor"]) as uow:
                lifecycle.discard(uow, change.id)
        if state in ("submitted", "returned", "rejected", "published"):
            send(self.site, self.people["contributor"], change)
        if state == "published":
            publish_change(self.site, self.people["moderator2"], change)
        if state in ("returned", "rejected"):
            decide = moderation.return_change if state == "returned" else moderation.reject
            with self.site.work(self.people["moderator2"]) as uow:
                decide(uow, change.id, "A reason.")


#: Who asks in each column, and whether with a token that only reads.
ASKERS = {
    "nobody": ("", False),
    "reader": ("reader", False),
    "contributor": ("contributor2", False),
    "invited": ("invited", False),
    "co-author": ("coauthor", False),
    "author": ("contributor", False),
    "author, read-only token": ("contributor", True),
    "moderator": ("moderator", False),
    "admin": ("admin", False),
}


@pytest.fixture
def stages(site: Site, people: dict[str, Actor]) -> Stages:
    for name in ("coauthor", "invited", "outsider"):
        with site.work(SYSTEM) as uow:
            people[name] = actor_of(add_user(uow, name, None, Role.CONTRIBUTOR))
    return Stages(site, people)


def statuses(row: Row, stages: Stages, ask: Callable[..., Asker]) -> dict[str, int]:
    """What each asker of the row gets."""
    found = {}
    for column in row.statuses:
        stage, (name, is_read_only) = stages.ready(row.state), ASKERS[column]
        answer = ask(name, is_read_only).call(row.method, stage.address(row.path), **stage.sent(row))
        found[column] = answer.status_code
        if answer.status_code < 300 and row.method != "GET":
            stages.used(row.state)
    return found


@pytest.mark.slow
def test_every_call_answers_everybody_as_the_table_says(stages: Stages, ask: Callable[..., Asker]) -> None:
    wrong = {}
    for row in ROWS:
        found = statuses(row, stages, ask)
        if found != row.statuses:
            wrong[str(row)] = {who: (row.statuses[who], got) for who, got in found.items() if got != row.statuses[who]}

    assert wrong == {}, "the table says the first, the API answers the second"


def test_the_table_has_every_call_that_changes_something() -> None:
    told = {(row.method, row.path.partition("?")[0]) for row in ROWS}
    writing = {
        (route.method, route.path.replace("{", "<").replace("}", ">")) for route in ROUTES if route.method != "GET"
    }

    assert writing - told == set()


def test_the_table_has_every_state_of_a_change_for_each_verb() -> None:
    states: dict[tuple[str, str], set[str]] = {}
    for row in ROWS:
        if "/changes/<id>" in row.path:
            states.setdefault((row.method, row.path), set()).add(row.state)

    every = {"draft", "returned", "submitted", "published", "rejected", "discarded"}
    assert {call: every - found for call, found in states.items() if found != every} == {}
