"""Which row of one list is which row of another, and in what order two lists of rows become one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Row: TypeAlias = Mapping[str, object]

#: What a link says of its target; everything else in it names the target.
_SAID_OF_A_TARGET = frozenset({"relation", "note"})


def rows_by_key(rows: Iterable[Row]) -> dict[str, Row]:
    """The rows in their order, each under what tells it from the others whatever else changes in it.

    That is the uid of a row, else its id, the name of a file, the target of a link; a row that has none of
    these is known by all it says. Of several rows with one key each gets its number.
    """
    seen: Counter[str] = Counter()
    keyed = {}
    for row in rows:
        key = _key(row)
        seen[key] += 1
        keyed[key if seen[key] == 1 else f"{key} {seen[key]}"] = row
    return keyed


def woven(order: Sequence[str], other: Sequence[str]) -> list[str]:
    """`order`, with every key that only `other` has placed after the one before it there."""
    result = list(order)
    known = set(order)
    place = 0
    for key in other:
        if key in known:
            place = result.index(key) + 1
        else:
            result.insert(place, key)
            place += 1
    return result


def _key(row: Row) -> str:
    if "uid" in row or "id" in row:
        return str(row.get("uid") or row.get("id"))
    if "sha256" in row:
        return str(row.get("name"))
    target = {name: value for name, value in row.items() if name not in _SAID_OF_A_TARGET}
    return json.dumps(target, sort_keys=True, ensure_ascii=False)
