"""What the Whoosh index holds of a document: words, a card, the id. No text: excerpts come from the database.

The card is a JSON object with all that is needed of every document at once (facets, date, depth, length,
title to sort by), in a column of its own: one read a document when a segment is opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whoosh import columns, fields, formats

from kmwiki.backends.analysis import WORD, forms_of, title_key
from kmwiki.backends.search import SearchDocument
from kmwiki.backends.spelling import spelled_words
from kmwiki.backends.whoosh_postings import packed

Posting = tuple[bytes, int, float, bytes]


class Words(fields.FieldType):
    """A field that is given its postings ready: Whoosh's analysers cannot know a document's language."""

    def __init__(self, with_places: bool) -> None:
        self.format = formats.Positions() if with_places else formats.Existence()
        self.analyzer = None
        self.scorable = False  # the length of a body is on the card
        self.stored = False
        self.unique = False
        self.vector = None
        self.column_type = None

    def index(self, value: Iterable[Posting], **kwargs: object) -> Iterator[Posting]:  # type: ignore[override]
        """The postings as they were made; Whoosh gives no keywords here."""
        return iter(value)


def schema() -> fields.Schema:
    """The fields of the index."""
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        title=Words(with_places=True),
        lead=Words(with_places=True),
        body=Words(with_places=True),
        title_key=fields.ID(),
        spelling=Words(with_places=False),
        card=fields.COLUMN(columns.VarBytesColumn()),  # type: ignore[no-untyped-call]
    )


@dataclass(frozen=True)
class Card:
    """What a segment's tables take from a document."""

    language: str
    published: float
    depth: str
    body_words: int
    title: str
    facets: dict[str, list[str]]

    def to_bytes(self) -> bytes:
        return json.dumps(list(self.__dict__.values()), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Card:
        return cls(*json.loads(stored))


def whoosh_document(document: SearchDocument) -> dict[str, object]:
    """The values of the fields for one document."""
    words = {name: forms_of(WORD.findall(text), document.language) for name, text in document.texts.items()}
    key = title_key(document.title)
    card = Card(
        language=document.language,
        published=document.published_seconds,
        depth=document.depth,
        body_words=len(words["body"]),
        title=key,
        facets={name: list(values) for name, values in document.all_facets.items()},
    )
    spelled = spelled_words(f"{document.title}\n{document.questions}")
    return {
        "id": document.id,
        **{name: _postings(forms) for name, forms in words.items()},
        "title_key": key,
        "spelling": [(word.encode(), 1, 1.0, b"") for word in spelled],
        "card": card.to_bytes(),
    }


def _postings(words: list[tuple[str, ...]]) -> list[Posting]:
    places: dict[str, list[int]] = {}
    for place, forms in enumerate(words):
        for form in forms:
            if form in places:
                places[form].append(place)
            else:
                places[form] = [place]
    return [(form.encode(), len(found), float(len(found)), packed(found)) for form, found in places.items()]
