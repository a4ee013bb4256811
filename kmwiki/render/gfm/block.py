"""What all blocks have in common: a parent, children, and rules of growth."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol, TypeVar
from xml.etree.ElementTree import Element, SubElement

from kmwiki.render.gfm.cursor import Cursor

# Each list is two deep (list and item). Beyond it markers stay text: serialiser and sanitiser
# walk the tree recursively, and Python stops a recursion at 1,000 calls.
DEPTH_MAX = 80


class Growth(Enum):
    """What a new line means to an open block."""

    CONTINUES = auto()
    ENDS = auto()
    SWALLOWED = auto()  # the line was the block's own end mark


class Source(str):
    """Text of an element that the inline stage has still to parse."""

    __slots__ = ()


class Block:
    """A node of the block tree. Kinds override what they do differently."""

    takes_lines = False  # raw lines go into it: paragraph, code, table
    is_verbatim = False  # nothing else can begin inside it: code
    is_container = False  # other blocks can stand in it
    is_list = False
    is_item = False
    is_paragraph = False

    def __init__(self, parent: "Block | None" = None) -> None:
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0
        self.children: list[Block] = []
        self.lines: list[str] = []
        self.is_open = True
        self.ends_blank = False

    def growth(self, cursor: Cursor) -> Growth:
        """Whether this line goes on with the block; steps over the block's own marks."""
        return Growth.ENDS

    def holds(self, block: "Block") -> bool:
        """Whether that block may be a child of this one."""
        return self.is_container and not block.is_item

    def take(self, cursor: Cursor) -> None:
        """Add what is left of the line. Only for blocks that take lines."""
        self.lines.append(cursor.rest())

    def notices_blank(self) -> bool:
        """Whether a blank line at its end counts as a gap between list items."""
        return True

    def close(self, definitions: "Definitions") -> None:
        """Called once, when no more lines can come."""

    def build(self, parent: Element) -> None:
        """Put the block's element, with everything inside, below the parent element."""
        self.build_children(parent)

    def build_children(self, parent: Element) -> None:
        for child in self.children:
            child.build(parent)

    def ancestors(self) -> Iterator["Block"]:
        """The block itself and what it stands in, inmost first."""
        block: Block | None = self
        while block:
            yield block
            block = block.parent

    def remove(self) -> None:
        """Take the block out of the tree; it is its parent's last child."""
        if self.parent:
            self.parent.children.pop()


class Document(Block):
    """The whole text."""

    is_container = True

    def growth(self, cursor: Cursor) -> Growth:
        return Growth.CONTINUES


@dataclass(slots=True)
class Definitions:
    """What a text defines in one place and uses in another, by folded label."""

    links: dict[str, tuple[str, str]] = field(default_factory=dict)  # address, title
    notes: dict[str, Block] = field(default_factory=dict)


BlockType = TypeVar("BlockType", bound=Block)


class Builder(Protocol):
    """The part of the block parser that the start of a block may use."""

    cursor: Cursor
    definitions: Definitions
    tip: Block  # the inmost open block; where lines may go that have no mark of their own

    def add(self, block: BlockType) -> BlockType:
        """Close what cannot go on and hang the block below what can hold it."""
        ...

    def replace(self, old: Block, new: BlockType) -> BlockType:
        """Put a block in the place of the open paragraph."""
        ...


class Start(Protocol):
    """Looks whether a block begins at the cursor; adds it and steps over its marks if so."""

    def __call__(self, builder: Builder, container: Block) -> Block | None: ...


def source_element(parent: Element, tag: str, text: str) -> Element:
    """An element whose text the inline stage will parse."""
    element = SubElement(parent, tag)
    element.text = Source(text)
    return element


def folded(label: str) -> str:
    """The form in which two labels of a link or a note are compared."""
    return " ".join(label.split()).casefold()
