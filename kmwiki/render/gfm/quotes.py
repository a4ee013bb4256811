"""Block quotes: `> words`."""

from xml.etree.ElementTree import Element, SubElement

from kmwiki.render.gfm.block import Block, Builder, Growth
from kmwiki.render.gfm.cursor import Cursor


class Quote(Block):
    """Blocks with `>` before each line."""

    is_container = True

    def growth(self, cursor: Cursor) -> Growth:
        return Growth.CONTINUES if _skip_mark(cursor) else Growth.ENDS

    def notices_blank(self) -> bool:
        return False

    def build(self, parent: Element) -> None:
        self.build_children(SubElement(parent, "blockquote"))


def start_quote(builder: Builder, container: Block) -> Block | None:
    return builder.add(Quote()) if _skip_mark(builder.cursor) else None


def _skip_mark(cursor: Cursor) -> bool:
    if cursor.is_indented or cursor.first != ">":
        return False
    cursor.skip_indent()
    cursor.skip_characters(1)
    cursor.skip_columns(1)
    return True
