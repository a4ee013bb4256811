"""Reading the YAML files that describe types and vocabularies: every fault is collected, with its place.

The YAML is a plain subset: no aliases, tags or duplicate keys, and only `true` and `false` are truth values
(so that the country `NO` stays a text).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import yaml

from kmwiki.domain.words import Words


class DataFaults:
    """The faults found so far, as (file, field, fault)."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []

    def add(self, file: str, field: str, fault: str) -> None:
        self.found.append((file, field, fault))


class Node:
    """A mapping in a data file, read member by member.

    A member that is missing or has the wrong shape becomes a fault and an empty value, so that reading goes
    on and finds the others. `place` is the field the node is about, "" for the file as a whole.
    """

    def __init__(self, data: object, file: str, place: str, faults: DataFaults) -> None:
        self.file = file
        self.place = place
        self.faults = faults
        self._members: dict[str, object] = {}
        self._read: set[str] = set()
        if isinstance(data, dict):
            self._members = {str(name): value for name, value in data.items()}
        else:
            self.fault("is not a mapping of names to values")

    def fault(self, fault: str, member: str = "") -> None:
        where = self.place or member or "file"
        self.faults.add(self.file, where, f"{member}: {fault}" if member and self.place else fault)

    def has(self, name: str) -> bool:
        return self._members.get(name) is not None

    def value(self, name: str) -> object:
        """The member as it stands, None where it is missing."""
        self._read.add(name)
        return self._members.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty; compulsory unless there is a default."""
        value = self.value(name)
        if value is None and default is not None:
            return default
        if value is None:
            self.fault("is missing", name)
        elif not isinstance(value, str) or not value.strip():
            self.fault("is not a text", name)
        return value if isinstance(value, str) else ""

    def code(self, name: str) -> str:
        """A text, or a number that stands for one, such as a sector code."""
        if isinstance(number := self._members.get(name), int):
            self._members[name] = str(number)
        return self.text(name)

    def one_of(self, name: str, known: Sequence[str]) -> str:
        """A compulsory text out of these; "" for any other."""
        value = self.text(name)
        if value in known:
            return value
        self.fault(f"is none of {', '.join(known)}", name)
        return ""

    def number(self, name: str, least: int = 0) -> int | None:
        value = self.value(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.fault(f"is not a whole number from {least} on", name)
            return None
        return value

    def truth(self, name: str) -> bool:
        value = self.value(name)
        if value is not None and not isinstance(value, bool):
            self.fault("is neither true nor false", name)
        return value is True

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self.value(name)
        listed = [value] if isinstance(value, str) else [] if value is None else value
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            self.fault("is not a list of texts", name)
            return ()
        return tuple(listed)

    def words(self, name: str) -> Words:
        """Compulsory words, in English at least."""
        words = self.words_or_none(name)
        if words is None and not self.has(name):
            self.fault("is missing", name)
        return words or Words({})

    def words_or_none(self, name: str) -> Words | None:
        value = self.value(name)
        if value is None:
            return None
        if not isinstance(value, dict) or not _are_texts(value):
            self.fault("is not a mapping of languages to texts", name)
            return None
        if "en" not in value:
            self.fault("the English words are missing", name)
        return Words(value)

    def node(self, name: str) -> Node | None:
        value = self.value(name)
        return None if value is None else Node(value, self.file, self.place or name, self.faults)

    def nodes(self, name: str, key: str = "id") -> Iterator[Node]:
        """The mappings of a list; the place of each is its own key, after that of this node."""
        value = self.value(name)
        if value is not None and not isinstance(value, list):
            self.fault("is not a list", name)
            return
        for position, item in enumerate(value or (), start=1):
            own = str(item.get(key, "")) if isinstance(item, dict) else ""
            place = ".".join(part for part in (self.place, own or f"{name} {position}") if part)
            yield Node(item, self.file, place, self.faults)

    def rest(self) -> dict[str, object]:
        """The members that nobody has asked for."""
        return {name: value for name, value in self._members.items() if name not in self._read}

    def refuse_rest(self) -> None:
        for name in self.rest():
            self.fault("is not known here", name)


def read_node(path: Path, file: str, faults: DataFaults) -> Node | None:
    """The file's mapping, or None with a fault if the file cannot be read; `file` is its name in faults."""
    try:
        text = path.read_bytes().decode("utf-8")
        return Node(_load(text), file, "", faults)
    except (OSError, UnicodeDecodeError) as error:
        faults.add(file, "file", f"cannot be read: {error}")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "file"
        faults.add(file, line, str(getattr(error, "problem", None) or error))
    return None


def _are_texts(value: Mapping[object, object]) -> bool:
    return all(isinstance(item, str) and item.strip() for pair in value.items() for item in pair)


def _load(text: str) -> object:
    for event in yaml.parse(text, Loader=_Loader):
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _refusal("aliases and tags are not allowed", event)
    return yaml.load(text, Loader=_Loader)


def _refusal(problem: str, where: yaml.Event | yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=cast("yaml.Mark", where.start_mark))


class _Loader(yaml.CSafeLoader):
    """The safe loader of libyaml with fewer surprises."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node)
            if key in seen:
                raise _refusal(f"the key “{key}” stands twice", key_node)
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))
