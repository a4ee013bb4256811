"""The file of one revision: YAML front matter, then one section for each Markdown field.

    ---
    type: good-practice
    edition: 1
    language: en
    licence: CC-BY-4.0
    fields:
      title: Training water committees
    sections:
    - practice
    ---

    # Training water committees

    <!-- field: practice -->
    ## What you do

    The Markdown of the field, byte for byte.

One content has one file: what is read must be what would be written. A line of a text that looks like a
marker gets a backslash (`<!-- \\field: practice -->`), and loses it when it is read. Title and headings are
there for people; they follow from the content and the page type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from kmwiki.domain.bundle.key_order import ordered
from kmwiki.domain.bundle.strict_yaml import YamlFault, read_yaml
from kmwiki.domain.bundle.yaml_writing import write_yaml
from kmwiki.domain.content import Content
from kmwiki.domain.page_type import PageType
from kmwiki.errors import UnknownPageType
from kmwiki.i18n import gettext as _

FENCE = "---\n"
_OPTIONAL = ("translation_of", "replaces", "topics", "files")
_KNOWN = frozenset({"type", "edition", "language", "licence", "fields", "sections", *_OPTIONAL})
# A line end before and after instead of ^ and $: the search then looks for a fixed text, which is fast.
_MARKER = re.compile(r"\n<!-- field: (.*) -->(?=\n|\Z)")
_LIKE_MARKER = re.compile(r"^(<!-- \\*)(field: .* -->)$", re.MULTILINE)
_ESCAPED_MARKER = re.compile(r"^(<!-- \\*)\\(field: .* -->)$", re.MULTILINE)


class KnownTypes(Protocol):
    """The page types of a site; raises UnknownPageType."""

    def get(self, name: str, edition: int | None = None) -> PageType: ...


class PageFileFault(ValueError):
    """A page file that cannot be read; each of `faults` begins with its line where it has one."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def write_page(content: Content, page_type: PageType) -> str:
    """The canonical text of the content; `page_type` is its type in its edition."""
    sections = dict(_sections_of(content, page_type))
    front = write_yaml(_front_matter(content, page_type, tuple(sections)))
    title = content.fields.get("title")
    parts = [_title_line(title)] if isinstance(title, str) else []
    for id, text in sections.items():
        parts.append(f"<!-- field: {id} -->\n{_heading(page_type, id, content.language)}\n\n{_escaped(text)}\n")
    return "".join([FENCE, front, FENCE, *(f"\n{part}" for part in parts)])


def read_page(text: str, page_types: KnownTypes, *, is_checked: bool = False) -> Content:
    """The content of a page file; raises PageFileFault with every fault that could be found.

    `is_checked`: the same text was read before, so that it needs no comparing with what would be written.
    """
    front_text, body = _split(text)
    front = _read_front(front_text)
    page_type = _type_of(front, page_types)
    sections = _read_sections(body, text.count("\n", 0, len(text) - len(body)), page_type)
    _check_announced(front.pop("sections", []), sections)
    content = _content(front, sections, page_type)
    if not is_checked:
        _check_canonical(text, write_page(content, page_type))
    return content


def _front_matter(content: Content, page_type: PageType, sections: tuple[str, ...]) -> dict[str, object]:
    coded = {id: value for id, value in content.fields.items() if id not in sections}
    optional = {name: value for name, value in content.to_json().items() if name in _OPTIONAL and value}
    files = optional.pop("files", None)
    front: dict[str, object] = {
        "type": content.type,
        "edition": content.edition,
        "language": content.language,
        "licence": content.licence,
        **optional,
        "fields": ordered(coded, page_type),
    }
    return front | ({"files": files} if files else {}) | ({"sections": list(sections)} if sections else {})


def _sections_of(content: Content, page_type: PageType) -> Iterator[tuple[str, str]]:
    for field in page_type.fields_of_kind("md"):
        value = content.fields.get(field.id)
        if isinstance(value, str):
            yield field.id, value


def _title_line(title: str) -> str:
    return f"# {' '.join(title.split())}\n"


def _heading(page_type: PageType, id: str, language: str) -> str:
    return f"## {page_type.field(id).label.in_language(language)}"


def _escaped(text: str) -> str:
    return _LIKE_MARKER.sub(r"\1\\\2", text) if "field: " in text else text


def _unescaped(text: str) -> str:
    return _ESCAPED_MARKER.sub(r"\1\2", text) if "\\field: " in text else text


def _at(line: int, fault: str) -> str:
    return _("line {line}: {fault}").format(line=line, fault=fault)


