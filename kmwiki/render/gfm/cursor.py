"""A place in one line of source, counted in characters and in columns (tab stops of four)."""

import re

TAB_COLUMNS = 4
CODE_INDENT_COLUMNS = 4

_BLANKS = re.compile(r"[ \t]*+")


class Cursor:
    """Where the block parser stands in a line.

    offset, column: of the next character. A tab can be used up by halves (`-\\tcode`); the column
    then lies inside the tab that the offset still points to.
    start: offset of the first character that is neither space nor tab; indent: columns until there.
    Source: GFM 0.29, section 2.2.
    """

    __slots__ = ("column", "indent", "is_inside_tab", "offset", "start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = self.column = 0
        self.is_inside_tab = False
        self._look_ahead()

    @property
    def is_blank(self) -> bool:
        return self.start == len(self.text)

    @property
    def is_indented(self) -> bool:
        """Far enough for indented code, too far for the start of anything else."""
        return self.indent >= CODE_INDENT_COLUMNS

    @property
    def first(self) -> str:
        """The first character that is neither space nor tab; empty on a blank line."""
        return self.text[self.start : self.start + 1]

    def skip_indent(self) -> None:
        self.skip_columns(self.indent)

    def skip_characters(self, count: int) -> None:
        """Step over characters that are no tabs, such as marks."""
        self.offset += count
        self.column += count
        self._look_ahead()

    def skip_columns(self, count: int) -> None:
        """Step over up to that many columns of spaces and tabs, into a tab if need be."""
        while count > 0 and self.offset < self.start:
            width = _width(self.text[self.offset], self.column)
            self.is_inside_tab = width > count
            self.offset += not self.is_inside_tab
            self.column += min(width, count)
            count -= width
        self._look_ahead()

    def skip_line(self) -> None:
        self.skip_characters(len(self.text) - self.offset)

    def rest(self) -> str:
        """What is left of the line, the open part of a tab as spaces."""
        if self.is_inside_tab:
            return " " * (-self.column % TAB_COLUMNS) + self.text[self.offset + 1 :]
        return self.text[self.offset :]

    def _look_ahead(self) -> None:
        match = _BLANKS.match(self.text, self.offset)
        self.start = match.end() if match else self.offset
        column = self.column
        for character in self.text[self.offset : self.start]:
            column += _width(character, column)
        self.indent = column - self.column


def _width(character: str, column: int) -> int:
    return TAB_COLUMNS - column % TAB_COLUMNS if character == "\t" else 1
