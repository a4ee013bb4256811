"""Small whole pages for tests, as the API takes them, and the way from nothing to published."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from kmwiki.models import Change, Comment, Page
from kmwiki.permissions import Actor
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.lifecycle import submit
from kmwiki.services.changes.saving import save
from kmwiki.services.changes.starting import start_edit, start_page
from kmwiki.services.review.publishing import Outcome, publish
from kmwiki.services.talk.comments import comment_on_change, comment_on_page
from kmwiki.site import Site


def term(title: str = "Water point", **fields: Any) -> dict[str, Any]:
    """Fields of a glossary term that holds in short."""
    return {
        "title": title,
        "definition": "A place where people fetch water.\n\nIt may be a well, a tap or a spring.\n",
        "organisation": {"name": "Lakeside Water Network"},
        "contact": "through-site",
        **fields,
    }


def practice(title: str = "Training water committees", **fields: Any) -> dict[str, Any]:
    """Fields of a good practice that holds in short."""
    return {
        "title": title,
        "summary": "Committees keep their own store of spare parts.",
        "practice": "First paragraph.\n\nSecond paragraph.\n\nThird paragraph.\n",
        "conditions": "Works where a market is within a day. Do not use it where pumps are imported singly.",
        "results": [{"result": "Pumps stand still for 3 days", "evidence": "own-monitoring"}],
        "countries": ["MW"],
        "sectors": ["140"],
        "maturity": "innovation",
        "organisation": {"name": "Lakeside Water Network"},
        "contact": "through-site",
        **fields,
    }


def need(title: str = "How can offices plan for drought?", **fields: Any) -> dict[str, Any]:
    """Fields of a needs analysis that holds in short."""
    return {
        "title": title,
        "purpose": "Offices cannot decide where to drill.",
        "needs": [{"question": "Where will wells fall dry?", "asked_by": "District office", "urgency": "stops"}],
        "countries": ["MW"],
        "sectors": ["140"],
        "method": [{"how": "conversation"}],
        "organisation": {"name": "Lakeside Water Network"},
        "contact": "through-site",
        **fields,
    }


def case(title: str = "Committees in Monze", **fields: Any) -> dict[str, Any]:
    """Fields of a case study that holds in short, but for the pages that it applies."""
    return {
        "title": title,
        "places": [{"country": "ZM", "place_name": "Monze"}],
        "when": {"from": "2024", "to": "2025"},
        "summary": "Three villages tried it, and gave it up.",
        "outcome": "did-not-work",
        "results": [{"result": "Pumps stand still for weeks", "evidence": "own-monitoring"}],
        "lessons": [{"lesson": "Ask first who pays", "kind": "do"}],
        "sectors": ["140"],
        "organisation": {"name": "Lakeside Water Network"},
        "contact": "through-site",
        **fields,
    }


def start(site: Site, actor: Actor, type_name: str, fields: dict[str, Any], **members: Any) -> Change:
    """A draft of a new page."""
    with site.work(actor) as uow:
        return start_page(uow, type_name, Edit({"fields": fields, "language": "en", **members})).change


def change_page(site: Site, actor: Actor, slug: str, fields: dict[str, Any]) -> Change:
    """A draft that changes a published page."""
    with site.work(actor) as uow:
        return start_edit(uow, slug, Edit({"fields": fields})).change


def save_fields(site: Site, actor: Actor, change: Change, seen: UUID, fields: dict[str, Any]) -> Any:
    with site.work(actor) as uow:
        return save(uow, change.id, Edit({"fields": fields}), seen)


def send(site: Site, actor: Actor, change: Change) -> Change:
    with site.work(actor) as uow:
        return submit(uow, change.id)


def publish_change(site: Site, actor: Actor, change: Change, **options: Any) -> Outcome:
    """Publish the change's newest revision."""
    with site.work(actor) as uow:
        head = uow.session.get(Change, change.id)
        assert head is not None
        return publish(uow, change.id, head.head_id, **options)


def published(site: Site, people: dict[str, Actor], type_name: str, fields: dict[str, Any], **members: Any) -> Page:
    """A page written by contributor and published by moderator."""
    change = start(site, people["contributor"], type_name, fields, **members)
    send(site, people["contributor"], change)
    return publish_change(site, people["moderator"], change).change.page


def say(site: Site, actor: Actor, about: UUID | str, text: str = "Is this right?", **more: object) -> UUID:
    """A comment on a change (by its id) or a page (by its slug); its id."""
    with site.work(actor) as uow:
        add: Callable[..., Comment] = comment_on_page if isinstance(about, str) else comment_on_change
        return add(uow, about, text, **more).id
