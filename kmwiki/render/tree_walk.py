"""Walks the tree that html5lib parsed, for bleach, in time that grows with the tree.

bleach's own walker finds the way back from each element by searching it among all its siblings:
10,000 rows of a table take a quarter of a minute.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from bleach._vendor.html5lib.constants import voidElements  # type: ignore[import-not-found]
from bleach._vendor.html5lib.treewalkers.base import TreeWalker  # type: ignore[import-not-found]

Token = dict[str, Any]  # bleach's: type, name, data

_NAMESPACED = re.compile(r"\{([^}]*)\}(.*)", re.DOTALL)


class TreeWalk(TreeWalker):  # type: ignore[misc]  # bleach's copy of html5lib has no types
    """Yields the tokens of a parsed fragment in the order of the source."""

    def __iter__(self) -> Iterator[Token]:
        yield from self.text(self.tree.text or "")
        path = [(self.tree, iter(self.tree))]
        while path:
            element, children = path[-1]
            child = next(children, None)
            if child is not None:
                yield from self._begin(child)
                path.append((child, iter(child)))
                continue
            path.pop()
            if path:
                yield from self._end(element)

    def _begin(self, element: Element) -> Iterator[Token]:
        if not isinstance(element.tag, str):
            return  # a comment
        namespace, name = _split(element.tag)
        attributes = {_split(key): value for key, value in element.attrib.items()}
        if name in voidElements:
            yield from self.emptyTag(namespace, name, attributes)
        else:
            yield self.startTag(namespace, name, attributes)
            yield from self.text(element.text or "")

    def _end(self, element: Element) -> Iterator[Token]:
        if isinstance(element.tag, str):
            namespace, name = _split(element.tag)
            if name not in voidElements:
                yield self.endTag(namespace, name)
        yield from self.text(element.tail or "")


def _split(name: str) -> tuple[str | None, str]:
    """Namespace and local name."""
    match = _NAMESPACED.fullmatch(name)
    return (match[1], match[2]) if match else (None, name)
