"""The content of a revision: everything that is reviewed, and nothing else.

No author, time, slug or site: two revisions with the same content have the same digest wherever they are.
"""

from __future__ import annotations

import dataclasses
import hashlib
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
        return rfc8785.dumps(self.to_json())  # type: ignore[arg-type]

    def digest(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def replace(self, **changes: object) -> Content:
        """The same content but for these members."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]
