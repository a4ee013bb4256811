"""Page types, contents and bundles that the tests of bundles share."""

import dataclasses
import hashlib
import io
from datetime import UTC, datetime
from uuid import UUID, uuid5

from hypothesis import strategies as st

from kmwiki.domain.bundle.records import BundledPage, BundledRevision, Origin, PublicationRecord
from kmwiki.domain.content import Content, FileEntry
from kmwiki.domain.page_type import Field, PageType, Section
from kmwiki.domain.words import Words
from kmwiki.errors import UnknownPageType

SITE = UUID("00000000-0000-7000-8000-000000000000")
ORIGIN = Origin(str(SITE), "Wiki of the river basin")
PICTURE = b"\x89PNG\r\n\x1a\n" + b"pump" * 20
OLD_PICTURE = b"\x89PNG\r\n\x1a\n" + b"well" * 20


def field(id: str, kind: str, *columns: str) -> Field:
    labels = Words({"en": f"About {id}", "fr": f"Sur {id}"})
    return Field(id, kind, labels, columns=tuple(field(column, "text") for column in columns))


def page_type(name: str = "tip", edition: int = 1) -> PageType:
    fields = (
        field("title", "text"),
        field("summary", "text"),
        field("practice", "md"),
        field("steps", "rows", "what", "who"),
        field("limits", "md"),
        field("level", "choice"),
    )
    words = Words({"en": name})
    section = Section("short", words, fields)
    source = f"type: {name}\nedition: {edition}\n"
    digest = hashlib.sha256(source.encode()).hexdigest()
    return PageType(name, edition, digest, words, words, words, "plain", (section,), source)


class Types:
    """The page types of a site, as bundles ask for them."""

    def __init__(self, *page_types: PageType) -> None:
        self._types = {(known.name, known.edition): known for known in page_types or (page_type(),)}

    def get(self, name: str, edition: int | None = None) -> PageType:
        if (name, edition) not in self._types:
            raise UnknownPageType(name)
        return self._types[name, edition]


def content(**changes: object) -> Content:
    fields = {
        "title": "Keeping a store of spare parts",
        "summary": "A box, a key, a book.",
        "practice": "Choose a *keeper*.\n\n![Pump](pump.png)\n",
        "steps": [{"id": "r1", "uid": str(uuid5(SITE, "r1")), "what": "Buy a box", "who": "Treasurer"}],
        "level": "local",
    }
    whole = Content("tip", 1, "en", "CC-BY-4.0", fields, files=(file_entry("pump.png", PICTURE),))
    return whole.replace(**changes)


def file_entry(name: str, data: bytes) -> FileEntry:
    return FileEntry(name, sha256(data), "image/png", alt="A pump")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def record(number: int = 1, day: int = 1) -> PublicationRecord:
    moment = datetime(2026, 3, day, 12, 30, 15, 250, UTC)
    return PublicationRecord(ORIGIN, number, moment, ("Maria Nkosi",), ("Tomás Ruiz", "Ana"))


def revision(name: str, said: Content | None, number: int = 1, day: int = 1) -> BundledRevision:
    digest = said.digest() if said else "0" * 64
    return BundledRevision(str(uuid5(SITE, name)), digest, said, record(number, day), hidden=said is None)


def page(slug: str = "spare-parts", **changes: object) -> BundledPage:
    current = revision(f"{slug} now", content(), 3, 20)
    whole = BundledPage(str(uuid5(SITE, slug)), slug, "tip", 1, "short", current, row_counter=7)
    return dataclasses.replace(whole, **changes)  # type: ignore[arg-type]


def page_with_history(slug: str = "spare-parts") -> BundledPage:
    older = content(fields={"title": "Spare parts"}, files=(file_entry("pump.png", OLD_PICTURE),))
    history = (revision(f"{slug} 2", None, 2, 10), revision(f"{slug} 1", older, 1, 5))
    earlier = (*(one.id for one in history), str(uuid5(SITE, "elsewhere")))
    return page(slug, history=history, ancestors=earlier, row_aliases={"r2": "r9"}, old_slugs=("box-of-parts",))


BLOBS = {sha256(data): data for data in (PICTURE, OLD_PICTURE)}


def open_blob(digest: str) -> io.BytesIO:
    return io.BytesIO(BLOBS[digest])


# What a person may store: no control characters but tab and newline, no U+0085, no half of a pair.
STORED = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n")
TEXTS = st.text(STORED, max_size=40)
LINES = st.sampled_from(
    [
        *("<!-- field: practice -->", "<!-- \\field: practice -->", "<!-- field: x --> ", "<!-- field: -->"),
        *("---", "# a", "## About limits", "", " ", "\t", "a  ", "```", "...", "- a", "\ufeff", "\u2028"),
    ]
)
MARKDOWN = st.lists(LINES | TEXTS, max_size=6).map("\n".join)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "practice": MARKDOWN | st.fixed_dictionaries({"not_applicable": TEXTS}),
        "limits": MARKDOWN,
        "steps": st.lists(st.dictionaries(st.sampled_from(["id", "uid", "what", "who", "odd"]), TEXTS), max_size=3),
        "level": JSON,
        "_kept": st.dictionaries(TEXTS, JSON, max_size=3),
    },
)
FILES = st.builds(FileEntry, *([TEXTS] * 7))
CONTENTS = st.builds(
    Content,
    type=st.just("tip"),
    edition=st.just(1),
    language=st.sampled_from(["en", "fr", "pt-BR", "no"]),
    licence=TEXTS,
    fields=FIELDS,
    translation_of=st.none() | st.uuids().map(str),
    replaces=st.none() | st.uuids().map(str),
    topics=st.lists(TEXTS, max_size=3).map(tuple),
    files=st.lists(FILES, max_size=2).map(tuple),
)
