"""The page of programs that are told what was published."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from browsing import post
from kmwiki.models import Webhook
from kmwiki.permissions import SYSTEM
from kmwiki.site import Site

SignIn = Callable[[str], FlaskClient]
#: A number of the public network; nothing is sent to it here.
URL = "https://93.184.215.14/in"


def test_an_administrator_adds_stops_and_removes_a_webhook(site: Site, signed_in: SignIn) -> None:
    browser = signed_in("admin")

    added = post(browser, "/admin/webhooks", {"url": URL, "events": ["page-published"]})
    with site.work(SYSTEM) as uow:
        webhook = uow.session.scalars(select(Webhook)).one()
    assert added.status_code == 201 and webhook.secret in added.text
    again = browser.get("/admin/webhooks").text
    assert URL in again and webhook.secret not in again

    post(browser, f"/admin/webhooks/{webhook.id}/switch", {"on": "0"})
    with site.work(SYSTEM) as uow:
        assert not uow.session.scalars(select(Webhook)).one().is_on

    post(browser, f"/admin/webhooks/{webhook.id}/remove")
    assert URL not in browser.get("/admin/webhooks").text


def test_a_bad_address_is_said_at_the_field_and_what_was_typed_stays(signed_in: SignIn) -> None:
    browser = signed_in("admin")

    answer = post(browser, "/admin/webhooks", {"url": "ftp://somewhere", "events": []})

    assert answer.status_code == 422 and "ftp://somewhere" in answer.text
    assert "This address cannot be told" in answer.text and "Choose what it is told of." in answer.text


def test_moderators_do_not_see_it(signed_in: SignIn) -> None:
    assert signed_in("moderator").get("/admin/webhooks").status_code == 403
