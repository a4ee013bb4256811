"""A site with drafts, a bin and hidden words, and its twin without them: readers cannot tell which one they read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kmwiki.app import create_app
from kmwiki.services.bundles import exports
from leaks.askers import Asker, asker
from leaks.markers import found_in, mark
from leaks.rights import may_find
from leaks.routes import ASKED, addresses
from leaks.walk import looked_at
from leaks.world import World

_MOVING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # ids
    r"|\"request_id\": ?\"[0-9a-f]*\"|(?<=request )[0-9a-f]{12}|<code[^>]*>[0-9a-f]{12}</code>"
    r"|csrf_token\":\"[^\"]*\"|csrf[-_]token\" (?:value|content)=\"[^\"]*\""
)
#: What names a thing by its id, or shows a site's own.
_OTHERWISE = frozenset({"front.short_address", "health.ready"})


def normalised(text: str) -> str:
    """An answer without what is another in each."""
    return _MOVING.sub("…", text)


@pytest.fixture(scope="module")
def twins_app(twin: World) -> Flask:
    return create_app(twin.site)


def _public_addresses(twin: World, app: Flask) -> Iterator[str]:
    routes = looked_at(app)
    for endpoint in set(ASKED) & set(routes) - _OTHERWISE:
        rule, arguments = routes[endpoint]
        if arguments <= {"slug", "name", "number", "kind"} and "{" not in "".join(ASKED[endpoint].queries):
            yield from addresses(twin, endpoint, rule, arguments, True)


def test_slow_readers_cannot_tell_a_site_from_its_twin(world: World, twin: World, app: Flask, twins_app: Flask) -> None:
    here, there = asker(world, app, "anonymous"), asker(twin, twins_app, "anonymous")
    compared = 0

    for address in _public_addresses(twin, app):
        answer, other = here.client.get(address), there.client.get(address)
        assert answer.status_code == other.status_code, address
        assert normalised(answer.get_data(True)) == normalised(other.get_data(True)), address
        compared += 1

    assert compared > 50


def test_an_export_holds_what_its_twin_s_does(world: World, twin: World, tmp_path: Path) -> None:
    names = []
    for built in (world, twin):
        exports.export_bag(built.site, exports.Choice(with_history=True), tmp_path / "bag.zip")
        packed = (tmp_path / "bag.zip").read_bytes()
        assert found_in(packed) == set()
        names.append(sorted(re.findall(rb"data/[a-z/0-9.-]+\.md", packed)))

    assert names[0] == names[1]


# ---- words that somebody looks for

#: What is looked for where.
_SEARCHES = {
    "title": ("/search?q={}", "/search/suggest?q={}", "/search/similar?type=good-practice&title={}"),
    "body": ("/search?q={}", "/api/v1/search?q={}"),
    "organisation": ("/search?organisation={}", "/api/v1/organisations?q={}"),
}
_CONTENTS = ("draft", "sent", "edit", "returned", "binned", "staged", "purged", "hidden", "typed")


@pytest.mark.parametrize("name", ["anonymous", "stranger", "moderator"])
def test_slow_a_word_that_one_may_not_see_is_not_found(world: World, app: Flask, name: str) -> None:
    who = asker(world, app, name)

    for field, searches in _SEARCHES.items():
        words = [mark(content, field) for content in _CONTENTS if not may_find(name, content, field)]
        for search in searches:
            nothing = {length: _found(who, search, "y" * length) for length in {len(word) for word in words}}
            for word in words:
                assert _found(who, search, word) == nothing[len(word)], search.format(word)


def _found(who: Asker, search: str, word: str) -> str:
    answer = who.client.get(search.format(word), headers=who.headers)
    return f"{answer.status_code} " + normalised(answer.get_data(True)).replace(word, "…")
