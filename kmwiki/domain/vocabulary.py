"""Controlled vocabularies: codes are stored, labels are shown. One YAML file a vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path

from kmwiki.domain.cldr import LISTINGS, CldrWords, codes_of
from kmwiki.domain.data_file import DataFaults, Node, read_node
from kmwiki.domain.words import Words
from kmwiki.errors import PageTypeError
from kmwiki.i18n import current_language

#: The source that marks a list of our own; its entries need a meaning and an example.
OWN_SOURCE = "kmwiki"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True)
class Entry:
    """One code with what people read; `extra` is what only some vocabularies have, as in the file."""

    code: str
    label: Words
    meaning: Words | None = None
    example: Words | None = None
    other_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    code: str
    label: Words


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A list of codes; an `alphabetical` one has no order of its own, a union has that of its `parts`."""

    name: str
    label: Words
    source: str
    date: str
    groups: tuple[Group, ...]
    entries: Mapping[str, Entry]
    alphabetical: bool = False
    parts: tuple[Vocabulary, ...] = ()
    _labels: dict[str, Mapping[str, str]] = field(default_factory=dict, init=False, repr=False)
    _ordered: dict[str, list[Entry]] = field(default_factory=dict, init=False, repr=False)

    def __contains__(self, code: object) -> bool:
        return code in self.entries

    def label_of(self, code: str) -> str:
        """The label in the reader's language; a code that is no longer in the list stands for itself."""
        return self.labels(current_language()).get(code, code)

    def labels(self, language: str) -> Mapping[str, str]:
        """The label of every code in this language; looked up once, as CLDR takes its time over hundreds."""
        if language not in self._labels:
            self._labels[language] = {
                code: entry.label.in_language(language) for code, entry in self.entries.items()
            }
        return self._labels[language]

    def in_order(self, language: str) -> list[Entry]:
        """The entries as a form shows them: in the order of the file, or by label in this language."""
        if language not in self._ordered:
            self._ordered[language] = self._in_order(language)
        return self._ordered[language]

    def _in_order(self, language: str) -> list[Entry]:
        if self.parts:
            codes = dict.fromkeys(entry.code for part in self.parts for entry in part.in_order(language))
            return [self.entries[code] for code in codes]
        if self.alphabetical:
            labels = self.labels(language)
            return sorted(self.entries.values(), key=lambda entry: _unaccented(labels[entry.code]))
        return list(self.entries.values())


class Vocabularies(Mapping[str, Vocabulary]):
    """All vocabularies of a site by name."""

    def __init__(self, vocabularies: Iterable[Vocabulary] = ()) -> None:
        self._by_name = {vocabulary.name: vocabulary for vocabulary in vocabularies}
        self._unions: dict[tuple[str, ...], Vocabulary] = {}

    def __getitem__(self, name: str) -> Vocabulary:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def union(self, names: Sequence[str]) -> Vocabulary:
        """One vocabulary out of several, each in its own order; of two equal codes the first is kept."""
        key = tuple(names)
        if key not in self._unions:
            self._unions[key] = reduce(_joined, (self[name] for name in key))
        return self._unions[key]


