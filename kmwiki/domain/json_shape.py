"""Reading members of JSON objects that must have one shape; ValueError names the member that has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn


class Members:
    """The members of one object; `what` is its name in messages."""

    def __init__(self, data: object, what: str) -> None:
        if not isinstance(data, Mapping):
            raise ValueError(f"{what}: not an object")
        self._data = data
        self._what = what

    def text(self, name: str) -> str:
        value = self._get(name)
        return value if isinstance(value, str) else self._refuse(name, "a text")

    def text_or_none(self, name: str) -> str | None:
        return None if self._data.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            self._refuse(name, "a whole number")
        return value

    def truth(self, name: str) -> bool:
        value = self._get(name)
        return value if isinstance(value, bool) else self._refuse(name, "true or false")

    def mapping(self, name: str) -> dict[str, object]:
        value = self._get(name)
        return dict(value) if isinstance(value, Mapping) else self._refuse(name, "an object")

    def items(self, name: str) -> Sequence[object]:
        value = self._get(name)
        return value if isinstance(value, list | tuple) else self._refuse(name, "a list")

    def texts(self, name: str) -> list[str]:
        items = self.items(name)
        return [item if isinstance(item, str) else self._refuse(name, "a list of texts") for item in items]

    def _get(self, name: str) -> object:
        if name not in self._data:
            raise ValueError(f"{self._what}: {name} is missing")
        return self._data[name]

    def _refuse(self, name: str, expected: str) -> NoReturn:
        raise ValueError(f"{self._what}: {name} is not {expected}")
