"""The block stage: lines into a tree of blocks, in one pass.

Python-Markdown's own stage cuts a text at blank lines and lets each kind of block look at the
pieces; lists right under a sentence, paragraphs and fences inside items, and lazy lines cannot
be had that way. This one reads line by line: see which open blocks go on, open new ones, give
the rest of the line to the inmost. Source: GFM 0.29, appendix "A parsing strategy".
"""

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, ElementTree

from markdown import Markdown
from markdown.blockparser import BlockParser

from kmwiki.render.gfm.block import DEPTH_MAX, Block, BlockType, Definitions, Document, Growth, Start
from kmwiki.render.gfm.cursor import Cursor
from kmwiki.render.gfm.paragraphs import Paragraph

_STARTING_CHARACTERS = frozenset("#`~*+_=->[|:0123456789")


class GfmBlockParser(BlockParser):
    """Python-Markdown's block parser, reading as GFM does."""

    def __init__(self, md: Markdown, starts: Sequence[Start], definitions: Definitions) -> None:
        super().__init__(md)
        self._starts = starts
        self._definitions = definitions

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:
        self.root = Element(self.md.doc_tag)
        LineReader(self._starts, self._definitions).read(lines).build(self.root)
        return ElementTree(self.root)


class LineReader:
    """Grows the block tree by one line at a time."""

    def __init__(self, starts: Sequence[Start], definitions: Definitions) -> None:
        self.cursor = Cursor("")
        self._starts = starts
        self.definitions = definitions
        self._document = Document()
        self.tip: Block = self._document
        self._matched: Block = self._document
        self._line_is_blank = False

    def read(self, lines: Iterable[str]) -> Document:
        for line in lines:
            self._read_line(line)
        self._close_down_to(None)
        return self._document

    def add(self, block: BlockType) -> BlockType:
        self._close_down_to(self._matched)
        while not self.tip.holds(block):
            self._close_down_to(self.tip.parent)
        block.parent, block.depth = self.tip, self.tip.depth + 1
        self.tip.children.append(block)
        self.tip = self._matched = block
        return block

    def replace(self, old: Block, new: BlockType) -> BlockType:
        self._close_down_to(self._matched)
        old.remove()
        self.tip = self._matched = old.parent or self._document
        return self.add(new)

    def _read_line(self, line: str) -> None:
        self.cursor = Cursor(line)
        if not self._match_open_blocks():
            return
        self._open_new_blocks()
        if self._is_lazy():
            self.tip.take(self.cursor)
        else:
            self._close_down_to(self._matched)
            self._note_blank()
            self._take_rest()

    def _match_open_blocks(self) -> bool:
        """Find the inmost block that goes on; False if the line is used up by that."""
        block: Block = self._document
        while block.children and block.children[-1].is_open:
            child = block.children[-1]
            growth = child.growth(self.cursor)
            if growth is Growth.SWALLOWED:
                self._close_down_to(block)
                return False
            if growth is Growth.ENDS:
                break
            block = child
        self._matched = block
        return True

    def _open_new_blocks(self) -> None:
        """Open what begins on this line, outermost first; a leaf such as a heading is the last."""
        container = self._matched
        while not container.is_verbatim and container.depth < DEPTH_MAX:
            started = self._start(container)
            if not started:
                break
            container = started
            if not container.is_container:
                self._line_is_blank = False
                return
        self._line_is_blank = self.cursor.is_blank

    def _start(self, container: Block) -> Block | None:
        # Most lines are words, and nothing begins with a letter.
        if self.cursor.is_blank or not (self.cursor.is_indented or self.cursor.first in _STARTING_CHARACTERS):
            return None
        return next(filter(None, (start(self, container) for start in self._starts)), None)

    def _is_lazy(self) -> bool:
        """A paragraph goes on although the quote or item around it has no mark on this line."""
        return self._matched is not self.tip and self.tip.is_paragraph and not self._line_is_blank

    def _note_blank(self) -> None:
        """Remember blank lines: where they part items or their children, the list is loose."""
        block, is_blank = self._matched, self._line_is_blank
        if is_blank and block.children:
            block.children[-1].ends_blank = True
        ends_blank = is_blank and block.notices_blank()
        for ancestor in block.ancestors():
            ancestor.ends_blank = ends_blank

    def _take_rest(self) -> None:
        if self._matched.takes_lines:
            self._matched.take(self.cursor)
        elif not self._line_is_blank and not self.cursor.is_blank:
            self.add(Paragraph()).take(self.cursor)

    def _close_down_to(self, last_open: Block | None) -> None:
        while self.tip is not last_open:
            tip = self.tip
            tip.is_open = False
            tip.close(self.definitions)
            if tip.parent is None:
                return
            self.tip = tip.parent