def _split(text: str) -> tuple[str, str]:
    end = text.find(f"\n{FENCE}", len(FENCE) - 1)
    if not text.startswith(FENCE) or end < 0:
        raise PageFileFault(_("line 1: the front matter between two lines “---” is missing"))
    return text[len(FENCE) : end + 1], text[end + 1 + len(FENCE) :]


def _read_front(text: str) -> dict[str, object]:
    try:
        front = read_yaml(text, numbers=True)
    except YamlFault as fault:
        raise PageFileFault(_at(fault.line + 1, fault.reason)) from None
    if not isinstance(front, dict):
        raise PageFileFault(_("line 2: the front matter is not a list of names and values"))
    if unknown := sorted(front.keys() - _KNOWN):
        raise PageFileFault(*(_("“{name}” is not known in the front matter").format(name=name) for name in unknown))
    return dict(front)


def _type_of(front: Mapping[str, object], page_types: KnownTypes) -> PageType:
    name, edition = front.get("type"), front.get("edition")
    if not isinstance(name, str) or not isinstance(edition, int) or isinstance(edition, bool):
        raise PageFileFault(_("the front matter does not name type and edition"))
    try:
        return page_types.get(name, edition)
    except UnknownPageType:
        told = _("this site does not know edition {edition} of the page type “{type}”")
        raise PageFileFault(told.format(edition=edition, type=name)) from None


def _read_sections(body: str, lines_before: int, page_type: PageType) -> dict[str, str]:
    """The texts by field; everything between a marker and the next, less the heading and one empty line."""
    markers = list(_MARKER.finditer(body))
    ends = [*(marker.start() for marker in markers[1:]), len(body)]
    sections: dict[str, str] = {}
    faults = []
    for marker, end in zip(markers, ends, strict=False):
        if fault := _marker_fault(marker[1], sections, page_type):
            line = lines_before + body.count("\n", 0, marker.start()) + 2
            faults.append(_at(line, fault))
            continue
        _heading_and_marker, _empty, text = body[marker.end() + 1 : end].partition("\n\n")
        sections[marker[1]] = _unescaped(text.removesuffix("\n"))
    if faults:
        raise PageFileFault(*faults)
    return sections


def _marker_fault(id: str, sections: Mapping[str, str], page_type: PageType) -> str:
    field = page_type.fields.get(id)
    if field is None or field.kind != "md":
        return _("“{name}” is no Markdown field of the type {type}").format(name=id, type=page_type.name)
    return _("the section of “{name}” stands twice").format(name=id) if id in sections else ""


def _check_announced(announced: object, sections: Mapping[str, str]) -> None:
    if not isinstance(announced, list) or not all(isinstance(id, str) for id in announced):
        raise PageFileFault(_("“sections” in the front matter is not a list of fields"))
    gone, surplus = (
        _("the section of “{name}” is missing"),
        _("the section of “{name}” is not named in the front matter"),
    )
    missing = [gone.format(name=id) for id in announced if id not in sections]
    extra = [surplus.format(name=id) for id in sections if id not in announced]
    if missing or extra:
        raise PageFileFault(*missing, *extra)


def _content(front: dict[str, object], sections: Mapping[str, str], page_type: PageType) -> Content:
    coded = front.get("fields")
    if not isinstance(coded, dict):
        raise PageFileFault(_("“fields” in the front matter is not a list of names and values"))
    if twice := sorted(coded.keys() & sections.keys()):
        told = _("“{name}” stands in the front matter and as a section")
        raise PageFileFault(*(told.format(name=id) for id in twice))
    if unknown := sorted(coded.keys() - page_type.fields.keys() - {"_kept"}):
        told = _("“{name}” is no field of the type {type}")
        raise PageFileFault(*(told.format(name=id, type=page_type.name) for id in unknown))
    absent: dict[str, object] = {"translation_of": None, "replaces": None, "topics": [], "files": []}
    try:
        return Content.from_json(absent | front | {"fields": coded | dict(sections)})
    except ValueError as error:
        raise PageFileFault(str(error)) from None


def _check_canonical(text: str, canonical: str) -> None:
    if text == canonical:
        return
    lines, expected = text.split("\n"), canonical.split("\n")
    pairs = enumerate(zip(lines, expected, strict=False), start=1)
    line = next((number for number, (one, other) in pairs if one != other), min(len(lines), len(expected)))
    raise PageFileFault(_at(line, _("this is not written as kmwiki writes it")))
