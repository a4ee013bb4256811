"""Other programs are told of what readers can see, by a signed message over a real connection."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from kmwiki import worker
from kmwiki.config import Config, with_settings
from kmwiki.domain.events import Event
from kmwiki.errors import Forbidden, Refused
from kmwiki.models import OutboxJob, Page, Webhook
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.pages.page_care import bin_page
from kmwiki.services.telling import webhooks
from kmwiki.services.upkeep import jobs
from kmwiki.site import Site
from pages import published, term

People = dict[str, Actor]


class Receiver:
    """A program that takes messages; `answers` are given one after another, the last for ever."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers = [204]
        receiver = self

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
                answers = receiver.answers
                self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_about: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Take)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in?key=1"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def config(config: Config) -> Config:
    return with_settings(config, webhook_networks=(ip_network("127.0.0.0/8"),), base_url="https://wiki.example.org")


@pytest.fixture
def webhook(site: Site, people: People, receiver: Receiver) -> Webhook:
    with site.work(people["admin"]) as uow:
        return webhooks.add_webhook(uow, receiver.url, [Event.PAGE_PUBLISHED, Event.PAGE_ARCHIVED])


def tell(site: Site, event: Event, page: Page) -> int:
    """Order what one happening orders, and deliver it; how many messages were delivered."""
    with site.work(SYSTEM) as uow:
        webhooks.order(uow, [{"event": event, "page_id": str(page.id)}])
    return deliver(site)


def deliver(site: Site) -> int:
    return jobs.drain(site, {"webhook": webhooks.deliver})


def now_of(site: Site, webhook: Webhook) -> Webhook:
    with site.work(SYSTEM) as uow:
        found = uow.session.get(Webhook, webhook.id)
        assert found is not None
        return found


@pytest.mark.database
def test_a_publication_is_told_and_signed(site: Site, people: People, receiver: Receiver, webhook: Webhook) -> None:
    page = published(site, people, "term", term())

    assert tell(site, Event.PAGE_PUBLISHED, page) == 1

    [(headers, body)] = receiver.got
    told = json.loads(body)
    assert told["type"] == "page-published"
    assert told["data"]["page"]["url"] == "https://wiki.example.org/pages/water-point"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert now_of(site, webhook).last_answer == "204"


def test_what_a_moderator_publishes_is_told_by_the_worker(
    site: Site, people: People, receiver: Receiver, webhook: Webhook
) -> None:
    published(site, people, "term", term())

    worker.drain(site)

    assert [json.loads(body)["type"] for _headers, body in receiver.got] == ["page-published"]


def test_only_what_was_chosen_is_told(site: Site, people: People, receiver: Receiver, webhook: Webhook) -> None:
    page = published(site, people, "term", term())

    assert tell(site, Event.PAGE_RENAMED, page) == 0
    assert receiver.got == []


def test_nothing_is_said_of_a_page_that_went_meanwhile(
    site: Site, people: People, receiver: Receiver, webhook: Webhook
) -> None:
    page = published(site, people, "term", term())
    with site.work(people["moderator"]) as uow:
        bin_page(uow, "water-point", "It was published by mistake.")

    tell(site, Event.PAGE_PUBLISHED, page)

    assert json.loads(receiver.got[0][1])["data"]["page"] == {"id": str(page.id)}
    assert b"Water point" not in receiver.got[0][1]


def test_a_failure_is_tried_again_with_the_same_id_and_does_not_send_others_twice(
    site: Site, people: People, receiver: Receiver, webhook: Webhook
) -> None:
    pages = [published(site, people, "term", term(title)) for title in ("Well", "Tap")]
    receiver.answers = [204, 500, 204]
    with site.work(SYSTEM) as uow:
        webhooks.order(uow, [{"event": Event.PAGE_PUBLISHED, "page_id": str(page.id)} for page in pages])

    assert deliver(site) == 1
    site.clock = lambda clock=site.clock: clock() + timedelta(minutes=1)  # type: ignore[misc]
    assert deliver(site) == 1

    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert len(ids) == 3 and ids[1] == ids[2] != ids[0]


def test_a_redirect_is_not_followed(site: Site, people: People, receiver: Receiver, webhook: Webhook) -> None:
    receiver.answers = [302]

    assert tell(site, Event.PAGE_PUBLISHED, published(site, people, "term", term())) == 0

    assert now_of(site, webhook).last_answer == "302" and len(receiver.got) == 1


def test_who_says_that_it_is_gone_is_told_nothing_more(
    site: Site, people: People, receiver: Receiver, webhook: Webhook
) -> None:
    receiver.answers = [410]
    page = published(site, people, "term", term())

    tell(site, Event.PAGE_PUBLISHED, page)
    tell(site, Event.PAGE_PUBLISHED, page)

    assert len(receiver.got) == 1 and not now_of(site, webhook).is_on


def test_an_address_of_our_own_network_is_refused(site: Site, people: People) -> None:
    site.config = with_settings(site.config, webhook_networks=())

    with pytest.raises(Refused, match="not public"), site.work(people["admin"]) as uow:
        webhooks.add_webhook(uow, "http://127.0.0.1:9/", [Event.PAGE_PUBLISHED])


def test_only_administrators_look_after_them(site: Site, people: People, webhook: Webhook) -> None:
    for act in (
        webhooks.all_webhooks,
        lambda uow: webhooks.remove_webhook(uow, webhook.id),
        lambda uow: webhooks.send_test(uow, UUID(int=0)),
    ):
        with pytest.raises(Forbidden), site.work(people["moderator"]) as uow:
            act(uow)


def test_a_test_says_whether_it_arrives(site: Site, people: People, receiver: Receiver, webhook: Webhook) -> None:
    with site.work(people["admin"]) as uow:
        webhooks.send_test(uow, webhook.id)

    deliver(site)

    assert json.loads(receiver.got[0][1])["type"] == "test"
    with site.work(SYSTEM) as uow:
        assert uow.session.scalars(select(OutboxJob).where(OutboxJob.name == "webhook")).all() == []