def _unaccented(label: str) -> str:
    """What labels are sorted by: “Éthiopie” stands between “Estonie” and “Fidji”."""
    decomposed = unicodedata.normalize("NFKD", label.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def load_vocabularies(folders: Sequence[Path]) -> Vocabularies:
    """Read every vocabulary of the folders; a later folder adds entries and renames labels of an earlier one.

    Raises PageTypeError with all faults of all files.
    """
    faults = DataFaults()
    loaded: dict[str, Vocabulary] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        if node := read_node(path, path.name, faults):
            name = node.text("vocabulary")
            if name != path.stem:
                node.fault(f"does not match the name of the file, {path.stem}", "vocabulary")
            loaded[name] = _read(node, name, loaded.get(name))
    if faults.found:
        raise PageTypeError(faults.found)
    return Vocabularies(loaded.values())


def _read(node: Node, name: str, earlier: Vocabulary | None) -> Vocabulary:
    base = _extended(node, earlier) if earlier else _new(node, name)
    entries = {**base.entries, **_renamed(node, base.entries)}
    groups = {group.code for group in base.groups}
    for member in ("entries", "add"):
        seen: set[str] = set()
        for entry_node in node.nodes(member, "code"):
            entry = _entry(entry_node, entries, own=base.source == OWN_SOURCE)
            if entry.code in seen:
                entry_node.fault("stands twice", "code")
            if entry.group is not None and entry.group not in groups:
                entry_node.fault(f"there is no group “{entry.group}”", "group")
            seen.add(entry.code)
            entries[entry.code] = entry
    node.refuse_rest()
    return replace(base, entries=entries)


def _new(node: Node, name: str) -> Vocabulary:
    listing = node.text("entries_from", default="")
    return Vocabulary(
        name=name,
        label=node.words("label"),
        source=node.text("source"),
        date=node.text("date"),
        groups=_groups(node),
        entries=_from_cldr(node, listing) if listing else {},
        alphabetical=bool(listing),
    )


def _extended(node: Node, earlier: Vocabulary) -> Vocabulary:
    """A later file says only what it adds; its own source and date are for people who read the file."""
    node.text("source", default="")
    node.text("date", default="")
    label = node.words_or_none("label")
    renamed = earlier.label.renamed(label.to_json()) if label else earlier.label
    return replace(earlier, label=renamed, groups=earlier.groups + _groups(node))


def _groups(node: Node) -> tuple[Group, ...]:
    return tuple(Group(group.code("code"), group.words("label")) for group in node.nodes("groups", "code"))


def _from_cldr(node: Node, listing: str) -> dict[str, Entry]:
    if listing not in LISTINGS:
        node.fault(f"is none of {', '.join(LISTINGS)}", "entries_from")
        return {}
    codes = codes_of(listing)
    chosen = {member: node.texts(member) for member in ("only", "leave_out")}
    for member, named in chosen.items():
        for code in sorted(set(named).difference(codes)):
            node.fault(f"{listing} have no code “{code}”", member)
    kept = [code for code in chosen["only"] or codes if code not in chosen["leave_out"]]
    return {code: Entry(code, CldrWords(listing, code)) for code in kept}


def _renamed(node: Node, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries that the file's `rename` gives other labels, in the languages that it names."""
    names = node.node("rename")
    renamed: dict[str, Entry] = {}
    for code in names.rest() if names else ():
        assert names is not None
        if code not in entries:
            names.fault(f"there is no code “{code}”")
        elif label := names.words_or_none(code):
            renamed[code] = replace(entries[code], label=entries[code].label.renamed(label.to_json()))
    return renamed


def _entry(node: Node, earlier: Mapping[str, Entry], own: bool) -> Entry:
    """An entry of the file; one that is there already takes what the file says anew and keeps the rest."""
    code = node.code("code")
    if not _CODE.fullmatch(code):
        node.fault("is not made of letters, digits, dots, hyphens and underscores", "code")
    base = earlier.get(code) or Entry(code, Words({}))
    label = node.words_or_none("label") if code in earlier else node.words("label")
    entry = Entry(
        code=code,
        label=base.label.renamed(label.to_json()) if label else base.label,
        meaning=node.words_or_none("meaning") or base.meaning,
        example=node.words_or_none("example") or base.example,
        other_words=_other_words(node) or base.other_words,
        group=node.text("group", default=base.group or "") or None,
        extra={**base.extra, **node.rest()},
    )
    for member in ("meaning", "example") if own else ():
        if getattr(entry, member) is None:
            node.fault("is missing", member)
    return entry


def _other_words(node: Node) -> dict[str, tuple[str, ...]]:
    lists = node.node("other_words")
    return {language: lists.texts(language) for language in lists.rest()} if lists else {}


def _joined(first: Vocabulary, second: Vocabulary) -> Vocabulary:
    return Vocabulary(
        name=f"{first.name}+{second.name}",
        label=first.label,
        source=f"{first.source}; {second.source}",
        date=max(first.date, second.date),
        groups=first.groups + second.groups,
        entries={**second.entries, **first.entries},
        parts=(first, second),
    )
