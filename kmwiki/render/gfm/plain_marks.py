"""Small marks of a line: backslash escapes, character references, hard and soft breaks, HTML tags.

Source: GFM 0.29, sections 6.1, 6.2, 6.10 to 6.13.
"""

import re
from xml.etree.ElementTree import Element

from kmwiki.render.gfm.escapes import ENTITY, ESCAPE, character
from kmwiki.render.gfm.inline_reader import InlineReader
from kmwiki.render.gfm.pieces import Node

_ESCAPE = re.compile(ESCAPE)
_ENTITY = re.compile(ENTITY)
_LINE_START = re.compile(r"[ \t]*+")
# HTML is shown as it was written; but marks inside a tag are no Markdown (`<img src="a_b_c.png">`).
_TAG = re.compile(
    r"""</?[A-Za-z][A-Za-z0-9-]*+
    (?:\s++[A-Za-z_:][\w.:-]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+)*+\s*+/?>""",
    re.VERBOSE | re.ASCII,
)


def read_backslash(reader: InlineReader) -> bool:
    """An escaped mark, or a hard break at the end of a line."""
    if reader.text.startswith("\n", reader.position + 1):
        _break_line(reader, reader.position + 2)
        return True
    match = _ESCAPE.match(reader.text, reader.position)
    if not match:
        return False
    reader.add(match["escaped"])
    reader.position = match.end()
    return True


def read_newline(reader: InlineReader) -> bool:
    """A hard break after two or more spaces, else the end of a line of source."""
    last = reader.pieces[-1] if reader.pieces else ""
    if isinstance(last, str) and last.endswith(" "):
        reader.pieces[-1] = last.rstrip(" ")
        if last.endswith("  "):
            _break_line(reader, reader.position + 1)
            return True
    reader.add("\n")
    reader.position = _next_line(reader.text, reader.position + 1)
    return True


def read_entity(reader: InlineReader) -> bool:
    match = _ENTITY.match(reader.text, reader.position)
    if not match:
        return False
    reader.add(character(match["entity"]))
    reader.position = match.end()
    return True


def read_tag(reader: InlineReader) -> bool:
    """An HTML tag, as text."""
    match = _TAG.match(reader.text, reader.position)
    if not match:
        return False
    reader.add(match[0])
    reader.position = match.end()
    return True


def _break_line(reader: InlineReader, position: int) -> None:
    reader.add(Node(Element("br")))
    reader.add("\n")
    reader.position = _next_line(reader.text, position)


def _next_line(text: str, position: int) -> int:
    match = _LINE_START.match(text, position)
    return match.end() if match else position
