"""Changes in lists: one's own, those that wait, those that somebody wants one's opinion of."""

from collections.abc import Sequence

from kmwiki.domain.fields import title_of
from kmwiki.models import Change
from kmwiki.render.dates import moment_in_words
from kmwiki.services.changes.looking import newest_contents
from kmwiki.services.review.opinions import waiting_for
from kmwiki.site import UnitOfWork
from kmwiki.web.change_values import state_mark, state_words
from kmwiki.web.request_words import asks
from kmwiki.web.version import type_words


def change_entries(uow: UnitOfWork, changes: Sequence[Change]) -> list[dict[str, object]]:
    """Title, state and address of each change, with one query for their texts."""
    contents = newest_contents(uow, changes)
    today = uow.now.astimezone(uow.site.config.timezone).date()
    entries: list[dict[str, object]] = []
    for change in changes:
        sign, label = type_words(uow.site, change.page.type)
        content = contents.get(change.head_id)
        page_type = uow.site.page_type(content.type, content.edition) if content else None
        title = title_of(page_type, content.fields, today) if content and page_type else change.page.title
        entries.append({
            "title": title,
            "url": f"/changes/{change.id}",
            "asks": asks(change),
            "state": state_mark(change),
            "state_label": state_words(uow, change),
            "when": moment_in_words(change.updated_at, uow.site.config.timezone),
            "author": change.author.name,
            "sign": sign,
            "type_label": label,
        })  # fmt: skip
    return entries


def asked_entries(uow: UnitOfWork) -> list[dict[str, object]]:
    """What waits for the asker's opinion, each with the question."""
    waiting = waiting_for(uow)
    entries = change_entries(uow, [change for _opinion, change in waiting])
    return [
        {**entry, "asked_by": opinion.asked_by_name, "question": opinion.question}
        for entry, (opinion, _change) in zip(entries, waiting, strict=True)
    ]
