"""What is not there and what is not yours answer alike: the same status, words, headers and number of queries."""

import re
from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kmwiki.app import create_app
from leaks.askers import Asker, asker
from leaks.routes import UNKNOWN_ID
from leaks.walk import plain
from leaks.world import World
from query_counter import counted_queries

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Where time could tell one from the other.
_COUNTED = re.compile(r"(/api/v1)?/(pages|changes)/")
#: The number of a request.
_REQUEST_ID = re.compile(r"\b[0-9a-f]{12}\b")
_METHODS = ("GET", "POST", "PATCH", "DELETE")


def _unseen(world: World) -> Mapping[str, list[str]]:
    """Things that strangers may not see, by the name of the part of an address that names them."""
    changes = [str(world.changes[content]) for content in ("draft", "sent", "binneddraft")]
    return {
        "slug": [world.pages["binned"], world.pages["binned from"]],
        "change_id": changes,
        "id": [changes[0], str(world.comments["draft"])],
        "comment_id": [str(world.comments["draft"]), str(world.comments["sent"])],
        "page_id": [str(world.page_ids["draft"]), str(world.page_ids["binned"])],
        "upload_id": [world.ids["upload"]],
        "revision_id": [str(world.asides["draft"])],
        "token_id": [world.ids["token"]],
        "enquiry_id": [world.ids["enquiry"], world.ids["held"]],
        "report_id": [world.ids["report"]],
        "opinion_id": [world.ids["opinion"]],
        "job_id": [world.ids["job"]],
        "webhook_id": [world.ids["webhook"]],
        "watch_id": [world.ids["watch"]],
        "notification_id": [world.ids["notification"]],
        "invitation_id": [world.ids["invitation"]],
        "session_hash": ["e" * 64],
    }


def _pairs(world: World, app: Flask) -> Iterator[tuple[str, str, str]]:
    """Method, address of something that is not the asker's, and the same address of nothing."""
    unseen = _unseen(world)
    for rule in app.url_map.iter_rules():
        names = rule.arguments & set(unseen)
        if not names or rule.endpoint.startswith(("shared.", "admin", "review")):
            continue
        for name in names:
            for thing in unseen[name]:
                absent = _absent(name, thing)
                for method in set(_METHODS) & set(rule.methods or ()):
                    yield method, _address(plain(rule), name, thing), _address(plain(rule), name, absent)


def _address(path: str, name: str, value: str) -> str:
    filled = path.replace(f"<{name}>", value)
    filled = filled.replace("<number>", "1").replace("<kind>", "docx").replace("<name>", "pump.png")
    return re.sub(r"<[a-z_]*id>", UNKNOWN_ID, filled).replace("<slug>", "how-can-pumps-keep-running")


@pytest.mark.parametrize("name", ["anonymous", "stranger", "stranger's token"])
def test_slow_what_is_not_yours_answers_as_what_is_not_there(world: World, name: str) -> None:
    app = create_app(world.site)
    app.config["WTF_CSRF_ENABLED"] = False
    who, told = asker(world, app, name), []

    for method, hidden, absent in _pairs(world, app):
        if who.is_program == hidden.startswith("/api/"):
            one, other = (_told(world, who, method, address) for address in (hidden, absent))
            if one != other:
                told.append(f"{method} {hidden}: {_difference(one, other)}")

    assert not told, f"{len(told)} differ\n" + "\n".join(told[:40])


def _told(world: World, who: Asker, method: str, address: str) -> dict[str, object]:
    """Everything that an answer tells, but for the name itself and what is another in each answer."""
    with counted_queries(world.site.engine) as queries:
        answer: TestResponse = who.client.open(address, method=method, headers=who.headers)
    name = max(address.split("?")[0].split("/"), key=len).partition(".")[0]
    headers = {key: value for key, value in answer.headers.items() if key not in ("X-Request-Id", "Set-Cookie")}
    body = _REQUEST_ID.sub("…", _ID.sub("…", answer.get_data(True)).replace(name, "…"))
    return {
        "status": answer.status_code,
        "headers": _ID.sub("…", str(sorted(headers.items()))).replace(name, "…"),
        "body": re.sub(r'csrf_token" value="[^"]*"', "", body),
        # Comments and questions have ids that nobody guesses: what they are about is looked up with them.
        "queries": len(queries) if _COUNTED.match(address) else 0,
    }


def _difference(one: Mapping[str, object], other: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {_around(str(one[key]), str(other[key]))}" for key in one if one[key] != other[key])


def _around(one: str, other: str) -> str:
    """The place where two texts begin to differ."""
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"{one[at - 60 : at + 60]!r} / {other[at - 60 : at + 60]!r}"


def test_every_part_of_an_address_that_names_a_thing_is_asked(world: World, app: Flask) -> None:
    """A new name in a route is added above, or to those that name nothing of anybody's."""
    open_names = {
        "name",
        "number",
        "kind",
        "type_name",
        "code",
        "filename",
        "username",
        "token",
        "link_id",
        "deed",
        "verb",
    }
    names = {name for rule in app.url_map.iter_rules() for name in rule.arguments}

    assert names - open_names - set(_unseen(world)) == set()


def _absent(name: str, thing: str) -> str:
    """What names nothing, as long as this thing's name."""
    return UNKNOWN_ID if len(thing) == len(UNKNOWN_ID) and name != "slug" else "f" * len(thing)
