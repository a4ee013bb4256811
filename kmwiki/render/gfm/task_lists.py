"""Task lists: `- [ ] words` and `- [x] words` get a box that cannot be ticked here.

Source: GFM 0.29, section 5.3.
"""

import re
from xml.etree.ElementTree import Element

from kmwiki.render.gfm.block import Source
from kmwiki.render.gfm.paragraphs import TIGHT_TAG

_TASK = re.compile(r"\[(?P<state>[ xX])\](?=[ \t\n]+\S)")


def build_task(item: Element) -> None:
    """Turn the mark at the beginning of an item's first paragraph into a box before the words."""
    first = item[0] if len(item) else None
    if first is None or not isinstance(first.text, Source) or first.tag not in ("p", TIGHT_TAG):
        return
    if match := _TASK.match(first.text):
        item.set("class", "task")
        first.insert(0, _box(is_done=match["state"] != " "))
        first[0].tail = Source(first.text[match.end() :])
        first.text = None


def _box(is_done: bool) -> Element:
    attributes = {"class": "task-box", "type": "checkbox", "disabled": ""}
    return Element("input", {**attributes, "checked": ""} if is_done else attributes)
