"""What the fields of a form ask for while they are drawn: choices, proposals, titles of links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kmwiki.domain.content import FileEntry
from kmwiki.domain.kinds.rows import rows_of
from kmwiki.domain.page_type import Field
from kmwiki.domain.vocabulary import Entry, Vocabulary
from kmwiki.http.languages import direction
from kmwiki.i18n import current_language
from kmwiki.i18n import gettext as _
from kmwiki.services.changes.writing import Proposals
from kmwiki.services.pages.link_targets import Targets
from kmwiki.site import Site

_ROW_WORDS = 60


@dataclass(frozen=True)
class FormContext:
    """What the fields of a form ask for while they are drawn (see components/form_kinds.html).

    `talk_at`: the address of the change where one talks about its fields, "" for a page that is not saved yet.
    """

    site: Site
    values: Mapping[str, object]
    proposals: Proposals
    targets: Targets
    language: str
    talk_at: str = ""
    files: Sequence[FileEntry] = ()
    _options: dict[tuple[str, ...], list[dict[str, object]]] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        return direction(self.language)

    def options(self, asked: Field) -> list[dict[str, object]]:
        """The groups of what can be chosen."""
        names = (asked.relation,) if asked.kind == "links" and asked.relation else asked.vocabulary
        if not names:
            return []
        if names not in self._options:
            self._options[names] = _groups(self.site.vocabularies.union(names))
        return self._options[names]

    def suggestions(self, asked: Field) -> list[dict[str, str]]:
        """What may be typed: names of organisations, files of this page, addresses of pages."""
        if asked.kind == "target":
            return [{"value": file.name, "label": file.alt} for file in self.files]
        if asked.kind == "organisation":
            return [{"value": name, "label": ""} for name in self.proposals.organisations]
        return [{"value": str(page.slug), "label": page.title} for page in self.proposals.pages_for(asked)]

    def title_of(self, link: Mapping[str, object]) -> str:
        """What the page or draft behind a link is called; "" where nobody knows."""
        slug = link.get("page")
        found = next((page for page in self.targets.pages.values() if slug and page.slug == slug), None)
        if found is None and link.get("change"):
            known = (change for change in self.targets.changes.values() if str(change.id) == link["change"])
            found = next((change.page for change in known), None)
            return (found.title if found else "") or _("A draft of yours")
        return found.title if found else ""

    def rows_of(self, asked: Field) -> list[dict[str, str]]:
        """The rows that a field may name; a row that is new has no name before it is saved."""
        rows = rows_of(self.values.get(asked.rows_of or ""))
        return [{"code": str(row["id"]), "label": _row_words(row)} for row in rows if row.get("id")]


def _groups(vocabulary: Vocabulary) -> list[dict[str, object]]:
    parts = vocabulary.parts or (vocabulary,)
    groups: list[dict[str, object]] = []
    for part in parts:
        entries = part.in_order(current_language())
        for group in part.groups:
            inside = [_option(entry) for entry in entries if entry.group == group.code]
            groups.append({"label": str(group.label), "options": inside})
        loose = [_option(entry) for entry in entries if entry.group is None]
        groups.append({"label": str(part.label) if len(parts) > 1 else None, "options": loose})
    return [group for group in groups if group["options"]]


def _option(entry: Entry) -> dict[str, object]:
    return {
        "code": entry.code,
        "label": str(entry.label),
        "meaning": str(entry.meaning) if entry.meaning else "",
        "example": str(entry.example) if entry.example else "",
        "words": entry.other_words.get(current_language(), ()),
    }


def _row_words(row: Mapping[str, object]) -> str:
    texts = [value for name, value in row.items() if name not in ("id", "uid") and isinstance(value, str)]
    words = texts[0] if texts else ""
    short = words if len(words) <= _ROW_WORDS else words[:_ROW_WORDS].rpartition(" ")[0] + "…"
    return f"{row['id']}: {short}" if short else str(row["id"])
