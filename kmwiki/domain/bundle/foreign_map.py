"""MAP.yaml: how the sections of foreign Markdown files become the fields of a page type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kmwiki.domain.bundle.strict_yaml import YamlFault, read_yaml
from kmwiki.domain.page_type import PageType
from kmwiki.errors import BundleError
from kmwiki.i18n import gettext as _

#: The name in `headings` for what stands before the first section.
BEGINNING = ""
TITLE = "title"
_ONE_LINE_KINDS = frozenset({"text", "choice", "date", "number", "organisation"})
_MEMBERS = frozenset(
    {"type", "include", "title", "headings", "rest", "defaults", "not_applicable"}
    | {"source", "language", "licence", "files"}
)
_MARKUP = re.compile(r"[*_`]+")
_MAX_CHARACTERS = 100_000


@dataclass(frozen=True)
class ForeignMap:
    """What a map says. `headings` goes from heading_key() of a heading to the id of a field.

    `source` names the corpus: page ids are made of it and of the path of the file, so that the same file is
    the same page at the next import. "" where the map names none: then the name of the folder is taken.
    """

    include: tuple[str, ...]
    headings: Mapping[str, str]
    rest: str | None = None
    defaults: Mapping[str, object] = field(default_factory=dict)
    not_applicable: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    language: str | None = None
    licence: str | None = None
    credit_of_files: str = ""
    licence_of_files: str = ""


def heading_key(text: str) -> str:
    """What two spellings of a heading have in common: neither case nor markup nor a colon at the end."""
    return " ".join(_MARKUP.sub("", text).split()).rstrip(" :").casefold()


def read_map(text: str, name: str, page_type: PageType) -> ForeignMap:
    """Read a map for a page type; `name` is the file's in faults. Raises BundleError with every fault."""
    try:
        members = read_yaml(text, max_characters=_MAX_CHARACTERS)
    except YamlFault as fault:
        sentence = _("{file}: line {line}: {reason}").format(file=name, line=fault.line, reason=fault.reason)
        raise BundleError(_("The map cannot be used."), [sentence]) from None
    reader = _MapReader(members if isinstance(members, dict) else {}, page_type)
    found = reader.read()
    if not isinstance(members, dict):
        reader.faults.append(_("The map is not a list of names and values."))
    if reader.faults:
        raise BundleError(_("The map cannot be used."), [f"{name}: {fault}" for fault in reader.faults])
    return found


class _MapReader:
    def __init__(self, members: Mapping[str, object], page_type: PageType) -> None:
        self._members = members
        self._type = page_type
        self.faults: list[str] = []

    def read(self) -> ForeignMap:
        for member in sorted(self._members.keys() - _MEMBERS):
            self._fault(_("“{name}” is not known here."), member)
        self._check_type()
        files = self._mapping("files")
        for member in sorted(files.keys() - {"credit", "licence"}):
            self._fault(_("“{name}” is not known here."), f"files: {member}")
        found = ForeignMap(
            include=self._include(),
            headings=dict(self._headings()),
            rest=self._rest(),
            defaults=self._for_fields("defaults"),
            not_applicable={id: str(reason) for id, reason in self._for_fields("not_applicable").items()},
            source=self._text("source"),
            language=self._text("language") or None,
            licence=self._text("licence") or None,
            credit_of_files=str(files.get("credit") or ""),
            licence_of_files=str(files.get("licence") or ""),
        )
        self._check_reasons(found)
        return found

    def _fault(self, sentence: str, name: str) -> None:
        self.faults.append(sentence.format(name=name[:100]))

    def _check_type(self) -> None:
        if self._text("type") not in ("", self._type.name):
            self._fault(_("The map is for pages of the type “{name}”."), self._text("type"))

    def _text(self, member: str) -> str:
        value = self._members.get(member)
        if value is not None and not isinstance(value, str):
            self._fault(_("“{name}” is not a text."), member)
        return value if isinstance(value, str) else ""

    def _mapping(self, member: str) -> Mapping[str, object]:
        value = self._members.get(member)
        if value is not None and not isinstance(value, dict):
            self._fault(_("“{name}” is not a list of names and values."), member)
        return value if isinstance(value, dict) else {}

    def _names(self, member: str, value: object) -> tuple[str, ...]:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            self._fault(_("“{name}” is neither a text nor a list of texts."), member)
            return ()
        return tuple(listed)

    def _include(self) -> tuple[str, ...]:
        patterns = self._names("include", self._members.get("include", "**/*.md"))
        for pattern in patterns:
            if pattern.startswith("/") or "\\" in pattern or ".." in pattern.split("/"):
                self._fault(_("“{name}” in include leads out of the folder."), pattern)
        return patterns

    def _headings(self) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for heading, id in self._heading_pairs():
            key = heading_key(heading)
            if key in seen:
                self._fault(_("The heading “{name}” stands twice."), heading)
            seen.add(key)
            if self._takes_a_section(id):
                yield key, id

    def _heading_pairs(self) -> Iterator[tuple[str, str]]:
        """Heading and field; written as `heading: field`, or as `field: [heading, heading]`."""
        for name in self._names(TITLE, self._members.get(TITLE, [])):
            yield name, TITLE
        for name, value in self._mapping("headings").items():
            if isinstance(value, str) and (value in self._type.fields or name not in self._type.fields):
                yield name, value
            elif name in self._type.fields:
                yield from ((heading, name) for heading in self._names(f"headings: {name}", value))
            else:
                self._fault(_("“{name}” leads to no field."), f"headings: {name}")

    def _takes_a_section(self, id: str) -> bool:
        field = self._type.fields.get(id)
        if field is None:
            self._fault(_("There is no field “{name}” in this page type."), id)
        elif field.kind != "md" and field.kind not in _ONE_LINE_KINDS:
            self._fault(_("The field “{name}” cannot be filled from a section."), id)
        return field is not None

    def _rest(self) -> str | None:
        rest = self._text("rest") or None
        if rest and (rest not in self._type.fields or self._type.field(rest).kind != "md"):
            self._fault(_("“{name}” cannot take the rest: it is no Markdown field."), rest)
            return None
        return rest

    def _for_fields(self, member: str) -> dict[str, object]:
        values = self._mapping(member)
        for id in values:
            if id not in self._type.fields:
                self._fault(_("There is no field “{name}” in this page type."), id)
        return dict(values)

    def _check_reasons(self, found: ForeignMap) -> None:
        for id, reason in self._mapping("not_applicable").items():
            if not isinstance(reason, str) or not reason.strip():
                self._fault(_("“{name}” needs a reason."), f"not_applicable: {id}")
        for id in sorted(found.not_applicable.keys() & found.defaults.keys()):
            self._fault(_("“{name}” has a default and is not applicable."), id)
