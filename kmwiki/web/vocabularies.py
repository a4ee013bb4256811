"""/vocabularies/<name>: codes with what they mean, for people."""

from collections.abc import Mapping

from flask import Blueprint, render_template

from kmwiki.domain.vocabulary import Entry, Vocabulary
from kmwiki.domain.words import Words
from kmwiki.errors import NotFound
from kmwiki.http.current import current_site, work
from kmwiki.i18n import current_language
from kmwiki.models import Topic
from kmwiki.services.pages.labels import topics

blueprint = Blueprint("vocabularies", __name__)


@blueprint.get("/vocabularies/<name>")
def vocabulary(name: str) -> str:
    site = current_site()
    if name not in site.vocabularies:
        raise NotFound()
    found = site.vocabularies[name]
    entries = [_entry_words(entry) for entry in found.in_order(current_language())]
    if name == "topics":
        with work() as uow:
            entries += [_topic_words(topic) for topic in topics(uow)]
    return render_template(
        "pages/vocabulary.html", vocabulary=found, groups=_grouped(found, entries), is_empty=not entries
    )


def _grouped(found: Vocabulary, entries: list[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """The entries under the headings of their groups; those without a group first."""
    labels: dict[str | None, str] = {None: ""}
    labels |= {group.code: str(group.label) for group in found.groups}
    groups = [
        {"label": label, "entries": [entry for entry in entries if entry["group"] == code]}
        for code, label in labels.items()
    ]
    return [group for group in groups if group["entries"]]


def _entry_words(entry: Entry) -> Mapping[str, object]:
    other = entry.other_words.get(current_language(), ())
    return {
        "code": entry.code, "label": str(entry.label), "meaning": str(entry.meaning or ""),
        "example": str(entry.example or ""), "other_words": ", ".join(other), "group": entry.group,
        "url": entry.extra.get("url"),
    }  # fmt: skip


def _topic_words(topic: Topic) -> Mapping[str, object]:
    other = topic.other_words.get(current_language(), [])
    return {
        "code": topic.code, "label": str(Words(topic.label)), "meaning": str(Words(topic.meaning)), "example": "",
        "other_words": ", ".join(other), "group": None, "url": None,
    }  # fmt: skip
