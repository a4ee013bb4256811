"""Paragraphs, and the link definitions at their beginning (`[label]: address "title"`)."""

import re
from xml.etree.ElementTree import Element

from kmwiki.render.gfm.block import Block, Definitions, Growth, folded, source_element
from kmwiki.render.gfm.cursor import Cursor
from kmwiki.render.gfm.escapes import unescaped

# In a tight list the words of an item stand in it bare; the tree stage takes this tag away.
TIGHT_TAG = "tight"

_DEFINITION = re.compile(
    r"""\[(?P<label>(?=[^\]]*[^\s\]])(?:\\.|[^\[\]\\]){1,999}+)\]:[ \t]*+(?:\n[ \t]*+)?
    (?:<(?P<pointed>(?:\\.|[^<>\n\\])*+)>|(?P<plain>[^\s<]\S*+))
    (?:(?P<gap>[ \t]+(?:\n[ \t]*)?|\n[ \t]*)
       (?:"(?P<double>(?:\\.|[^"\\])*+)"|'(?P<single>(?:\\.|[^'\\])*+)'|\((?P<round>(?:\\.|[^()\\])*+)\))
       [ \t]*(?=\n|\Z))?
    (?P<end>[ \t]*(?:\n|\Z))""",
    re.VERBOSE | re.DOTALL,
)


class Paragraph(Block):
    """Lines of words, up to a blank line or the start of something else."""

    takes_lines = True
    is_paragraph = True
    is_tight = False

    def growth(self, cursor: Cursor) -> Growth:
        return Growth.ENDS if cursor.is_blank else Growth.CONTINUES

    def take(self, cursor: Cursor) -> None:
        cursor.skip_indent()
        super().take(cursor)

    def text(self) -> str:
        return "\n".join(self.lines).rstrip(" \t")

    def close(self, definitions: Definitions) -> None:
        self.take_definitions(definitions)
        if not self.lines:
            self.remove()

    def take_definitions(self, definitions: Definitions) -> None:
        """Move the link definitions that the paragraph begins with out of it."""
        if not self.lines or not self.lines[0].startswith("["):
            return
        text, position = self.text(), 0
        while match := _definition_at(text, position):
            definitions.links.setdefault(*_entry(match))
            position = match.end()
        self.lines = text[position:].split("\n") if position < len(text) else []

    def build(self, parent: Element) -> None:
        source_element(parent, TIGHT_TAG if self.is_tight else "p", self.text())


def _definition_at(text: str, position: int) -> re.Match[str] | None:
    return _DEFINITION.match(text, position)


def _entry(match: re.Match[str]) -> tuple[str, tuple[str, str]]:
    address = match["pointed"] if match["pointed"] is not None else match["plain"]
    title = match["double"] or match["single"] or match["round"] or ""
    return folded(match["label"]), (unescaped(address), unescaped(title))
