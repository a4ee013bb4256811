"""From what somebody gave (form, API, import) to the content of a revision, or all that is wrong with it at once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kmwiki.domain import fields as field_rules
from kmwiki.domain.content import Content
from kmwiki.domain.page_type import PageType
from kmwiki.domain.problems import Level, Problem
from kmwiki.domain.slugs import check_slug
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _
from kmwiki.services.changes.rows import attach_uids, mark_new_rows
from kmwiki.services.changes.topic_choice import chosen_topics
from kmwiki.services.files.file_edits import edited_files
from kmwiki.services.files.file_intake import Upload
from kmwiki.services.pages.finding import pages_by_slug
from kmwiki.services.pages.link_targets import store_links
from kmwiki.site import UnitOfWork

#: What an edit may name; anything else (state, author, base …) is refused, never taken from input.
MEMBERS = frozenset(
    {"fields", "language", "licence", "translation_of", "replaces", "topics", "files", "summary", "slug",
     "note_to_reviewer"}
)  # fmt: skip
_TEXT_LIMITS = {"summary": 500, "note_to_reviewer": 10_000}


@dataclass(frozen=True)
class Edit:
    """What somebody gives: members as in the API, only those that change.

    `whole`: fields that are not given are emptied, as a form means it; else they stay.
    `uploads`: files that come in with it, in place of those of the same name. `new_topic`: a word that is to be among
    the topics given, whether there is one of this name or not; people alone propose some.
    """

    members: Mapping[str, Any]
    whole: bool = False
    uploads: tuple[Upload, ...] = ()
    new_topic: str = ""

    def digest(self, seen: UUID | None) -> str:
        """The same for the same edit of the same version, so that a post sent twice is stored once."""
        files = [upload.entry.to_json() for upload in self.uploads]
        proposed = [self.new_topic] if self.new_topic else []
        text = json.dumps([str(seen), self.whole, self.members, files, *proposed], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def empty_content(uow: UnitOfWork, page_type: PageType, language: str) -> Content:
    """The content that a new page begins with."""
    return Content(
        type=page_type.name,
        edition=page_type.edition,
        language=language,
        licence=uow.site.config.licence,
        fields={},
    )


def edited(uow: UnitOfWork, page_type: PageType, seen: Content, edit: Edit, *known: Content | None) -> Content:
    """The content after this edit of the seen version; rows that are new have a uid and no id yet.

    `known` are further versions whose row ids may be named. Raises Refused with every problem at once.
    """
    problems = _unknown_members(edit.members)
    fields = _edited_fields(uow, page_type, seen, edit, known, problems)
    attributes = _edited_attributes(uow, seen, edit.members, problems)
    if "topics" in edit.members:
        kept = {code for content in (seen, *known) if content for code in content.topics}
        attributes["topics"] = chosen_topics(uow, edit.members["topics"], edit.new_topic, kept, problems)
    if "files" in edit.members or edit.uploads:
        attributes["files"] = edited_files(uow, seen, edit.members.get("files"), edit.uploads, problems)
    if problems:
        raise Refused(_("Some answers cannot be stored as they are. Nothing was lost; please look at them."), problems)
    return seen.replace(fields=fields, **attributes)


def _unknown_members(members: Mapping[str, Any]) -> list[Problem]:
    message = _("“{name}” is not something that can be given here.")
    return [_problem(name, message.format(name=name)) for name in sorted(set(members) - MEMBERS)]


def _problem(field: str, message: str) -> Problem:
    return Problem(field=field, level=Level.DRAFT, message=message)


def _edited_fields(
    uow: UnitOfWork,
    page_type: PageType,
    seen: Content,
    edit: Edit,
    known: tuple[Content | None, ...],
    problems: list[Problem],
) -> dict[str, Any]:
    raw = edit.members.get("fields", {})
    if not isinstance(raw, Mapping):
        problems.append(_problem("fields", _("Fields are given as names with values.")))
        return {}
    given = {name: value for name, value in raw.items() if value is not None}
    parsed = field_rules.parse_fields(page_type, given, uow.site.vocabularies, language=seen.language)
    problems.extend(parsed.problems)
    new = dict(parsed.fields)
    problems.extend(store_links(uow, page_type, new, seen))
    problems.extend(attach_uids(page_type, new, seen, *known))
    mark_new_rows(page_type, new)
    kept = {"_kept": seen.fields["_kept"]} if "_kept" in seen.fields else {}
    untouched = kept if edit.whole else {name: v for name, v in seen.fields.items() if name not in raw}
    return {**untouched, **new}


def _edited_attributes(
    uow: UnitOfWork, seen: Content, members: Mapping[str, Any], problems: list[Problem]
) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name, vocabulary in (("language", "languages"), ("licence", "licences")):
        if name in members:
            changed[name] = _code(uow, name, vocabulary, members[name], problems)
    for name in ("translation_of", "replaces"):
        if name in members:
            changed[name] = _page_reference(uow, name, members[name], problems)
    _check_texts(members, problems)
    return changed


def _code(uow: UnitOfWork, name: str, vocabulary: str, value: Any, problems: list[Problem]) -> str:
    if not isinstance(value, str) or value not in uow.site.vocabularies[vocabulary]:
        problems.append(_problem(name, _("“{value}” is not in the list.").format(value=str(value)[:60])))
        return ""
    return value


def _page_reference(uow: UnitOfWork, name: str, value: Any, problems: list[Problem]) -> str | None:
    if value in (None, ""):
        return None
    page = pages_by_slug(uow, [value]).get(value) if isinstance(value, str) else None
    if page is None:
        problems.append(_problem(name, _("There is no page “{name}” here.").format(name=str(value)[:80])))
        return None
    return str(page.id)


def _check_texts(members: Mapping[str, Any], problems: list[Problem]) -> None:
    for name, limit in _TEXT_LIMITS.items():
        value = members.get(name, "")
        if not isinstance(value, str) or len(value) > limit:
            problems.append(_problem(name, _("Write at most {number} characters here.").format(number=limit)))
        elif any(ord(c) < 32 and c not in "\t\n\r" for c in value):
            problems.append(_problem(name, _("This text holds characters that cannot be stored.")))
    slug = members.get("slug")
    if slug is not None:
        faults = check_slug(slug) if isinstance(slug, str) else [_("An address is a text.")]
        problems.extend(_problem("slug", fault) for fault in faults)
