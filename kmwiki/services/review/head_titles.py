"""What changes are called now, asked of the database without reading their texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from kmwiki.domain.fields import title_of
from kmwiki.models import Change, Revision
from kmwiki.site import UnitOfWork


@dataclass(frozen=True)
class HeadTitle:
    """The title of a change's newest version, and the language that it is in."""

    title: str
    language: str


def head_titles(uow: UnitOfWork, changes: Sequence[Change]) -> Mapping[UUID, HeadTitle]:
    """Title and language of each of these changes, by change, in one query; of a hidden text those of its page."""
    said = select(
        Revision.id, Revision.content["fields"]["title"].as_string(), Revision.content["language"].as_string()
    ).where(Revision.id.in_([change.head_id for change in changes]))
    by_head = {id: (title, language) for id, title, language in uow.session.execute(said)}
    today = uow.now.astimezone(uow.site.config.timezone).date()
    titles = {}
    for change in changes:
        title, language = by_head.get(change.head_id, (None, None))
        page_type = uow.site.page_type(change.page.type)
        words = title_of(page_type, {"title": title or change.page.title}, today)
        titles[change.id] = HeadTitle(words, language or change.page.language)
    return titles
