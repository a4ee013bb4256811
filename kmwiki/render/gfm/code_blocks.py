"""Code: fenced by three or more backticks or tildes, or indented by four columns."""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from kmwiki.render.gfm.block import Block, Builder, Growth
from kmwiki.render.gfm.cursor import CODE_INDENT_COLUMNS, Cursor
from kmwiki.render.gfm.escapes import unescaped

_FENCE = re.compile(r"(?P<fence>`{3,}+)(?P<words>[^`]*)$|(?P<waves>~{3,}+)(?P<waves_words>.*)$")
_LANGUAGE = re.compile(r"[a-z0-9+#-]{1,20}")


class Code(Block):
    """Lines shown as they are."""

    takes_lines = True
    is_verbatim = True
    language = ""

    def content(self) -> list[str]:
        return self.lines

    def build(self, parent: Element) -> None:
        code = SubElement(SubElement(parent, "pre"), "code")
        code.text = AtomicString("".join(f"{line}\n" for line in self.content()))
        # Only tame names, as they become a class: the sanitiser drops the others too.
        if _LANGUAGE.fullmatch(self.language):
            code.set("class", f"language-{self.language}")


class Fence(Code):
    """Code between two fences."""

    def __init__(self, mark: str, words: str, indent: int) -> None:
        super().__init__()
        self._end = re.compile(rf"{re.escape(mark)}{re.escape(mark[0])}*+[ \t]*$")
        self._indent = indent
        self.language = unescaped(words).strip().split(" ")[0].lower()

    def growth(self, cursor: Cursor) -> Growth:
        if not cursor.is_indented and self._end.match(cursor.text, cursor.start):
            return Growth.SWALLOWED
        cursor.skip_columns(min(cursor.indent, self._indent))
        return Growth.CONTINUES

    def notices_blank(self) -> bool:
        return False

    def content(self) -> list[str]:
        return self.lines[1:]  # the first is what is left of the line with the fence: nothing


class IndentedCode(Code):
    """Code without fences."""

    def growth(self, cursor: Cursor) -> Growth:
        if not cursor.is_indented and not cursor.is_blank:
            return Growth.ENDS
        cursor.skip_columns(CODE_INDENT_COLUMNS)
        return Growth.CONTINUES

    def content(self) -> list[str]:
        last = max((number for number, line in enumerate(self.lines) if line.strip(" \t")), default=-1)
        return self.lines[: last + 1]


def start_fence(builder: Builder, container: Block) -> Block | None:
    cursor = builder.cursor
    match = None if cursor.is_indented else _FENCE.match(cursor.text, cursor.start)
    if not match:
        return None
    mark = match["fence"] or match["waves"]
    block = builder.add(Fence(mark, match["words"] or match["waves_words"] or "", cursor.indent))
    cursor.skip_line()
    return block


def start_indented_code(builder: Builder, container: Block) -> Block | None:
    if not builder.cursor.is_indented or builder.tip.is_paragraph:
        return None
    builder.cursor.skip_columns(CODE_INDENT_COLUMNS)
    return builder.add(IndentedCode())
