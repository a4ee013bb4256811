"""What pages can be made of: page types as JSON Schema, vocabularies, the register of organisations."""

from collections.abc import Mapping

from flask import Response, request

from kmwiki.api.answers import answer, list_answer
from kmwiki.api.body import refused
from kmwiki.api.shapes import address
from kmwiki.domain.fields import json_schema
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level
from kmwiki.domain.vocabulary import Entry, Vocabulary
from kmwiki.domain.words import Words
from kmwiki.errors import NotFound
from kmwiki.http.current import current_site, work
from kmwiki.http.paging import Paging, paging_of
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.models import Topic
from kmwiki.services.pages.labels import topics
from kmwiki.services.pages.registers import organisations
from kmwiki.site import Site, UnitOfWork

_LONGEST_WORDS = 300
_LEVELS = ("draft", "short", "full")


# ---- page types


def list_types() -> Response:
    site = current_site()
    items = [_type_summary(site, page_type) for page_type in site.types.newest()]
    return list_answer(Paging(1, 100), len(items), items)


def _type_summary(site: Site, page_type: PageType) -> dict[str, object]:
    return {
        "name": page_type.name,
        "edition": page_type.edition,
        "editions": [edition.edition for edition in site.types.editions(page_type.name)],
        "label": str(page_type.label),
        "plural": str(page_type.plural),
        "url": address(site, f"/api/v1/types/{page_type.name}"),
    }


def read_type(name: str) -> Response:
    """The fields of a page of this type as JSON Schema: what can be saved, or what `level` needs."""
    site = current_site()
    page_type = _page_type(site, name)
    schema = json_schema(page_type, site.vocabularies, _level())
    form = [
        {"id": section.id, "label": str(section.label), "fields": [field.id for field in section.fields]}
        for section in page_type.asked_of(())
    ]
    about = {**_type_summary(site, page_type), "sections": form}
    return answer({**schema, "$id": address(site, f"/api/v1/types/{page_type.name}"), "x-kmwiki": about})


def _page_type(site: Site, name: str) -> PageType:
    wanted = request.args.get("edition", "")
    for page_type in site.types.editions(name):
        if not wanted or wanted == str(page_type.edition):
            return site.page_type(name, page_type.edition if wanted else None)
    raise NotFound()


def _level() -> Level:
    wish = request.args.get("level") or "draft"
    if wish not in _LEVELS:
        raise refused("level", _("“{name}” is one of: {known}.").format(name="level", known=", ".join(_LEVELS)))
    return Level(wish)


# ---- vocabularies


def list_vocabularies() -> Response:
    site = current_site()
    items = [
        {"name": name, "label": str(vocabulary.label), "url": address(site, f"/api/v1/vocabularies/{name}")}
        for name, vocabulary in sorted(site.vocabularies.items())
    ]
    return list_answer(Paging(1, 100), len(items), items)


def read_vocabulary(name: str) -> Response:
    """All codes of a vocabulary with their labels in the asker's language."""
    site = current_site()
    if name not in site.vocabularies:
        raise NotFound()
    vocabulary = site.vocabularies[name]
    with work() as uow:
        return answer(_vocabulary(uow, vocabulary))


def _vocabulary(uow: UnitOfWork, vocabulary: Vocabulary) -> dict[str, object]:
    entries = [_entry(entry) for entry in vocabulary.in_order(current_language())]
    if vocabulary.name == "topics":
        entries += [_topic(topic) for topic in topics(uow)]
    return {
        "name": vocabulary.name,
        "label": str(vocabulary.label),
        "source": vocabulary.source,
        "date": vocabulary.date,
        "groups": [{"code": group.code, "label": str(group.label)} for group in vocabulary.groups],
        "entries": entries,
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "code": entry.code,
        "label": str(entry.label),
        "meaning": _words(entry.meaning),
        "example": _words(entry.example),
        "other_words": list(entry.other_words.get(current_language(), ())),
        "group": entry.group,
        "extra": dict(entry.extra),
    }


def _words(words: Words | None) -> str | None:
    return str(words) if words is not None else None


def _topic(topic: Topic) -> dict[str, object]:
    other: Mapping[str, list[str]] = topic.other_words
    return {
        "code": topic.code,
        "label": str(Words(topic.label)),
        "meaning": str(Words(topic.meaning)) or None,
        "example": None,
        "other_words": list(other.get(current_language(), ())),
        "group": None,
        "extra": {},
    }


# ---- organisations


def list_organisations() -> Response:
    """Organisations that published pages name, by name."""
    paging, words = paging_of(request.args), request.args.get("q", "")
    if len(words) > _LONGEST_WORDS:
        raise refused("q", _("Search for at most {number} characters.").format(number=_LONGEST_WORDS))
    with work() as uow:
        total, found = organisations(uow, words, paging.page, paging.per_page)
        return list_answer(paging, total, [{"id": str(one.id), "name": one.name} for one in found])
