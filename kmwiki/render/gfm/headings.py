"""Headings (`## words`, and words with a line of = or - below) and thematic breaks (`---`).

`#5` is no heading: the mark wants a space behind it. Source: GFM 0.29, sections 4.1 to 4.3.
"""

import re
from xml.etree.ElementTree import Element, SubElement

from kmwiki.render.gfm.block import Block, Builder, source_element
from kmwiki.render.gfm.paragraphs import Paragraph

_HASHES = re.compile(r"(?P<mark>#{1,6})(?:[ \t]+|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_BREAK = re.compile(r"(?:(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+|(?:-[ \t]*+){3,}+)$")


class Heading(Block):
    """One heading; level 1 to 6 as written, before the tree stage shifts it."""

    def __init__(self, level: int, words: str) -> None:
        super().__init__()
        self.level = level
        self.words = words

    def build(self, parent: Element) -> None:
        source_element(parent, f"h{self.level}", self.words)


class Break(Block):
    """A line across the page."""

    def build(self, parent: Element) -> None:
        SubElement(parent, "hr")


def start_hash_heading(builder: Builder, container: Block) -> Block | None:
    cursor = builder.cursor
    match = None if cursor.is_indented else _HASHES.match(cursor.text, cursor.start)
    if not match:
        return None
    words = cursor.text[match.end() :].rstrip(" \t")
    cursor.skip_line()
    return builder.add(Heading(len(match["mark"]), _without_closing_hashes(words)))


def start_underlined_heading(builder: Builder, container: Block) -> Block | None:
    cursor = builder.cursor
    if not isinstance(container, Paragraph) or cursor.is_indented:
        return None
    if not _UNDERLINE.match(cursor.text, cursor.start):
        return None
    container.take_definitions(builder.definitions)
    if not container.lines:
        return None
    level = 1 if cursor.first == "=" else 2
    cursor.skip_line()
    return builder.replace(container, Heading(level, container.text()))


def start_break(builder: Builder, container: Block) -> Block | None:
    cursor = builder.cursor
    if cursor.is_indented or not _BREAK.match(cursor.text, cursor.start):
        return None
    cursor.skip_line()
    return builder.add(Break())


def _without_closing_hashes(words: str) -> str:
    bare = words.rstrip("#")
    return bare.rstrip(" \t") if not bare or bare[-1] in " \t" else words
