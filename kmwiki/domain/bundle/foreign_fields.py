"""The fields of a page from the sections of its file, once the addresses in them lead where they should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

from kmwiki.domain.bundle.container import ascii_name
from kmwiki.domain.bundle.foreign_definitions import Definitions
from kmwiki.domain.bundle.foreign_file import ForeignFile
from kmwiki.domain.bundle.foreign_folder import Findings
from kmwiki.domain.bundle.foreign_map import TITLE, ForeignMap
from kmwiki.domain.bundle.foreign_plain import links_as_list, plain_line
from kmwiki.domain.bundle.foreign_sections import Section, text_of
from kmwiki.domain.page_type import Field, PageType
from kmwiki.i18n import gettext as _


def fields_of(
    file: ForeignFile,
    text: str,
    foreign_map: ForeignMap,
    page_type: PageType,
    page_id: UUID,
    findings: Findings,
) -> dict[str, object]:
    """Raw values by field; `text` is that of the file with its new addresses, in as many lines."""
    fields: dict[str, object] = dict(_Builder(file, text, foreign_map, page_type, findings).fields())
    for id, reason in foreign_map.not_applicable.items():
        fields.setdefault(id, {"not_applicable": reason})
    for id, value in foreign_map.defaults.items():
        fields.setdefault(id, _with_uids(value, page_type.field(id), page_id))
    return fields


def _with_uids(value: object, field: Field, page_id: UUID) -> object:
    """Rows of a default get a uid that is the same at every import, so that none looks new."""
    if field.kind != "rows" or not isinstance(value, list):
        return value
    return [
        {"uid": str(uuid5(page_id, f"{field.id}/{number}")), **row} if isinstance(row, dict) else row
        for number, row in enumerate(value)
    ]


class _Builder:
    def __init__(
        self, file: ForeignFile, text: str, foreign_map: ForeignMap, page_type: PageType, findings: Findings
    ) -> None:
        self._file = file
        self._lines = text.split("\n")
        self._definitions = Definitions(text, file.start)
        self._rest_field = foreign_map.rest
        self._type = page_type
        self._findings = findings
        self._lines_of: dict[str, str] = {TITLE: file.title}
        self._sections: dict[str, list[Section]] = {}
        self._rest: list[str] = [f"```yaml\n{file.front_matter}\n```"] if file.front_matter else []

    def fields(self) -> dict[str, str]:
        for section in self._file.sections:
            self._take(section)
        texts = {id: "\n\n".join(self._parts(sections)) for id, sections in self._sections.items()}
        if self._rest:
            self._add_rest(texts)
        texts = {id: text for id, text in texts.items() if text}
        return self._lines_of | self._definitions.added_to(texts, self._rest_field)

    def _take(self, section: Section) -> None:
        if section.field is None:
            self._leave(section)
        elif self._type.field(section.field).kind == "md":
            self._sections.setdefault(section.field, []).append(section)
        elif section.field == TITLE and self._plain(section) == self._file.title:
            self._keep_links(section)
        else:
            self._take_line(section, section.field)

    def _take_line(self, section: Section, id: str) -> None:
        """Fill a field of one line; what does not fit into it is left for the rest."""
        body = self._body(section)
        line = self._plain(section)
        if body and (not line or id in self._lines_of):
            sentence = _("“{heading}” does not fit into one line and went to the rest.")
            heading = section.heading.text if section.heading else ""
            place = f"{ascii_name(self._file.path)}:{section.first + 1}"
            self._findings.notes.append(f"{place}: {sentence.format(heading=ascii_name(heading))}")
            self._leave(section)
        elif line:
            self._lines_of[id] = line
            self._keep_links(section)

    def _keep_links(self, section: Section) -> None:
        """Links cannot stand in a line of plain words: they are kept, under their heading, with the rest."""
        if links := links_as_list(self._body(section), self._definitions.text):
            self._rest.append("\n\n".join(part for part in (self._heading(section), links) if part))

    def _leave(self, section: Section) -> None:
        parts = [part for part in (self._heading(section), self._body(section)) if part]
        if parts:
            self._rest.append("\n\n".join(parts))

    def _add_rest(self, texts: dict[str, str]) -> None:
        if self._rest_field is None:
            sentence = _("Some sections fit no field, and the map names none for the rest.")
            self._findings.faults.append(f"{ascii_name(self._file.path)}: {sentence}")
            return
        before = [texts[self._rest_field]] if texts.get(self._rest_field) else []
        texts[self._rest_field] = "\n\n".join(before + self._rest)

    def _parts(self, sections: Sequence[Section]) -> Iterator[str]:
        """The bodies; under their headings where several came together in one field."""
        filled = [section for section in sections if self._body(section)]
        for section in filled:
            heading = self._heading(section) if len(filled) > 1 else ""
            yield "\n\n".join(part for part in (heading, self._body(section)) if part)

    def _heading(self, section: Section) -> str:
        return text_of(self._lines[section.first : section.body]) if section.heading else ""

    def _plain(self, section: Section) -> str:
        return plain_line(self._body(section), self._definitions.labels)

    def _body(self, section: Section) -> str:
        numbers = range(section.body, section.end)
        return text_of([self._lines[number] for number in numbers if number not in self._definitions.numbers])
