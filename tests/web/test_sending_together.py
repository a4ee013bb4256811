"""Sending several drafts in one go from the page of one of them, and what moderators see of it."""

import re

import pytest
from flask.testing import FlaskClient

from browsing import hidden, led_to, post
from kmwiki.models import Change
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.site import Site
from pages import need, practice, start, term

TICKS = {f"confirmed.{name}": "1" for name in ("agreed", "people", "safe", "licence")}
Pair = tuple[Change, Change]


@pytest.fixture
def pair(site: Site, people: dict[str, Actor]) -> Pair:
    """A need and the practice that links to it."""
    asked = start(site, people["contributor"], "needs-analysis", need())
    link = {"change": str(asked.id), "row": "n1", "relation": "fully"}
    return asked, start(site, people["contributor"], "good-practice", practice(addresses=[link]))


def offered(text: str) -> dict[str, bool]:
    """The drafts that are offered, and whether they are ticked."""
    boxes = re.findall(r'name="together" value="([^"]+)"( checked)?', text)
    return {change_id: bool(checked) for change_id, checked in boxes}


def test_what_is_linked_is_ticked_at_first_and_other_drafts_are_not(
    site: Site, people: dict[str, Actor], pair: Pair, signed_in
) -> None:
    other = start(site, people["contributor"], "term", term())
    shown = signed_in("contributor").get(f"/changes/{pair[1].id}").text

    assert offered(shown) == {str(pair[0].id): True, str(other.id): False}
    assert list(offered(shown)) == [str(pair[0].id), str(other.id)]


def test_from_two_drafts_to_two_pages(pair: Pair, signed_in, browser: FlaskClient) -> None:
    ada, mo, (asked, answer) = signed_in("contributor"), signed_in("moderator"), pair
    form = {"as": "short", "together": [str(asked.id)], **TICKS}
    assert led_to(post(ada, f"/changes/{answer.id}/submit", form)) == f"/changes/{answer.id}"

    desk = mo.get("/review").text
    assert desk.count("Belongs together with:") == 2
    shown = mo.get(f"/changes/{answer.id}").text
    assert "Belongs together with:" in shown and f'href="/changes/{asked.id}"' in shown

    post(mo, f"/changes/{answer.id}/publish", {"revision": hidden(shown, "revision")})
    before = browser.get("/pages/training-water-committees").text
    assert "/pages/how-can-offices-plan-for-drought" not in before
    shown = mo.get(f"/changes/{asked.id}").text
    post(mo, f"/changes/{asked.id}/publish", {"revision": hidden(shown, "revision")})

    assert "/pages/how-can-offices-plan-for-drought" in browser.get("/pages/training-water-committees").text
    assert "/pages/training-water-committees" in browser.get("/pages/how-can-offices-plan-for-drought").text


def test_what_another_one_lacks_is_told_and_nothing_is_sent(
    site: Site, people: dict[str, Actor], pair: Pair, signed_in
) -> None:
    empty = start(site, people["contributor"], "term", {"title": "Only a title"})
    form = {"as": "short", "together": [str(empty.id)], **TICKS}
    refused = post(signed_in("contributor"), f"/changes/{pair[1].id}/submit", form)

    assert refused.status_code == 422 and "“Only a title”" in refused.text
    assert offered(refused.text) == {str(pair[0].id): False, str(empty.id): True}
    with site.work(SYSTEM) as uow:
        found = [uow.session.get(Change, change.id) for change in (*pair, empty)]
        assert {change.state for change in found if change} == {"draft"}


def test_those_who_do_not_send_it_see_no_drafts(pair: Pair, signed_in, site: Site, people: dict[str, Actor]) -> None:
    post(signed_in("contributor"), f"/changes/{pair[1].id}/submit", {"as": "short", **TICKS})

    assert offered(signed_in("moderator").get(f"/changes/{pair[1].id}").text) == {}
