"""data/bundle.json: what the bundle holds and where, all but the contents themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from kmwiki.domain.bundle.records import Origin, PublicationRecord, Withdrawn
from kmwiki.domain.json_shape import Members
from kmwiki.i18n import gettext as _

FORMAT = "kmwiki-bundle"
VERSION = 1
PATH = "data/bundle.json"
T = TypeVar("T")
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_TIME_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NOT_A_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MAX_NAME = 300
_MAX_NAMES = 200


@dataclass(frozen=True)
class FilePlace:
    """Where the bundle holds the bytes of a file that a revision names."""

    name: str
    sha256: str
    path: str


@dataclass(frozen=True)
class RevisionEntry:
    """A revision without its content; `path` is "" if it is hidden."""

    id: str
    digest: str
    publication: PublicationRecord
    hidden: bool
    path: str
    files: tuple[FilePlace, ...]


@dataclass(frozen=True)
class PageEntry:
    """A page without its contents."""

    id: str
    slug: str
    type: str
    edition: int
    depth: str
    licence: str
    current: RevisionEntry
    history: tuple[RevisionEntry, ...]
    ancestors: tuple[str, ...]
    row_counter: int
    row_aliases: Mapping[str, str]
    old_slugs: tuple[str, ...]

    @property
    def revisions(self) -> tuple[RevisionEntry, ...]:
        return (self.current, *self.history)


@dataclass(frozen=True)
class TypeEntry:
    """A page type that the bundle uses; `digest` is that of the PageType."""

    type: str
    edition: int
    digest: str

    @property
    def path(self) -> str:
        return f"data/types/{self.type}.{self.edition}.yaml"


@dataclass(frozen=True)
class Index:
    pages: tuple[PageEntry, ...]
    types: tuple[TypeEntry, ...]
    withdrawn: tuple[Withdrawn, ...]


def page_path(type: str, slug: str) -> str:
    return f"data/pages/{type}/{slug}.md"


def history_path(type: str, slug: str, number: int) -> str:
    return f"data/pages/{type}/{slug}/history/{number}.md"


def page_line(entry: PageEntry) -> str:
    """The page as one line of JSON."""
    return _line(
        {
            "id": entry.id,
            "slug": entry.slug,
            "type": entry.type,
            "edition": entry.edition,
            "depth": entry.depth,
            "licence": entry.licence,
            **_revision_json(entry.current),
            "ancestors": list(entry.ancestors),
            "history": [_revision_json(one) for one in entry.history],
            "row_counter": entry.row_counter,
            "row_aliases": dict(sorted(entry.row_aliases.items())),
            "old_slugs": sorted(entry.old_slugs),
        }
    )


def write_index(page_lines: Sequence[str], types: Iterable[TypeEntry], withdrawn: Iterable[Withdrawn]) -> str:
    """The whole file; each page, type and withdrawn page is one line, so that two bundles compare well."""
    type_lines = [_line({"type": one.type, "edition": one.edition, "digest": one.digest}) for one in types]
    withdrawn_lines = [
        _line({"id": one.id, "revision": one.revision, "when": time_text(one.when)}) for one in withdrawn
    ]
    return (
        f'{{\n"format": "{FORMAT}",\n"version": {VERSION},\n"pages": {_lines(page_lines)},\n'
        f'"types": {_lines(type_lines)},\n"withdrawn": {_lines(withdrawn_lines)}\n}}\n'
    )


def read_index(text: str, faults: list[str]) -> Index:
    """What the file says; what cannot be read is left out and becomes a fault."""
    try:
        whole = _only(_load(text), "format version pages types withdrawn")
        if whole.text("format") != FORMAT or whole.number("version") != VERSION:
            raise ValueError(_("This is not version {number} of the format.").format(number=VERSION))
        return Index(
            pages=tuple(_each(whole.items("pages"), _page, "page", faults)),
            types=tuple(_each(whole.items("types"), _type, "type", faults)),
            withdrawn=tuple(_each(whole.items("withdrawn"), _withdrawn, "withdrawn", faults)),
        )
    except ValueError as error:
        faults.append(f"{PATH}: {error}")
        return Index((), (), ())


def time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_TIME)


def _revision_json(entry: RevisionEntry) -> dict[str, object]:
    record = entry.publication
    return {
        "revision": entry.id,
        "digest": entry.digest,
        "publication": {
            "origin": {"site_id": record.origin.site_id, "site_name": record.origin.site_name},
            "number": record.number,
            "published_at": time_text(record.published_at),
            "approved_by": list(record.approved_by),
            "authors": list(record.authors),
        },
        "hidden": entry.hidden,
        "path": entry.path,
        "files": [{"name": one.name, "sha256": one.sha256, "path": one.path} for one in entry.files],
    }


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(lines: Sequence[str]) -> str:
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def _load(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError(_("The file is nested too deep.")) from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(_("A name stands twice in one object."))
    return members


def _refuse_constant(word: str) -> object:
    raise ValueError(_("“{word}” is no number.").format(word=word))


def _each(items: Iterable[object], read: Callable[[object], T], what: str, faults: list[str]) -> Iterable[T]:
    for number, item in enumerate(items, start=1):
        try:
            yield read(item)
        except ValueError as error:
            name = item.get("slug", item.get("id", "")) if isinstance(item, dict) else ""
            faults.append(f"{PATH}: {what} {number} ({str(name)[:80]!a}): {error}")


def _only(data: object, names: str) -> Members:
    members = Members(data, "object")
    if isinstance(data, dict) and (unknown := sorted(data.keys() - set(names.split()))):
        raise ValueError(_("“{name}” is not known here.").format(name=unknown[0][:80]))
    return members


_REVISION = "revision digest publication hidden path files"


def _page(data: object) -> PageEntry:
    page = _only(
        data,
        f"id slug type edition depth licence {_REVISION} ancestors history row_counter row_aliases old_slugs",
    )
    aliases = page.mapping("row_aliases")
    return PageEntry(
        id=_shaped(_UUID, page.text("id"), "id"),
        slug=page.text("slug"),
        type=page.text("type"),
        edition=page.number("edition"),
        depth=page.text("depth"),
        licence=page.text("licence"),
        current=_revision_of(page),
        history=tuple(_revision_of(_only(item, _REVISION)) for item in page.items("history")),
        ancestors=tuple(_shaped(_UUID, id, "ancestors") for id in page.texts("ancestors")),
        row_counter=_at_least(0, page.number("row_counter"), "row_counter"),
        row_aliases={_name(old, "row_aliases"): _name(new, "row_aliases") for old, new in aliases.items()},
        old_slugs=tuple(page.texts("old_slugs")),
    )


def _revision_of(data: Members) -> RevisionEntry:
    return RevisionEntry(
        id=_shaped(_UUID, data.text("revision"), "revision"),
        digest=_shaped(_SHA256, data.text("digest"), "digest"),
        publication=_publication(data.mapping("publication")),
        hidden=data.truth("hidden"),
        path=data.text("path"),
        files=tuple(_file(item) for item in data.items("files")),
    )


def _publication(data: object) -> PublicationRecord:
    record = _only(data, "origin number published_at approved_by authors")
    origin = _only(record.mapping("origin"), "site_id site_name")
    return PublicationRecord(
        Origin(_shaped(_UUID, origin.text("site_id"), "site_id"), _name(origin.text("site_name"), "site_name")),
        _at_least(1, record.number("number"), "number"),
        _time(record.text("published_at")),
        _names(record.texts("approved_by"), "approved_by"),
        _names(record.texts("authors"), "authors"),
    )


def _file(data: object) -> FilePlace:
    file = _only(data, "name sha256 path")
    return FilePlace(file.text("name"), _shaped(_SHA256, file.text("sha256"), "sha256"), file.text("path"))


def _type(data: object) -> TypeEntry:
    entry = _only(data, "type edition digest")
    return TypeEntry(entry.text("type"), entry.number("edition"), _shaped(_SHA256, entry.text("digest"), "digest"))


def _withdrawn(data: object) -> Withdrawn:
    entry = _only(data, "id revision when")
    id, revision = _shaped(_UUID, entry.text("id"), "id"), _shaped(_UUID, entry.text("revision"), "revision")
    return Withdrawn(id, revision, _time(entry.text("when")))


def _shaped(shape: re.Pattern[str], text: str, what: str) -> str:
    if not shape.fullmatch(text):
        raise ValueError(_("{name} has not the right shape.").format(name=what))
    return text


def _at_least(least: int, number: int, what: str) -> int:
    if not least <= number < 2**31:
        raise ValueError(_("{name} has not the right shape.").format(name=what))
    return number


def _time(text: str) -> datetime:
    return datetime.strptime(_shaped(_TIME_SHAPE, text, "time"), _TIME).replace(tzinfo=UTC)


def _name(text: object, what: str) -> str:
    if not isinstance(text, str) or len(text) > _MAX_NAME or _NOT_A_NAME.search(text):
        raise ValueError(_("{name} has not the right shape.").format(name=what))
    return text


def _names(texts: Sequence[str], what: str) -> tuple[str, ...]:
    if len(texts) > _MAX_NAMES:
        raise ValueError(_("{name} has not the right shape.").format(name=what))
    return tuple(_name(text, what) for text in texts)
