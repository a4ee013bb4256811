"""Telling other programs what was published, archived, renamed: signed messages to addresses that an admin named.

A message follows the Standard Webhooks specification 1.0 (standardwebhooks.com): headers webhook-id, webhook-timestamp
and webhook-signature, "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body". It says of a page what any member
may read when the message goes out, never what was true when it was ordered.
"""

import base64
import hmac
import http.client
import json
import logging
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kmwiki.backends.hooks import HookRefused, find_target, post
from kmwiki.domain.events import Event
from kmwiki.domain.ids import new_id
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound, Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Page, Role, Webhook
from kmwiki.permissions import SYSTEM, Actor, may, require
from kmwiki.site import UnitOfWork, site_identity

log = logging.getLogger(__name__)

#: What a webhook can be told of: what readers can see, too.
TOLD = (Event.PAGE_PUBLISHED, Event.PAGE_ARCHIVED, Event.PAGE_RESTORED, Event.PAGE_RENAMED)
TEST = "test"
MOST_WEBHOOKS = 20
_SECRET_PREFIX = "whsec_"
#: The receiver says that it is gone for good (Standard Webhooks).
_GONE = 410
_MEMBER = Actor(role=Role.READER)


class DeliveryFailed(Exception):
    """The message did not arrive; it is tried again later and later."""


# ---- what an administrator does


def all_webhooks(uow: UnitOfWork) -> Sequence[Webhook]:
    """Every webhook, the oldest first."""
    require(uow.actor, "site.webhooks")
    return uow.session.scalars(select(Webhook).order_by(Webhook.created_at, Webhook.id)).all()


def add_webhook(uow: UnitOfWork, url: str, events: Collection[str]) -> Webhook:
    """A new webhook with a secret of its own. Raises Refused for an address that is not posted to."""
    require(uow.actor, "site.webhooks")
    url, wanted = url.strip(), [event.value for event in TOLD if event in events]
    problems = [*_address_problems(uow, url), *_event_problems(wanted)]
    if len(all_webhooks(uow)) >= MOST_WEBHOOKS:
        message = _("There are {number} already. Remove one first.").format(number=MOST_WEBHOOKS)
        problems.append(_problem("url", message))
    if problems:
        raise Refused(problems[0].message, problems)
    webhook = Webhook(
        id=new_id(), url=url, secret=_SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode(),
        events=wanted, is_on=True, created_at=uow.now,
    )  # fmt: skip
    uow.session.add(webhook)
    uow.audit("webhook.add", webhook=str(webhook.id))
    return webhook


def _address_problems(uow: UnitOfWork, url: str) -> list[Problem]:
    if len(url) > 1_000:
        return [_problem("url", _("This address is too long."))]
    try:
        find_target(url, uow.site.config.webhook_networks)
    except HookRefused as refused:
        return [_problem("url", _("This address cannot be told: {why}.").format(why=refused))]
    return []


def _event_problems(wanted: Sequence[str]) -> list[Problem]:
    return [] if wanted else [_problem("events", _("Choose what it is told of."))]


def _problem(field: str, message: str) -> Problem:
    return Problem(field, Level.DRAFT, message)


def switch(uow: UnitOfWork, webhook_id: UUID, is_on: bool) -> None:
    """Stop telling this address, or tell it again."""
    webhook = _find(uow, webhook_id)
    webhook.is_on = is_on
    uow.audit("webhook.on" if is_on else "webhook.off", webhook=str(webhook.id))


def remove_webhook(uow: UnitOfWork, webhook_id: UUID) -> None:
    uow.session.delete(_find(uow, webhook_id))
    uow.audit("webhook.remove", webhook=str(webhook_id))


def send_test(uow: UnitOfWork, webhook_id: UUID) -> None:
    """A message without a page, to see whether it arrives."""
    _order(uow, _find(uow, webhook_id), TEST, None)


def _find(uow: UnitOfWork, webhook_id: UUID) -> Webhook:
    require(uow.actor, "site.webhooks")
    webhook = uow.session.get(Webhook, webhook_id)
    if webhook is None:
        raise NotFound()
    return webhook


# ---- for the worker


def order(uow: UnitOfWork, told: Sequence[Mapping[str, Any]]) -> None:
    """A message for each of these happenings (payloads of uow.tell) to each address that wants it."""
    told = [payload for payload in told if payload["event"] in TOLD and payload.get("page_id")]
    if not told:
        return
    for webhook in uow.session.scalars(select(Webhook).where(Webhook.is_on)):
        for payload in told:
            if payload["event"] in webhook.events:
                _order(uow, webhook, payload["event"], payload["page_id"])


def _order(uow: UnitOfWork, webhook: Webhook, event: str, page_id: str | None) -> None:
    uow.enqueue(
        "webhook", webhook_id=str(webhook.id), event=event, page_id=page_id, message_id=str(new_id()),
        at=uow.now.isoformat(timespec="seconds"),
    )  # fmt: skip


def deliver(uow: UnitOfWork, payloads: list[dict[str, Any]]) -> None:
    """Send what was ordered. Raises DeliveryFailed; how it went stands with the webhook either way."""
    for payload in payloads:
        webhook = uow.session.get(Webhook, UUID(payload["webhook_id"]))
        if webhook is None or not (webhook.is_on or payload["event"] == TEST):
            continue
        body = json.dumps(_message(uow, payload), ensure_ascii=False).encode()
        failure, answer = "", 0
        try:
            target = find_target(webhook.url, uow.site.config.webhook_networks)
            answer = post(target, body, signed_headers(webhook.secret, payload["message_id"], uow.now, body))
        except (HookRefused, OSError, http.client.HTTPException) as error:
            failure = f"{type(error).__name__}: {error}"[:300]
        _note(uow, webhook.id, failure or str(answer), is_on=webhook.is_on and answer != _GONE)
        if failure or not (200 <= answer < 300 or answer == _GONE):
            raise DeliveryFailed(failure or f"answered {answer}")


def _message(uow: UnitOfWork, payload: Mapping[str, Any]) -> dict[str, object]:
    config = uow.site.config
    page = uow.session.get(Page, UUID(payload["page_id"])) if payload["page_id"] else None
    shown = None
    if page is not None and may(_MEMBER, "page.read", page):
        shown = {
            "id": str(page.id), "slug": page.slug, "type": page.type, "title": page.title, "language": page.language,
            "state": page.state, "revision_id": str(page.published_revision_id),
            "url": f"{config.base_url}/pages/{page.slug}",
        }  # fmt: skip
    return {
        "type": payload["event"],
        "timestamp": payload["at"],
        "data": {
            "site": {"id": site_identity(uow.session), "name": config.site_name},
            "page": shown or ({"id": payload["page_id"]} if payload["page_id"] else None),
        },
    }


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message, as Standard Webhooks has them."""
    timestamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX))
    signature = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return {
        "Content-Type": "application/json",
        "User-Agent": "kmwiki",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _note(uow: UnitOfWork, webhook_id: UUID, answer: str, *, is_on: bool) -> None:
    """In a unit of work of its own: it is to stay when the delivery failed."""
    with uow.site.work(SYSTEM) as short:
        webhook = short.session.get(Webhook, webhook_id)
        if webhook is not None:
            webhook.last_at, webhook.last_answer, webhook.is_on = short.now, answer, is_on
    log.info("sent webhook=%s", webhook_id)
