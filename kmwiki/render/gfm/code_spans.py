"""Code in a line: between backticks, as many behind it as before it. Source: GFM 0.29, section 6.3."""

import re
from bisect import bisect_left
from xml.etree.ElementTree import Element

from markdown.util import AtomicString

from kmwiki.render.gfm.inline_reader import InlineReader
from kmwiki.render.gfm.pieces import Node

_RUN = re.compile(r"`++")


def read_code(reader: InlineReader) -> bool:
    """Code, or else the whole run of backticks as text."""
    match = _RUN.match(reader.text, reader.position)
    if not match:
        return False
    end = _next_run(reader, len(match[0]), match.end())
    if end is None:
        reader.add(match[0])
        reader.position = match.end()
        return True
    element = Element("code")
    element.text = AtomicString(_content(reader.text[match.end() : end]))
    reader.add(Node(element))
    reader.position = end + len(match[0])
    return True


def _next_run(reader: InlineReader, length: int, after: int) -> int | None:
    """Where the next run of exactly that many backticks begins."""
    if reader.backtick_runs is None:
        reader.backtick_runs = {}
        for match in _RUN.finditer(reader.text):
            reader.backtick_runs.setdefault(len(match[0]), []).append(match.start())
    places = reader.backtick_runs.get(length, [])
    number = bisect_left(places, after)
    return places[number] if number < len(places) else None


def _content(code: str) -> str:
    code = code.replace("\n", " ")
    is_padded = code.startswith(" ") and code.endswith(" ") and code.strip(" ")
    return code[1:-1] if is_padded else code
