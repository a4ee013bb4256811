"""Asks every route as everybody and notes what came: the tests look at the notes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from leaks.askers import Asker
from leaks.html_rules import faults_of
from leaks.markers import found_in
from leaks.rights import may_find
from leaks.routes import ASKED, HELD, addresses
from leaks.world import World

#: Who is shown every page; the others are shown those that tell askers apart.
THOROUGH = ("anonymous", "holder")
#: Whose HTML is read: what templates draw, they draw for one of these.
READ_OF = ("anonymous", "contributor", "moderator", "admin", "holder")


@dataclass(frozen=True)
class Answer:
    """What one asker got at one address: the words in it, and what is wrong with its HTML or headers."""

    asker: str
    endpoint: str
    address: str
    status: int
    words: frozenset[tuple[str, str]]
    faults: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.asker} at {self.address} ({self.status})"


def looked_at(app: Flask) -> dict[str, tuple[str, frozenset[str]]]:
    """Every route that can be looked at: its address with <names>, and the names."""
    return {
        rule.endpoint: (plain(rule), frozenset(rule.arguments - set(rule.defaults or ())))
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    }


def plain(rule: Rule) -> str:
    return re.sub(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>", r"<\1>", rule.rule)


def walk(world: World, app: Flask, asker: Asker) -> Iterator[Answer]:
    """Everything that this asker gets: a program asks the API, a browser the pages, a holder what was shared."""
    routes = looked_at(app)
    for endpoint in ASKED:
        if endpoint in routes and _asks(asker, endpoint):
            for address in addresses(world, endpoint, *routes[endpoint], asker.name in THOROUGH):
                yield answer_to(asker, endpoint, address)


def _asks(asker: Asker, endpoint: str) -> bool:
    if asker.name == "holder" or endpoint in HELD:
        return asker.name == "holder" and endpoint in HELD
    if asker.is_program:
        return endpoint.startswith("api.")
    return not endpoint.startswith("api.") or asker.name in ("anonymous", "admin")  # a cookie counts for nothing there


def answer_to(asker: Asker, endpoint: str, address: str) -> Answer:
    """Ask once and note what came."""
    response = asker.client.get(address, headers=asker.headers)
    body = response.get_data()
    told = body + _said_in_headers(response.headers)
    return Answer(
        asker.name, endpoint, address, response.status_code, frozenset(found_in(told) - found_in(address.encode())),
        tuple(_faults(asker, response)),
    )  # fmt: skip


def _said_in_headers(headers: Mapping[str, str]) -> bytes:
    return ("\n" + "\n".join(f"{name}: {value}" for name, value in headers.items())).encode()


def _faults(asker: Asker, response: TestResponse) -> Iterator[str]:
    headers = response.headers
    if response.status_code >= 500 and response.status_code != 503:
        yield f"failed with {response.status_code}"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "may be sniffed"
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        yield f"policy {policy!r}"
    if not headers.get("Referrer-Policy"):
        yield "tells others where readers come from"
    if response.mimetype == "text/html" and asker.name in READ_OF:
        yield from faults_of(response.get_data(as_text=True))


def leaks(answers: Iterable[Answer]) -> list[str]:
    """Every word that somebody found and may not find: which, at what kind of address, to whom, and one address."""
    found: dict[str, dict[str, Answer]] = {}
    for answer in answers:
        for content, part in answer.words:
            if not may_find(answer.asker, content, part):
                found.setdefault(f"{content}.{part} at {answer.endpoint}", {}).setdefault(answer.asker, answer)
    return [f"{leak} to {', '.join(to)}: {next(iter(to.values())).address}" for leak, to in sorted(found.items())]
