"""HTML of Markdown fields: made once per text, stored, looked up by the digest of the text."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, select

from kmwiki.db import insert_missing
from kmwiki.domain.content import Content
from kmwiki.domain.fields import markdown_fields
from kmwiki.domain.page_type import PageType
from kmwiki.models import Rendering
from kmwiki.render.markdown import RENDERER_VERSION, render
from kmwiki.site import UnitOfWork

Html = str


def rendering_key(context: str, text: str) -> str:
    """Unchanged text in the same place is never rendered twice."""
    return hashlib.sha256(f"{RENDERER_VERSION}\n{context}\n{text}".encode()).hexdigest()


def rendered_fields(uow: UnitOfWork, page_type: PageType, content: Content) -> Mapping[str, Html]:
    """The HTML of each Markdown field, with marks where links and files are to be put in (render/resolve.py).

    One query; what is not stored is rendered now and not stored (drafts).
    """
    texts = dict(markdown_fields(page_type, content.fields))
    keys = {name: rendering_key(name, text) for name, text in texts.items()}
    stored = _stored(uow, keys)
    return {name: stored.get(keys[name]) or render(text, f"{name}-") for name, text in texts.items()}


def render_missing(uow: UnitOfWork, page_type: PageType, content: Content) -> list[dict[str, str]]:
    """Rows of those renderings that are not stored yet: to be made before the write lock is taken."""
    texts = dict(markdown_fields(page_type, content.fields))
    keys = {name: rendering_key(name, text) for name, text in texts.items()}
    stored = _stored(uow, keys)
    return [
        {"key": keys[name], "html": render(text, f"{name}-")}
        for name, text in texts.items()
        if keys[name] not in stored
    ]


def store_renderings(uow: UnitOfWork, rows: list[dict[str, str]]) -> None:
    """Keep what render_missing() made."""
    insert_missing(uow.session, Rendering, list({row["key"]: row for row in rows}.values()))


def forget_all_renderings(uow: UnitOfWork) -> None:
    """Empty the store; everything is rendered again when it is next needed."""
    uow.session.execute(delete(Rendering))


def _stored(uow: UnitOfWork, keys: Mapping[str, str]) -> dict[str, Html]:
    if not keys:
        return {}
    found = uow.session.execute(select(Rendering.key, Rendering.html).where(Rendering.key.in_(keys.values())))
    return {key: html for key, html in found}
