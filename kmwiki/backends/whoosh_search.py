"""Search by Whoosh, in a folder that the worker writes and every process reads.

Whoosh has one writer per index, so only the worker may put, delete, tidy and replace.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

from whoosh.index import FileIndex, LockError
from whoosh.reading import IndexReader
from whoosh.writing import IndexWriter

from kmwiki.backends import whoosh_merging
from kmwiki.backends.query_words import clauses_of, marked_terms, parts_of
from kmwiki.backends.search import SearchAnswer, SearchDocument, SearchQuery
from kmwiki.backends.spelling import suggest
from kmwiki.backends.whoosh_folder import DAMAGE, IndexFolder, unavailable
from kmwiki.backends.whoosh_postings import BlockCodec, can_be_read
from kmwiki.backends.whoosh_query import Hits
from kmwiki.backends.whoosh_reading import IndexReading, OpenIndex
from kmwiki.backends.whoosh_schema import Card, whoosh_document
from kmwiki.backends.whoosh_tables import cards

log = logging.getLogger(__name__)

# Documents, and words of bodies, that are looked at in each segment to see whether it can be read.
_PROBES = 6


class WhooshSearch:
    """A SearchBackend in a folder.

    replace_all() makes the folder; the worker calls it on finding healthy() false. Until then there is no
    index, and an empty one is never made in passing: it would hide that everything is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = IndexFolder(folder)
        self._reading = IndexReading(self._folder)

    def put(self, documents: Iterable[SearchDocument]) -> None:
        latest = {document.id: whoosh_document(document) for document in documents}
        if latest:
            self._commit(latest, latest.values())

    def delete(self, ids: Iterable[str]) -> None:
        if gone := list(ids):
            self._commit(gone, ())

    def search(self, query: SearchQuery) -> SearchAnswer:
        return self._reading.read(lambda opened: _answer(opened, query))

    def all_ids(self) -> set[str]:
        return self._reading.read(lambda opened: set(_ids(opened.reader)))

    def replace_all(self, documents: Iterable[SearchDocument]) -> None:
        def fill(index: FileIndex) -> None:
            with _writing(index, whoosh_merging.few) as writer:
                for document in documents:
                    writer.add_document(**whoosh_document(document))

        with self._folder.locked():
            self._folder.replace(fill)

    def tidy(self, documents: int = 20) -> None:
        with self._changing(whoosh_merging.up_to(documents)):
            log.debug("tidying search index documents<=%d", documents)

    def healthy(self) -> bool:
        """Looks at samples of every segment; damage between them shows once a search has met it."""
        try:
            build = self._folder.current()
            if self._folder.is_suspect(build):
                return False
            _probe(self._folder.open(build))
        except DAMAGE as error:
            log.warning("search index is not healthy: %r", error)
            return False
        return True

    def _commit(self, ids: Iterable[str], documents: Iterable[Mapping[str, object]]) -> None:
        """Take out the ids and add the documents, in one commit."""
        with self._changing(whoosh_merging.few) as writer:
            for one in ids:
                writer.delete_by_term("id", one)
            for document in documents:
                writer.add_document(**document)

    @contextmanager
    def _changing(self, policy: whoosh_merging.Policy) -> Iterator[IndexWriter]:
        """A writer for the current build, which is looked at first: nothing is added to what is damaged."""
        with self._folder.locked():
            try:
                index = self._folder.open(self._folder.current())
                _probe(index)
                with _writing(index, policy) as writer:
                    yield writer
            except (*DAMAGE, LockError) as error:
                raise unavailable() from error


@contextmanager
def _writing(index: FileIndex, policy: whoosh_merging.Policy) -> Iterator[IndexWriter]:
    """A writer that commits at the end, or leaves everything as it was."""
    # compound=False: from one compound file every reader would copy the whole index into its memory.
    writer = index.writer(compound=False, codec=BlockCodec())
    try:
        yield writer
    except BaseException:
        with suppress(*DAMAGE):
            writer.cancel()
        raise
    writer.commit(mergetype=policy)


def _ids(reader: IndexReader) -> Iterator[str]:
    for number in reader.all_doc_ids():
        yield str(reader.stored_fields(number)["id"])


def _answer(opened: OpenIndex, query: SearchQuery) -> SearchAnswer:
    clauses = clauses_of(parts_of(query.words), opened.languages)
    hits = Hits(opened.segments, clauses, query.active_filters)
    return SearchAnswer(
        total=hits.total,
        ids=hits.ids(query),
        facets=hits.facets(),
        terms=marked_terms(clauses),
        suggestion=None if hits.total else _suggestion(opened, query),
    )


def _suggestion(opened: OpenIndex, query: SearchQuery) -> str | None:
    vocabulary: Counter[str] = Counter()
    for segment in opened.segments:
        vocabulary.update(segment.tables.spelling(segment.reader))

    def finds(words: str, filters: Mapping[str, frozenset[str]]) -> bool:
        clauses = clauses_of(parts_of(words), opened.languages)
        return Hits(opened.segments, clauses, filters).total > 0

    return suggest(query, vocabulary, finds)


def _probe(index: FileIndex) -> None:
    """Read samples from all files of every segment; raises a member of DAMAGE where one is unreadable."""
    reader: IndexReader = index.reader()  # type: ignore[no-untyped-call]
    try:
        for leaf, _ in reader.leaf_readers():
            if leaf.doc_count():
                _probe_segment(leaf)
    finally:
        reader.close()


def _probe_segment(leaf: IndexReader) -> None:
    column, size = cards(leaf), leaf.doc_count_all()
    for document in range(0, size, max(1, size // _PROBES)):
        Card.from_bytes(column[document])
        stored_id = leaf.stored_fields(document)["id"]
        if not leaf.is_deleted(document) and not can_be_read(leaf, "id", stored_id):
            raise ValueError("a stored id is not among the terms")
    for text in islice(leaf.lexicon("body"), _PROBES):
        can_be_read(leaf, "body", text.decode())
