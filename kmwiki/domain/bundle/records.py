"""What a bundle holds, as values. Ids are UUIDs as text, times are in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kmwiki.domain.content import Content


@dataclass(frozen=True)
class Origin:
    """The site that first published a revision."""

    site_id: str
    site_name: str


@dataclass(frozen=True)
class PublicationRecord:
    """How a revision was first published, and by whom; every import keeps it. Names are only words."""

    origin: Origin
    number: int
    published_at: datetime
    approved_by: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True)
class BundledRevision:
    """One published revision. `content` is None exactly if it is hidden: then only its digest is known."""

    id: str
    digest: str
    content: Content | None
    publication: PublicationRecord
    hidden: bool = False


@dataclass(frozen=True)
class BundledPage:
    """A published page: its current revision and, with history, the earlier ones, newest first.

    `ancestors` are the ids of all earlier published revisions, newest first, also of those that are not here.
    `row_counter` is the highest number given to a row, `row_aliases` maps ids of rows that were renumbered.
    """

    id: str
    slug: str
    type: str
    edition: int
    depth: str
    current: BundledRevision
    history: tuple[BundledRevision, ...] = ()
    ancestors: tuple[str, ...] = ()
    row_counter: int = 0
    row_aliases: Mapping[str, str] = field(default_factory=dict)
    old_slugs: tuple[str, ...] = ()

    @property
    def revisions(self) -> tuple[BundledRevision, ...]:
        """All that the bundle holds, newest first."""
        return (self.current, *self.history)


@dataclass(frozen=True)
class Withdrawn:
    """A page that its site archived or removed, and the last revision that was published of it."""

    id: str
    revision: str
    when: datetime


@dataclass(frozen=True)
class BundledFile:
    """Bytes in a bundle; `path` begins with "data/files/"."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Bundle:
    """What is to be written: pages in the order of type and slug, which may come one after another."""

    pages: Iterable[BundledPage]
    withdrawn: tuple[Withdrawn, ...] = ()
