"""Footnotes: `[^1]` in the text, `[^1]: words` anywhere, shown below in the order of first use.

Not in GFM 0.29, but on GitHub since 2021.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement

from kmwiki.render.gfm.block import Block, Builder, Definitions, Growth, folded
from kmwiki.render.gfm.cursor import CODE_INDENT_COLUMNS, Cursor

_DEFINITION = re.compile(r"\[\^(?P<label>[^\]\s]{1,200})\]:[ \t]*")
BACK_MARK = "↩"
NOTE_ID = "note-"
REFERENCE_ID = "noteref-"


class NoteDefinition(Block):
    """Blocks of one note; stands nowhere in the text itself."""

    is_container = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = folded(label)

    def growth(self, cursor: Cursor) -> Growth:
        if cursor.is_blank:
            return Growth.CONTINUES
        if not cursor.is_indented:
            return Growth.ENDS
        cursor.skip_columns(CODE_INDENT_COLUMNS)
        return Growth.CONTINUES

    def close(self, definitions: Definitions) -> None:
        definitions.notes.setdefault(self._label, self)

    def build(self, parent: Element) -> None:
        """Nothing here: `Footnotes` builds the note where it is shown."""


def start_note(builder: Builder, container: Block) -> Block | None:
    cursor = builder.cursor
    match = None if cursor.is_indented else _DEFINITION.match(cursor.text, cursor.start)
    if not match or any(isinstance(block, NoteDefinition) for block in container.ancestors()):
        return None
    cursor.skip_indent()
    cursor.skip_characters(match.end() - match.start())
    return builder.add(NoteDefinition(match["label"]))


class Footnotes:
    """Numbers the notes as they are used, and builds the list of them."""

    def __init__(self, notes: Mapping[str, Block], id_prefix: str) -> None:
        self._notes = notes
        self._id_prefix = id_prefix
        self._labels: list[str] = []  # in the order of first use
        self._numbers: dict[str, int] = {}
        self._uses: Counter[str] = Counter()
        self._list = Element("ol")

    def reference(self, label: str) -> Element | None:
        """The raised number for one use of a note; None if there is no such note."""
        label = folded(label)
        if label not in self._notes:
            return None
        if label not in self._numbers:
            self._labels.append(label)
            self._numbers[label] = len(self._labels)
        self._uses[label] += 1
        number = self._numbers[label]
        raised = Element("sup", {"class": "footnote-ref"})
        attributes = {"id": self._use_id(number, self._uses[label]), "href": f"#{self._note_id(number)}"}
        SubElement(raised, "a", attributes).text = str(number)
        return raised

    def build(self, root: Element) -> Iterator[Element]:
        """Build the used notes below the text, one by one: a note may use further notes."""
        for number, label in enumerate(self._labels, start=1):  # grows while it is read
            item = SubElement(self._list, "li", {"id": self._note_id(number)})
            self._notes[label].build_children(item)
            yield item
        if self._labels:
            SubElement(root, "section", {"class": "footnotes"}).append(self._list)

    def add_ways_back(self) -> None:
        """Put a link back to each use behind the last words of each note."""
        for item, label in zip(self._list, self._labels, strict=True):
            last = item[-1] if len(item) and item[-1].tag == "p" else SubElement(item, "p")
            for use in range(1, self._uses[label] + 1):
                address = f"#{self._use_id(self._numbers[label], use)}"
                SubElement(last, "a", {"class": "footnote-back", "href": address}).text = BACK_MARK

    def _note_id(self, number: int) -> str:
        return f"{self._id_prefix}{NOTE_ID}{number}"

    def _use_id(self, number: int, use: int) -> str:
        return f"{self._id_prefix}{REFERENCE_ID}{number}" + (f"-{use}" if use > 1 else "")
