"""The elements that links and pictures become, whichever way they were written.

A plain file name is a file of the page: it is marked with its name, and `render/resolve.py` finds
it when the page is shown. Pictures of other hosts become links, so that they follow nobody.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from kmwiki.render.addresses import file_name, is_safe, leads_elsewhere
from kmwiki.render.gfm.escapes import encoded
from kmwiki.render.gfm.pieces import Node, Piece, depth, fill, words

EXTERNAL_RELATION = "nofollow noopener noreferrer"


def link(address: str, inner: Sequence[Piece], title: str = "") -> Node:
    """A link around the pieces. What leads to a forbidden address is no link, only its words."""
    file = file_name(address)
    if file and "." in file:
        return _link_node({"data-file": file}, inner, title)
    if not is_safe(address):
        return _link_node({}, inner, "")
    attributes = {"href": encoded(address)}
    if leads_elsewhere(address):
        attributes["rel"] = EXTERNAL_RELATION
    return _link_node(attributes, inner, title)


def picture(address: str, inner: Sequence[Piece], title: str = "") -> Node:
    """A picture of the page, or a link to one that lies elsewhere."""
    description = words(inner)
    file = file_name(address)
    if not file:
        return link(address, [description or address], title)
    attributes = {"data-file": file, "alt": description, "loading": "lazy"}
    return Node(Element("img", {**attributes, "title": title} if title else attributes))


def page_link(page: str, row: str | None, inner: str) -> Node:
    """A link to a page of the wiki by name, found when it is shown."""
    attributes = {"data-page": page}
    return _link_node({**attributes, "data-row": row} if row else attributes, [inner], "")


def _link_node(attributes: dict[str, str], inner: Sequence[Piece], title: str) -> Node:
    element = Element("a" if attributes else "span", {**attributes, "title": title} if title else attributes)
    fill(element, inner)
    return Node(element, depth(inner) + 1, is_link=True)
