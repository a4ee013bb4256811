"""Lists: items, their indentation, start numbers, and whether they stand close together.

A list may begin right under a sentence, nests by the width of its parent's mark (2 or 4 spaces
both do under a bullet) and may hold any block. Source: GFM 0.29, sections 5.2 to 5.4.
"""

import re
from xml.etree.ElementTree import Element, SubElement

from kmwiki.render.gfm.block import Block, Builder, Definitions, Growth
from kmwiki.render.gfm.cursor import Cursor
from kmwiki.render.gfm.paragraphs import Paragraph
from kmwiki.render.gfm.task_lists import build_task

_MARK = re.compile(r"(?:[*+-]|(?P<number>[0-9]{1,9})[.)])(?=[ \t]|$)")
_CODE_AFTER_MARK_COLUMNS = 5  # so far behind the mark, the item begins with indented code


class List(Block):
    """Items with the same sort of mark, one after the other."""

    is_list = True

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.sort = mark[-1]
        self._number = int(mark[:-1]) if len(mark) > 1 else None

    def growth(self, cursor: Cursor) -> Growth:
        return Growth.CONTINUES

    def holds(self, block: Block) -> bool:
        return block.is_item

    def close(self, definitions: Definitions) -> None:
        if not self._is_loose():
            for item in self.children:
                for child in item.children:
                    if isinstance(child, Paragraph):
                        child.is_tight = True

    def build(self, parent: Element) -> None:
        element = SubElement(parent, "ul" if self._number is None else "ol")
        if self._number not in (None, 1):
            element.set("start", str(self._number))
        self.build_children(element)

    def _is_loose(self) -> bool:
        """A blank line between two items, or between two blocks of one item."""
        gaps = [block for item in self.children for block in (*item.children[:-1], item)]
        gaps += [item.children[-1] for item in self.children[:-1] if item.children]
        return any(_ends_blank(block) for block in gaps if block is not self.children[-1])


class Item(Block):
    """What stands behind one mark, and below it as far in."""

    is_container = True
    is_item = True

    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width
        self._is_new = True

    def growth(self, cursor: Cursor) -> Growth:
        self._is_new = False
        if cursor.is_blank:
            cursor.skip_indent()
            return Growth.CONTINUES if self.children else Growth.ENDS
        if cursor.indent < self._width:
            return Growth.ENDS
        cursor.skip_columns(self._width)
        return Growth.CONTINUES

    def notices_blank(self) -> bool:
        return not self._is_new or bool(self.children)

    def build(self, parent: Element) -> None:
        element = SubElement(parent, "li")
        self.build_children(element)
        build_task(element)


def start_item(builder: Builder, container: Block) -> Block | None:
    cursor = builder.cursor
    match = None if cursor.is_indented else _MARK.match(cursor.text, cursor.start)
    if not match or (container.is_paragraph and not _may_interrupt_paragraph(match)):
        return None
    indent, mark = cursor.indent, match[0]
    cursor.skip_indent()
    cursor.skip_characters(len(mark))
    width = indent + len(mark) + _skip_gap(cursor)
    if not (isinstance(container, List) and container.sort == mark[-1]):
        builder.add(List(mark))
    return builder.add(Item(width))


def _may_interrupt_paragraph(mark: re.Match[str]) -> bool:
    """A number that begins a line by chance ("in the year\\n1998. …") must not make a list."""
    return mark["number"] in (None, "1") and bool(mark.string[mark.end() :].strip(" \t"))


def _skip_gap(cursor: Cursor) -> int:
    """Step to the item's content; returns the columns between mark and content."""
    gap = 1 if cursor.is_blank or cursor.indent >= _CODE_AFTER_MARK_COLUMNS else cursor.indent
    cursor.skip_columns(gap)
    return gap


def _ends_blank(block: Block) -> bool:
    """Whether a blank line follows, if only inside the last item of a list in the block."""
    while not block.ends_blank and (block.is_list or block.is_item) and block.children:
        block = block.children[-1]
    return block.ends_blank
