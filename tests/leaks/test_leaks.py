"""The leak walk: everybody asks every route, and nobody may find a word that they may not see.

- markers.py: words like `zqxdrafttitle` say by themselves which field of which content they stand in.
- world.py and rows.py: one site with every piece that somebody may not see (drafts, bin, purged, staged, hidden …).
- rights.py: the table of who may find what. routes.py: how each route is asked. askers.py: who asks.
- walk.py: asks, notes the words of each answer and what is wrong with its headers and HTML.
A new route without a line in routes.py fails here; a new kind of content belongs into world.py and rights.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from flask import Flask

from kmwiki.models import Change, Page
from kmwiki.permissions import SYSTEM, may
from leaks.askers import BROWSERS, PROGRAMS, asker
from leaks.rights import MAY_FIND
from leaks.routes import ASKED
from leaks.tables import changed, contents
from leaks.walk import Answer, leaks, looked_at, walk
from leaks.world import World


@dataclass
class Walked:
    """What everybody got everywhere, and what that changed."""

    answers: Sequence[Answer]
    changed: dict[str, list[str]]


@pytest.fixture(scope="module")
def walked(world: World, app: Flask) -> Walked:
    askers = [asker(world, app, name) for name in (*BROWSERS, *PROGRAMS)]
    before = contents(world.site.engine)
    answers = [answer for who in askers for answer in walk(world, app, who)]
    return Walked(answers, changed(before, contents(world.site.engine)))


@pytest.fixture
def answers(walked: Walked) -> Sequence[Answer]:
    return walked.answers


def test_every_route_is_walked(app: Flask) -> None:
    unknown = sorted(set(looked_at(app)) - set(ASKED))

    assert not unknown, f"say in tests/leaks/routes.py how to ask {', '.join(unknown)}"


def test_slow_nobody_finds_what_they_may_not_see(answers: Sequence[Answer]) -> None:
    told = leaks(answers)

    assert not told, f"{len(told)} leaks\n" + "\n".join(told)


def test_every_word_that_somebody_may_find_is_found(answers: Sequence[Answer]) -> None:
    found = {content for answer in answers for content, _field in answer.words}
    expected = {content for content, askers in MAY_FIND.items() if askers and "." not in content}

    assert expected - found == set()


def test_no_answer_has_script_style_or_a_form_without_token(answers: Sequence[Answer]) -> None:
    faults = sorted({f"{answer.endpoint}: {fault} ({answer})" for answer in answers for fault in answer.faults})

    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])


def test_nothing_is_changed_by_looking(walked: Walked) -> None:
    assert walked.changed == {}


def test_the_table_says_what_the_rights_say(world: World) -> None:
    for content, change_id in world.changes.items():
        with world.site.work(SYSTEM) as uow:
            change = uow.session.get(Change, change_id)
            seeing = {name for name, actor in world.people.items() if may(actor, "change.read", change)}
        if content != "hidden":  # the change can be seen, what it said cannot
            assert seeing == set(MAY_FIND[content].split()) - {"holder"}, content
    with world.site.work(SYSTEM) as uow:
        page = uow.session.get(Page, world.page_ids["binned"])
        seeing = {name for name, actor in world.people.items() if may(actor, "page.read", page)}
    assert seeing == set(MAY_FIND["binned"].split())
