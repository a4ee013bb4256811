"""Writing YAML: one sequence of bytes for one value, read back by strict_yaml.

Block style by libyaml's emitter, lines of any width, keys in the order in which they stand. What other readers of
YAML would take for something else than a text stands in quotes, and a text of several lines on one line.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import yaml

_UNLIMITED = 2**31 - 1
#: What YAML 1.1 takes for numbers, dates, truth values, by the first letter: as (tag, pattern).
_MEANINGS = yaml.SafeDumper.yaml_implicit_resolvers
_AS_IT_IS = (True, True)
_QUOTED = (False, True)


def write_yaml(value: object) -> str:
    """The text of a value of mappings, lists, texts, numbers, truth values and None."""
    out = io.StringIO()
    emitter = yaml.CSafeDumper(out, allow_unicode=True, width=_UNLIMITED)
    try:
        emitter.emit(yaml.StreamStartEvent())
        emitter.emit(yaml.DocumentStartEvent(explicit=False))
        for event in _events(value):
            emitter.emit(event)
        emitter.emit(yaml.DocumentEndEvent(explicit=False))
        emitter.emit(yaml.StreamEndEvent())
    finally:
        emitter.dispose()
    return out.getvalue()


def _events(value: object) -> Iterator[yaml.Event]:
    if isinstance(value, str):
        yield _text(value)
    elif isinstance(value, dict):
        yield yaml.MappingStartEvent(None, None, True, flow_style=False)
        for key, member in value.items():
            yield _text(key)
            yield from _events(member)
        yield yaml.MappingEndEvent()
    elif isinstance(value, list):
        yield yaml.SequenceStartEvent(None, None, True, flow_style=False)
        for item in value:
            yield from _events(item)
        yield yaml.SequenceEndEvent()
    else:
        yield yaml.ScalarEvent(None, None, _AS_IT_IS, _word(value))


def _text(text: str) -> yaml.ScalarEvent:
    if "\n" in text:
        return yaml.ScalarEvent(None, None, _QUOTED, text, style='"')
    if any(pattern.match(text) for _tag, pattern in _MEANINGS.get(text[:1], ())):
        return yaml.ScalarEvent(None, None, _QUOTED, text, style="'")
    return yaml.ScalarEvent(None, None, _AS_IT_IS, text)


def _word(value: object) -> str:
    """None, true, false or a number; a fraction always with a point, so that it stays one."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, int | float):
        raise TypeError(f"{type(value).__name__} cannot be written as YAML")
    number = repr(value)
    return number.replace("e", ".0e", 1) if "e" in number and "." not in number else number
