"""Reading a site's own words and levels for the fields of a page type from `<type>/site.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kmwiki.domain.data_file import DataFaults, Node, read_node
from kmwiki.domain.page_type import PageType
from kmwiki.domain.site_words import ALWAYS_ASKED, LEVELS, WORDS, FieldWords, LooseEnd, loose_ends, with_words

#: The file beside the editions of a type; it is none of them.
SITE_FILE = "site.yaml"


def read_site_words(
    page_types: Sequence[PageType], folders: Sequence[Path], faults: DataFaults
) -> dict[str, dict[str, FieldWords]]:
    """What the files of all folders say, by type and field."""
    newest = {found.name: found for found in sorted(page_types, key=lambda found: found.edition)}
    said: dict[str, dict[str, FieldWords]] = {}
    for name, node in _files(folders, faults):
        if name not in newest:
            node.fault(f"there is no page type “{name}”")
            continue
        found = dict(_read(node, newest[name]))
        said.setdefault(name, {}).update(found)
        for loose in loose_ends(with_words(newest[name], found)):
            faults.add(node.file, loose.hidden, _loose_end(loose))
    return said


def _loose_end(loose: LooseEnd) -> str:
    if loose.names_rows:
        return f"is hidden, but “{loose.asked}” names its rows: hide that too"
    return f"is hidden, but whether “{loose.asked}” is needed hangs on it: hide that too"


def _files(folders: Sequence[Path], faults: DataFaults) -> Iterator[tuple[str, Node]]:
    for path in (path for folder in folders for path in sorted(folder.glob(f"*/{SITE_FILE}"))):
        name = path.parent.name
        if name != "vocabularies" and (node := read_node(path, f"{name}/{path.name}", faults)):
            yield name, node


def _read(node: Node, page_type: PageType) -> Iterator[tuple[str, FieldWords]]:
    fields = node.node("fields")
    if fields is None:
        node.fault("is missing", "fields")
    given: Mapping[str, object] = fields.rest() if fields else {}
    for id, said in given.items():
        own = Node(said, node.file, id, node.faults)
        if id not in page_type.fields:
            own.fault(f"there is no such field in {page_type.name}, edition {page_type.edition}")
        yield id, _read_field(own)
    node.refuse_rest()


def _read_field(node: Node) -> FieldWords:
    level = node.one_of("level", LEVELS) if node.has("level") else None
    if level is not None and node.place == ALWAYS_ASKED:
        node.fault("every page has a title: its level stays", "level")
    words = {name: found for name in WORDS if (found := node.words_or_none(name))}
    node.refuse_rest()
    return FieldWords(level or None, words)
