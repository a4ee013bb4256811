"""On a members' site nobody but members finds a word of any page, by whatever route."""

from collections.abc import Iterator

import pytest
from flask import Flask

from kmwiki.app import create_app
from kmwiki.config import with_settings
from leaks.askers import BROWSERS, PROGRAMS, Asker, asker
from leaks.routes import ASKED, addresses
from leaks.walk import leaks, looked_at, walk
from leaks.world import World

#: Words of published pages: titles, a text, an organisation, a comment.
WORDS = (
    "How can pumps keep running", "Keeping spare parts", "Water point", "Pump tests", "The same address",
    "Second paragraph", "Lakeside Water Network", "Which pumps are meant",
)  # fmt: skip


@pytest.fixture(scope="module")
def members(twin: World) -> Iterator[Flask]:
    """The twin, closed to all but members, as long as these tests go on."""
    open_to_all = twin.site.config
    twin.site.config = with_settings(open_to_all, reading="members")
    yield create_app(twin.site)
    twin.site.config = open_to_all


def _found(world: World, app: Flask, who: Asker) -> list[str]:
    """Where this asker found one of the words."""
    found = []
    for endpoint, (rule, arguments) in looked_at(app).items():
        if endpoint in ASKED and not arguments - {"slug", "name", "number", "kind", "type_name", "code"}:
            for address in addresses(world, endpoint, rule, arguments, False):
                if who.is_program == address.startswith("/api/"):
                    told = who.client.get(address, headers=who.headers).get_data(True)
                    found += [f"{word} at {address}" for word in WORDS if word in told]
    return found


@pytest.mark.parametrize("name", ["anonymous", "closed", "newcomer", "closed's token", "newcomer's token"])
def test_slow_nobody_else_finds_a_word(twin: World, members: Flask, name: str) -> None:
    assert _found(twin, members, asker(twin, members, name)) == []


def test_slow_members_find_no_more_than_on_a_site_for_all(world: World) -> None:
    open_to_all = world.site.config
    world.site.config = with_settings(open_to_all, reading="members")
    app = create_app(world.site)

    told = leaks(answer for name in (*BROWSERS, *PROGRAMS) for answer in walk(world, app, asker(world, app, name)))

    world.site.config = open_to_all
    assert not told, f"{len(told)} leaks\n" + "\n".join(told)


def test_programs_without_a_token_are_told_nothing(twin: World, members: Flask) -> None:
    nobody = members.test_client()

    for path in ("/pages", "/search?q=water", "/organisations", f"/pages/{twin.pages['home']}", "/pages?per_page=1"):
        answer = nobody.get("/api/v1" + path)
        assert answer.status_code in (401, 403, 404), path
        assert not any(word in answer.text for word in WORDS), path


def test_members_find_them(twin: World, members: Flask) -> None:
    assert len(_found(twin, members, asker(twin, members, "reader"))) > 20
