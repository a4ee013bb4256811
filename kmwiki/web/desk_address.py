"""What the address of the moderators' desk asks for, and addresses that ask for something else."""

from collections.abc import Mapping
from dataclasses import fields, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from kmwiki.services.review.desk_filters import DeskFilter, Group, Kind, Show

DESK = "/review"
#: Parts of the address that are texts, as the filter calls them.
TEXTS = ("type", "language", "country", "sector", "author")
_LONGEST = 80

E = TypeVar("E", bound=StrEnum)


def asked_of(arguments: Mapping[str, str]) -> DeskFilter:
    """What is asked for; what cannot be asked for asks for nothing."""
    texts = {name: value for name in TEXTS if len(value := arguments.get(name, "").strip()) <= _LONGEST}
    return DeskFilter(
        show=_one_of(Show, arguments.get("show")),
        group=_one_of(Group, arguments.get("group")),
        kind=_one_of(Kind, arguments.get("kind")),
        is_late=arguments.get("late") == "1",
        **texts,
    )


def arguments_of(asked: DeskFilter) -> dict[str, str]:
    """The arguments of an address that asks for this."""
    given = {field.name: getattr(asked, field.name) for field in fields(asked)}
    given["late"] = "1" if given.pop("is_late") else ""
    return {name: str(value) for name, value in given.items() if value}


def address(asked: DeskFilter, at: str = DESK, **changes: object) -> str:
    """The address that asks for this, with changes; the list begins at its first page."""
    given = arguments_of(replace(asked, **changes))  # type: ignore[arg-type]
    return f"{at}?{urlencode(given)}" if given else at


def _one_of(names: type[E], text: str | None) -> E | None:
    return names(text) if text in list(names) else None
