"""What the inline stage makes of a run of text: words, finished elements, and marks still open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element


@dataclass(slots=True)
class Node:
    """A finished element. Inside a link, one that is a link of its own becomes its words."""

    element: Element
    depth: int = 1
    is_link: bool = False


@dataclass(slots=True)
class Run:
    """Some `*`, `_` or `~` in a row that may open or close emphasis."""

    mark: str
    count: int
    can_open: bool
    can_close: bool
    length: int = 0  # as written; the count falls as marks are used up

    def __post_init__(self) -> None:
        self.length = self.count


Piece = str | Node | Run


def depth(pieces: Iterable[Piece]) -> int:
    """How deep the deepest element in the pieces is nested."""
    return max((piece.depth for piece in pieces if isinstance(piece, Node)), default=0)


def words(pieces: Iterable[Piece]) -> str:
    """The pieces as plain text, as for the description of a picture."""
    return "".join(_words_of(piece) for piece in pieces)


def without_links(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with links as their words: a link cannot stand in a link."""
    return [_words_of(piece) if isinstance(piece, Node) and piece.is_link else piece for piece in pieces]


def fill(element: Element, pieces: Sequence[Piece], after: Element | None = None) -> None:
    """Put pieces into an element: after one of its children, or instead of its text."""
    texts: list[str] = []
    at = list(element).index(after) + 1 if after is not None else 0
    for piece in pieces:
        if isinstance(piece, Node):
            _set_text(element, after, texts)
            after, texts = piece.element, []
            element.insert(at, after)
            at += 1
        else:
            texts.append(_words_of(piece))
    _set_text(element, after, texts)


def _words_of(piece: Piece) -> str:
    match piece:
        case Node(element=element):
            return element.get("alt") or "".join(element.itertext())
        case Run(mark=mark, count=count):
            return mark * count
        case _:
            return piece


def _set_text(element: Element, after: Element | None, texts: list[str]) -> None:
    if after is None:
        element.text = "".join(texts)
    else:
        after.tail = "".join(texts)
