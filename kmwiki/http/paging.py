"""Page numbers from a request: bounded, so that nobody asks for page one billion."""

from collections.abc import Mapping
from dataclasses import dataclass

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _

MOST_PER_PAGE = 100
#: Far enough for any list; an offset beyond it would only burn time.
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Paging:
    page: int
    per_page: int


def paging_of(arguments: Mapping[str, str], per_page: int = 20) -> Paging:
    """`page` and `per_page` as given. Raises Refused for what is no number within bounds."""
    return Paging(
        _number(arguments, "page", 1, LAST_PAGE), _number(arguments, "per_page", per_page, MOST_PER_PAGE)
    )


def _number(arguments: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = arguments.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= largest):
        message = _("“{name}” is a number from 1 to {largest}.").format(name=name, largest=largest)
        raise Refused(message, [Problem(field=name, level=Level.DRAFT, message=message)])
    return int(text)
