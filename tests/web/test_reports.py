"""Reporting a page in a browser, and settling the report."""

import pytest
from flask.testing import FlaskClient

from browsing import led_to, post
from kmwiki.permissions import Actor
from kmwiki.services.talk import reports
from kmwiki.site import Site
from pages import published, term

AT = "/pages/water-point"
REPORT = f"{AT}/report"
GIVEN = {"kind": "personal-data", "text": "It shows the <i>number</i> of a telephone."}


@pytest.fixture(autouse=True)
def page(site: Site, people: dict[str, Actor]) -> None:
    published(site, people, "term", term())


def test_from_the_report_to_what_came_of_it(
    site: Site, people: dict[str, Actor], browser: FlaskClient, signed_in
) -> None:
    assert f'href="{REPORT}"' in browser.get(AT).text
    assert led_to(post(browser, REPORT, GIVEN)) == AT
    with site.work(people["moderator"]) as uow:
        at = f"/reports/{reports.open_reports(uow)[0].report.id}"
    assert browser.get(at).status_code == signed_in("contributor").get(at).status_code == 404
    mo = signed_in("moderator")
    shown = mo.get(at).text
    assert "It shows personal data" in shown and "the &lt;i&gt;number&lt;/i&gt;" in shown
    assert all(f'href="{AT}{way}"' in shown for way in ("/care", "/care#purge", "/care#hide", "/ask-people", "/edit"))

    assert post(mo, f"{at}/settle", {"outcome": ""}).status_code == 422
    assert led_to(post(mo, f"{at}/settle", {"outcome": "The number is gone."})) == "/review"

    settled = mo.get(at).text
    assert "The number is gone." in settled and "Settled by Moderator" in settled and "<textarea" not in settled
    assert post(mo, f"{at}/settle", {"outcome": "Again."}).status_code == 409
    assert post(browser, f"{at}/settle", {"outcome": "Mine."}).status_code == 401


def test_what_is_wrong_stands_at_its_place_and_nothing_typed_is_lost(browser: FlaskClient) -> None:
    answer = post(browser, REPORT, {"text": "It shows a number."})
    assert answer.status_code == 422 and 'id="f-kind-fault"' in answer.text and "It shows a number." in answer.text
    answer = post(browser, REPORT, {**GIVEN, "website": "x"})
    assert answer.status_code == 422 and 'value="personal-data" checked' in answer.text
    for _number in range(10):
        post(browser, REPORT, GIVEN)
    assert post(browser, REPORT, GIVEN).status_code == 429
    assert browser.get("/pages/nowhere/report").status_code == 404
