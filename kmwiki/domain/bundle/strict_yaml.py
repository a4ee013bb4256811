"""Reading YAML as bundles and maps use it: texts, lists, mappings, and nothing that surprises.

Refused are aliases, tags, duplicate keys, several documents, and what is too deep or too large. A plain
word is a text: only `true`, `false` and `null` (or nothing) mean something else, so that `no`, `012` and
`2026-03-14` stay as they are. The front matter of pages also knows numbers in the notation of JSON
(`numbers=True`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isinf
from typing import TypeAlias, cast

import yaml

from kmwiki.i18n import gettext as _

Yaml: TypeAlias = "bool | int | float | str | list[Yaml] | dict[str, Yaml] | None"

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 24
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
        raise YamlFault(_("the text is longer than {number} characters").format(number=max_characters), 1)
    try:
        return _Reader(text, numbers).document()
    except yaml.MarkedYAMLError as error:
        raise YamlFault(error.problem or _("this is not YAML"), _line(error.problem_mark)) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise YamlFault(_("a character is not allowed in YAML"), 1) from None


class _Reader:
    """Builds the value from the parser's events, which are seen before anything grows."""

    def __init__(self, text: str, numbers: bool) -> None:
        self._parser = yaml.CSafeLoader(text)
        self._numbers = numbers
        self._depth = 0

    def document(self) -> Yaml:
        try:
            self._take()
            if self._parser.check_event(yaml.StreamEndEvent):
                return None
            self._start_document()
            value = self._value()
            self._take()
            if not self._parser.check_event(yaml.StreamEndEvent):
                raise YamlFault(_("a second document begins"), self._peek_line())
            return value
        finally:
            self._parser.dispose()

    def _start_document(self) -> None:
        start = self._take()
        if getattr(start, "version", None) or getattr(start, "tags", None):
            raise YamlFault(_("directives are not allowed"), _line(start.start_mark))

    def _value(self) -> Yaml:
        event = self._take()
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            raise YamlFault(_("aliases and anchors are not allowed"), _line(event.start_mark))
        return self._deeper(self._list if isinstance(event, yaml.SequenceStartEvent) else self._mapping, event)

    def _deeper(self, read: Callable[[], Yaml], event: yaml.Event) -> Yaml:
        _refuse_anchor_and_tag(event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            sentence = _("more than {number} levels lie within each other")
            raise YamlFault(sentence.format(number=MAX_DEPTH), _line(event.start_mark))
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
        if not isinstance(event, yaml.ScalarEvent):
            raise YamlFault(_("a key is not a plain text"), _line(event.start_mark))
        _refuse_anchor_and_tag(event)
        key = str(event.value)
        if key in members:
            raise YamlFault(_("the key “{key}” stands twice").format(key=key[:80]), _line(event.start_mark))
        return key

    def _scalar(self, event: yaml.ScalarEvent) -> Yaml:
        _refuse_anchor_and_tag(event)
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        return self._number(text, event) if self._numbers else text

    def _number(self, text: str, event: yaml.Event) -> int | float | str:
        if not _WHOLE_NUMBER.fullmatch(text) and not _NUMBER.fullmatch(text):
            return text
        number = float(text) if "." in text else int(text)
        if isinf(number) or (isinstance(number, int) and abs(number) > _LARGEST_WHOLE_NUMBER):
            raise YamlFault(_("a number is too large"), _line(event.start_mark))
        return number

    def _take(self) -> yaml.Event:
        """The next event; libyaml gives them in the order of a well-formed stream, or raises."""
        return cast(yaml.Event, self._parser.get_event())

    def _peek_line(self) -> int:
        return _line(getattr(self._parser.peek_event(), "start_mark", None))


def _refuse_anchor_and_tag(event: yaml.Event) -> None:
    if getattr(event, "anchor", None) is not None:
        raise YamlFault(_("aliases and anchors are not allowed"), _line(event.start_mark))
    if getattr(event, "tag", None) is not None:
        raise YamlFault(_("tags are not allowed"), _line(event.start_mark))


def _line(mark: object) -> int:
    return int(getattr(mark, "line", 0)) + 1
