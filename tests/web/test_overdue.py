"""Pages that are to be looked at again, in a browser."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from browsing import led_to, post
from kmwiki.models import Page
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.site import Site
from pages import practice, published

AT = "/pages/training-water-committees"
SAY = f'action="{AT}/still-right"'


@pytest.fixture(autouse=True)
def page(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "good-practice", practice())


def later(site: Site) -> None:
    """Its date was long ago."""
    with site.work(SYSTEM) as uow:
        uow.session.execute(update(Page).values(check_again_on=date(2026, 3, 1)))
        uow.raise_generation()


def test_its_writers_and_moderators_say_that_it_is_still_right(site: Site, signed_in, browser: FlaskClient) -> None:
    assert SAY not in signed_in("contributor").get(AT).text
    later(site)
    assert SAY not in browser.get(AT).text and SAY not in signed_in("contributor2").get(AT).text
    ada = signed_in("contributor")
    shown = ada.get(AT).text
    assert SAY in shown and "To be looked at again since" in shown

    assert led_to(post(ada, f"{AT}/still-right")) == AT
    assert "To be looked at again since" not in browser.get(AT).text
    assert led_to(post(ada, f"{AT}/still-right")) == AT  # twice is no harm
    assert post(signed_in("contributor2"), f"{AT}/still-right").status_code == 403
    assert post(browser, f"{AT}/still-right").status_code == 401


def test_moderators_find_them_in_a_list(site: Site, signed_in, browser: FlaskClient) -> None:
    mo = signed_in("moderator")
    assert "Nothing at present" in mo.get("/review/overdue").text
    later(site)
    listed = mo.get("/review/overdue?type=good-practice").text
    assert SAY in listed and f'href="{AT}/edit"' in listed
    assert SAY not in mo.get("/review/overdue?type=needs-analysis").text
    assert led_to(post(mo, f"{AT}/still-right", {"back": "list"})) == "/review/overdue"
    assert SAY not in mo.get("/review/overdue").text
    assert browser.get("/review/overdue").status_code == 303
    assert signed_in("contributor").get("/review/overdue").status_code == 403
