"""The content of a revision: everything that is reviewed, and nothing else.

No author, time, slug or site: two revisions with the same content have the same digest wherever they are.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import rfc8785

from kmwiki.domain.json_shape import Members


@dataclass(frozen=True)
class FileEntry:
    """A file of the page: its name and what must be known before it may be shown. The bytes are elsewhere.

    `licence` is "" where it is that of the page. `consent` is a code of the vocabulary consent, "" where
    nobody has been asked yet.
    """

    name: str
    sha256: str
    media_type: str
    alt: str = ""
    credit: str = ""
    licence: str = ""
    consent: str = ""

    def to_json(self) -> dict[str, object]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: object) -> FileEntry:
        members = Members(data, "file")
        return cls(
            name=members.text("name"),
            sha256=members.text("sha256"),
            media_type=members.text("media_type"),
            alt=members.text("alt"),
            credit=members.text("credit"),
            licence=members.text("licence"),
            consent=members.text("consent"),
        )


@dataclass(frozen=True)
class Content:
    """What a page says in one revision; `fields` holds stored values only, links by id."""

    type: str
    edition: int
    language: str
    licence: str
    fields: Mapping[str, object]
    translation_of: str | None = None
    replaces: str | None = None
    topics: tuple[str, ...] = ()
    files: tuple[FileEntry, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "type": self.type,
            "edition": self.edition,
            "language": self.language,
            "licence": self.licence,
            "translation_of": self.translation_of,
            "replaces": self.replaces,
            "topics": list(self.topics),
            "fields": dict(self.fields),
            "files": [file.to_json() for file in self.files],
        }

    @classmethod
    def from_json(cls, data: object) -> Content:
        """Read what to_json() gave; raises ValueError naming the member that is at fault."""
        members = Members(data, "revision")
        return cls(
            type=members.text("type"),
            edition=members.number("edition"),
            language=members.text("language"),
            licence=members.text("licence"),
            fields=members.mapping("fields"),
            translation_of=members.text_or_none("translation_of"),
            replaces=members.text_or_none("replaces"),
            topics=tuple(members.texts("topics")),
            files=tuple(FileEntry.from_json(entry) for entry in members.items("files")),
        )

    def canonical(self) -> bytes:
        """The RFC 8785 form: one content, one sequence of bytes."""
        return canonical_json(self.to_json())

    def digest(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def replace(self, **changes: object) -> Content:
        """The same content but for these members."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]


def canonical_json(value: object) -> bytes:
    """The RFC 8785 form of a JSON value.

    Where numbers are whole and small and all names are ASCII, which is so for nearly every page, the standard
    library writes the same bytes many times faster; a property test holds the two equal.
    """
    if _is_plain(value):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and name.isascii() and _is_plain(item) for name, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, str) or (isinstance(value, int) and abs(value) < 2**53)
