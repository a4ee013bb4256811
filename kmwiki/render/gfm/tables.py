"""Tables, also right under a sentence: a row of headings, a row of dashes, rows of cells.

Source: GFM 0.29, section 4.10, and cmark-gfm, which lets the sentence above stay a paragraph.
"""

import re
from xml.etree.ElementTree import Element, SubElement

from kmwiki.render.gfm.block import Block, Builder, Growth, source_element
from kmwiki.render.gfm.cursor import Cursor
from kmwiki.render.gfm.paragraphs import Paragraph

COLUMNS_MAX = 100  # a wider row of dashes stays text
# Short rows are filled up to the width of the table; a 100-column table of short rows would make
# a small text a huge page.
FILLED_CELLS_MAX = 1_000

_DELIMITERS = re.compile(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+$")
# `[[slug|words]]` is one thing although it holds a bar: nobody would think of escaping it.
_CELL = re.compile(r"(?:\\.|\[\[[^\[\]|\n]++\|[^\[\]|\n]++\]\]|[^|])*+", re.DOTALL)
# Wide tables scroll by themselves; the tabindex lets the keyboard reach them, the role wants a name,
# which `render/resolve.py` gives in the reader's language.
_SCROLLING = {"class": "table-scroll", "tabindex": "0", "role": "region"}
_ALIGNMENTS = {(True, True): "center", (True, False): "left", (False, True): "right"}


class Table(Block):
    """Rows until a blank line or the start of something else."""

    takes_lines = True

    def __init__(self, heading: list[str], delimiters: list[str]) -> None:
        super().__init__()
        self._heading = heading
        self._alignments = [_alignment(delimiter) for delimiter in delimiters]
        self._left_to_fill = FILLED_CELLS_MAX

    def growth(self, cursor: Cursor) -> Growth:
        return Growth.ENDS if cursor.is_blank else Growth.CONTINUES

    def build(self, parent: Element) -> None:
        table = SubElement(SubElement(parent, "div", _SCROLLING), "table")
        self._build_row(SubElement(table, "thead"), "th", self._heading)
        rows = self.lines[1:]  # the first is what is left of the row of dashes: nothing
        body = SubElement(table, "tbody") if rows else table
        for line in rows:
            self._build_row(body, "td", self._filled(cells_of(line)))

    def _filled(self, cells: list[str]) -> list[str]:
        missing = min(max(len(self._alignments) - len(cells), 0), self._left_to_fill)
        self._left_to_fill -= missing
        return cells + [""] * missing

    def _build_row(self, parent: Element, tag: str, cells: list[str]) -> None:
        row = SubElement(parent, "tr")
        for cell, alignment in zip(cells, self._alignments, strict=False):
            element = source_element(row, tag, cell)
            if alignment:
                element.set("class", f"align-{alignment}")


def start_table(builder: Builder, container: Block) -> Block | None:
    cursor = builder.cursor
    if not isinstance(container, Paragraph) or cursor.is_indented or "-" not in cursor.text:
        return None
    delimiters = _delimiters(cursor.text[cursor.start :])
    heading = cells_of(container.lines[-1]) if delimiters else []
    if not delimiters or len(heading) != len(delimiters):
        return None
    cursor.skip_line()
    return _table_below(builder, container, Table(heading, delimiters))


def cells_of(line: str) -> list[str]:
    """The cells of one row, trimmed, with escaped bars as bars."""
    inner = line.strip(" \t").removeprefix("|")
    cells, position = [], 0
    while position < len(inner):
        match = _CELL.match(inner, position)
        end = match.end() if match else position
        cells.append(inner[position:end].strip(" \t").replace("\\|", "|"))
        position = end + 1
    return cells


def _table_below(builder: Builder, paragraph: Paragraph, table: Table) -> Block:
    paragraph.lines.pop()
    return builder.add(table) if paragraph.lines else builder.replace(paragraph, table)


def _delimiters(line: str) -> list[str]:
    if not _DELIMITERS.match(line) or line.count("|") > COLUMNS_MAX or not set("|:") & set(line):
        return []
    return cells_of(line)


def _alignment(delimiter: str) -> str | None:
    return _ALIGNMENTS.get((delimiter.startswith(":"), delimiter.endswith(":")))
