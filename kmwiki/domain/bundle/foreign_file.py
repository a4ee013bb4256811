"""One foreign Markdown file as what it says: title, sections, links."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from kmwiki.domain.bundle.foreign_links import Form, Link, Use, find_links, label_key
from kmwiki.domain.bundle.foreign_map import BEGINNING, TITLE, ForeignMap
from kmwiki.domain.bundle.foreign_plain import MAX_CHARACTERS, plain_line
from kmwiki.domain.bundle.foreign_scan import front_matter_end, scan
from kmwiki.domain.bundle.foreign_sections import Section, anchor_of, cut, text_of
from kmwiki.domain.bundle.strict_yaml import YamlFault, read_yaml


@dataclass(frozen=True)
class ForeignFile:
    """A file as read. `front_matter` is its YAML, "" if it has none, and ends before line `start`.

    `anchors` go from the anchors of the headings to the fields in which they are now.
    """

    path: str
    text: str
    title: str
    front_matter: str
    start: int
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    uses: tuple[Use, ...]
    anchors: Mapping[str, str]


def parse_file(path: str, text: str, foreign_map: ForeignMap) -> ForeignFile:
    lines = text.split("\n")
    start = front_matter_end(lines)
    found = scan(lines[start:])
    headings = [heading.moved(start) for heading in found.headings]
    literal = (True,) * start + found.literal
    sections = cut(headings, start, len(lines), foreign_map.headings)
    front_matter = "\n".join(lines[1 : max(start - 1, 1)])
    links, uses = find_links(text, literal)
    labels = {label_key(link.label) for link in links if link.form is Form.DEFINITION}
    title, sections = _title(lines, sections, partial(plain_line, labels=labels), foreign_map.headings.get(BEGINNING))
    title = title or _title_in(front_matter) or _title_from(path)
    anchors = {
        anchor_of(heading.text): field
        for heading in reversed(headings)
        if (field := _field_at(heading.first, sections) or foreign_map.rest) and field != TITLE
    }
    return ForeignFile(path, text, title, front_matter, start, tuple(sections), tuple(links), tuple(uses), anchors)


def _title(
    lines: Sequence[str], sections: list[Section], plain: Callable[[str], str], beginning: str | None
) -> tuple[str, list[Section]]:
    """The title, "" if there is none, and the sections without the heading that it is taken from.

    It is the section that the map names, else the first heading of level 1. `beginning` is the field of the
    text before the first heading, which is then what follows that heading.
    """
    for section in sections:
        title = plain(text_of(lines[section.body : section.end])) if section.field == TITLE else ""
        if title:
            return title, sections
    for number, section in enumerate(sections):
        heading = section.heading.text if section.heading and section.heading.level == 1 else ""
        title = plain(heading) if section.field is None else ""
        if title and "](" not in heading:
            section = Section(None, beginning, section.first, section.body, section.end)
        if title:
            return title, [*sections[:number], section, *sections[number + 1 :]]
    return "", sections


def _title_in(front_matter: str) -> str:
    try:
        members = read_yaml(front_matter) if front_matter else None
    except YamlFault:
        return ""
    title = members.get("title") if isinstance(members, dict) else None
    return " ".join(title.split())[:MAX_CHARACTERS] if isinstance(title, str) else ""


def _title_from(path: str) -> str:
    words = re.sub(r"[-_\s]+", " ", posixpath.splitext(posixpath.basename(path))[0]).strip()
    return words[:1].upper() + words[1:] or path


def _field_at(line: int, sections: Sequence[Section]) -> str | None:
    return next((section.field for section in sections if section.first <= line < section.end), None)
