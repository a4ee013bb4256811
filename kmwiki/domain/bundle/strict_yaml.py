"""YAML as bundles and maps use it: texts, lists, mappings, and nothing that surprises.

Reading refuses aliases, tags, duplicate keys, several documents, and what is too deep or too large. A plain
word is a text: only `true`, `false` and `null` (or nothing) mean something else, so that `no`, `012` and
`2026-03-14` stay as they are. The front matter of pages also knows numbers in the notation of JSON
(`numbers=True`). Writing gives one sequence of bytes for one value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isinf
from typing import TypeAlias, TypeVar

import yaml

Yaml: TypeAlias = "bool | int | float | str | list[Yaml] | dict[str, Yaml] | None"
EventT = TypeVar("EventT", bound=yaml.Event)

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 24
_UNLIMITED = 2**31 - 1
_WORDS: dict[str, bool | None] = {"": None, "null": None, "true": True, "false": False}
#: RFC 8785 has no larger whole numbers and nothing infinite.
_LARGEST_WHOLE_NUMBER = 2**53 - 1
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,40})\.[0-9]{1,400}([eE][+-][0-9]{1,3})?")


class YamlFault(ValueError):
    """A text that is not of the plain kind of YAML; `line` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def read_yaml(text: str, *, numbers: bool = False, max_characters: int = MAX_CHARACTERS) -> Yaml:
    """The one value of the text; raises YamlFault with reason and line."""
    if len(text) > max_characters:
        raise YamlFault(f"the text is longer than {max_characters:,} characters", 1)
    try:
        return _Reader(text, numbers).document()
    except yaml.MarkedYAMLError as error:
        raise YamlFault(error.problem or "this is not YAML", _line(error.problem_mark)) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise YamlFault("a character is not allowed in YAML", 1) from None


def write_yaml(value: object) -> str:
    """The value in libyaml's block style, keys in the order in which they stand."""
    return yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, default_flow_style=False, sort_keys=False, width=_UNLIMITED
    )


class _Reader:
    """Builds the value from the parser's events, which are seen before anything grows."""

    def __init__(self, text: str, numbers: bool) -> None:
        self._parser = yaml.CSafeLoader(text)
        self._numbers = numbers
        self._depth = 0

    def document(self) -> Yaml:
        try:
            self._next(yaml.StreamStartEvent)
            if self._parser.check_event(yaml.StreamEndEvent):
                return None
            self._start_document()
            value = self._value()
            self._next(yaml.DocumentEndEvent)
            if not self._parser.check_event(yaml.StreamEndEvent):
                raise YamlFault("a second document begins", self._peek_line())
            return value
        finally:
            self._parser.dispose()

    def _start_document(self) -> None:
        start = self._next(yaml.DocumentStartEvent)
        if start.version or start.tags:
            raise YamlFault("directives are not allowed", _line(start.start_mark))

    def _value(self) -> Yaml:
        event = self._take()
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlFault("aliases and anchors are not allowed", line)
        if getattr(event, "tag", None):
            raise YamlFault("tags are not allowed", line)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        return self._deeper(self._list if isinstance(event, yaml.SequenceStartEvent) else self._mapping, line)

    def _deeper(self, read: Callable[[], Yaml], line: int) -> Yaml:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise YamlFault(f"more than {MAX_DEPTH} levels lie within each other", line)
        value = read()
        self._depth -= 1
        return value

    def _list(self) -> Yaml:
        items: list[Yaml] = []
        while not self._parser.check_event(yaml.SequenceEndEvent):
            items.append(self._value())
        self._take()
        return items

    def _mapping(self) -> Yaml:
        members: dict[str, Yaml] = {}
        while not self._parser.check_event(yaml.MappingEndEvent):
            key = self._key(members)
            members[key] = self._value()
        self._take()
        return members

    def _key(self, members: dict[str, Yaml]) -> str:
        event = self._take()
        line = _line(event.start_mark)
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
            raise YamlFault("a key is not a plain text", line)
        key = str(event.value)
        if key in members:
            raise YamlFault(f"the key “{key}” stands twice", line)
        return key

    def _scalar(self, event: yaml.ScalarEvent) -> Yaml:
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        return self._number(text, _line(event.start_mark)) if self._numbers else text

    def _number(self, text: str, line: int) -> int | float | str:
        if not _WHOLE_NUMBER.fullmatch(text) and not _NUMBER.fullmatch(text):
            return text
        number = float(text) if "." in text else int(text)
        if isinf(number) or (isinstance(number, int) and abs(number) > _LARGEST_WHOLE_NUMBER):
            raise YamlFault("a number is too large", line)
        return number

    def _take(self) -> yaml.Event:
        event = self._parser.get_event()
        if event is None:
            raise YamlFault("the text does not end where it should", 1)
        return event

    def _next(self, kind: type[EventT]) -> EventT:
        event = self._take()
        if not isinstance(event, kind):
            raise YamlFault("the text does not end where it should", _line(event.start_mark))
        return event

    def _peek_line(self) -> int:
        return _line(getattr(self._parser.peek_event(), "start_mark", None))


def _line(mark: object) -> int:
    return int(getattr(mark, "line", 0)) + 1


class _Dumper(yaml.CSafeDumper):
    """libyaml's emitter without aliases; a text of several lines stands in quotes on one line."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_text(self, data: str) -> yaml.ScalarNode:
        style = '"' if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)
