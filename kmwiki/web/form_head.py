"""What a form asks of the page as a whole beside language, licence and topics: its address, pages that belong to it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from kmwiki.domain.problems import Problem
from kmwiki.http.current import base_url
from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.services.changes.editing import Edit
from kmwiki.services.changes.writing import Writing
from kmwiki.services.pages.finding import pages_by_slug, pages_titled, readable_pages
from kmwiki.site import UnitOfWork
from kmwiki.web.form_input import REFERENCES, Form, first, uuid_or_none

_ADDRESS = re.compile(r"/(?:pages/(?P<slug>[a-z0-9-]+)|p/(?P<id>[0-9a-f-]{36}))/?(?:[?#].*)?")


# ---- in


def with_pages_named(uow: UnitOfWork, edit: Edit) -> Edit:
    """The edit with the slugs of pages that were typed by their title or pasted as an address; the rest as typed."""
    typed = {name: edit.members[name] for name in REFERENCES if edit.members.get(name)}
    return replace(edit, members={**edit.members, **{name: _slug(uow, text) for name, text in typed.items()}})


def _slug(uow: UnitOfWork, typed: str) -> str:
    if address := _ADDRESS.fullmatch(typed.removeprefix(base_url())):
        return address["slug"] or _slug_by_id(uow, address["id"]) or typed
    if typed in pages_by_slug(uow, [typed]):
        return typed
    titled = pages_titled(uow, typed)
    return str(titled[0].slug) if len(titled) == 1 else typed


def _slug_by_id(uow: UnitOfWork, text: str) -> str | None:
    id = uuid_or_none(text)
    page = readable_pages(uow, [id]).get(id) if id else None
    return page.slug if page else None


# ---- out


def more_values(
    uow: UnitOfWork, writing: Writing, typed: Form | None, problems: Sequence[Problem], proposed: Sequence[Page]
) -> dict[str, object]:
    """The values of components/form_head.html."""
    pages = [_reference(uow, writing, name, typed, problems) for name in REFERENCES]
    address = _address(writing, typed, problems) if writing.is_new else None
    asked = [*pages, address] if address else pages
    return {
        "open": any(one["value"] or one["errors"] for one in asked),
        "address": address,
        "pages": pages,
        "type": writing.page_type.name,
        "proposed": [{"value": page.slug, "label": page.title} for page in proposed],
    }


def head_label(name: str) -> str:
    """What a form calls one of them; "" for anything else."""
    return {
        "slug": _("Address of the page"),
        "translation_of": _("A translation of"),
        "replaces": _("Takes the place of"),
        "topics": _("Topics"),
    }.get(name, "")


def _address(writing: Writing, typed: Form | None, problems: Sequence[Problem]) -> dict[str, object]:
    kept = writing.change.slug if writing.change else None
    return {
        "before": f"{base_url()}/pages/",
        "label": head_label("slug"),
        "value": first(typed, "slug") if typed is not None else kept or "",
        "errors": _errors(problems, "slug"),
    }


def _reference(
    uow: UnitOfWork, writing: Writing, name: str, typed: Form | None, problems: Sequence[Problem]
) -> dict[str, object]:
    """A page that is named; one that the asker may not see is not asked about, so that it stays."""
    stored = getattr(writing.content, name)
    slug = writing.targets.slug(stored) or ""
    value = first(typed, name) if typed is not None and name in typed else slug
    page = writing.targets.pages.get(UUID(stored)) if slug and value == slug else pages_by_slug(uow, [value]).get(value)
    errors = _errors(problems, name)
    if errors and (called := pages_titled(uow, value)):
        message = _("Several pages have this title. Put in the address of one: {addresses}")
        errors.append(message.format(addresses=", ".join(str(page.slug) for page in called)))
    return {
        "name": name,
        "label": head_label(name),
        "hint": _hint(name),
        "value": value,
        "is_unseen": bool(stored and not slug),
        "page": {"title": page.title, "url": f"/pages/{page.slug}"} if page else None,
        "errors": errors,
    }


def _hint(name: str) -> str:
    if name == "translation_of":
        return _("Where a page here says the same in another language: its address or title.")
    return _("Where this is an older page written anew: the address or title of that one.")


def _errors(problems: Sequence[Problem], name: str) -> list[str]:
    return [problem.message for problem in problems if problem.field == name]
