"""Reference definitions (`[label]: address`) of a file whose text is divided among several fields.

Each field gets those that its own text uses, behind the text; what nobody uses is kept with the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kmwiki.domain.bundle.foreign_links import Form, find_links, label_key
from kmwiki.domain.bundle.foreign_scan import scan


class Definitions:
    """The definitions of a text from line `start` on; `numbers` are the lines on which they stand."""

    def __init__(self, text: str, start: int) -> None:
        lines = text.split("\n")
        links, _uses = find_links(text, (True,) * start + scan(lines[start:]).literal)
        found = [(text.count("\n", 0, one.start), one.label) for one in links if one.form is Form.DEFINITION]
        self.numbers = frozenset(number for number, _label in found)
        self._lines: dict[str, str] = {}
        self._doubles = []
        for number, label in found:
            if self._lines.setdefault(label_key(label), lines[number]) != lines[number]:
                self._doubles.append(lines[number])

    @property
    def labels(self) -> Collection[str]:
        """Their keys, as label_key() makes them."""
        return self._lines.keys()

    @property
    def text(self) -> str:
        return "\n".join(self._lines.values())

    def added_to(self, texts: Mapping[str, str], rest: str | None) -> dict[str, str]:
        """The texts by field, each with the definitions that it uses."""
        used = {id: self._used_in(text) for id, text in texts.items()}
        unused = [key for key in self._lines if not any(key in keys for keys in used.values())]
        added = {id: [self._lines[key] for key in keys] for id, keys in used.items()}
        left = [*(self._lines[key] for key in unused), *self._doubles]
        if left and (keeper := rest or next(iter(texts), None)):
            added.setdefault(keeper, []).extend(left)
        return {id: _behind(texts.get(id, ""), lines) for id, lines in added.items()}

    def _used_in(self, text: str) -> list[str]:
        whole = f"{text}\n\n{self.text}"
        _links, uses = find_links(whole, scan(whole.split("\n")).literal)
        keys = {label_key(use.label) for use in uses}
        return [key for key in self._lines if key in keys]


def _behind(text: str, definitions: list[str]) -> str:
    return "\n\n".join(part for part in (text, "\n".join(definitions)) if part)
