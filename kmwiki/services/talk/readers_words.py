"""What readers send without an account or with one (questions, reports): plain words, within bounds, and so often."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from kmwiki.domain.kinds.words_of_input import has_forbidden_characters
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Page
from kmwiki.services.upkeep.limits import count_try
from kmwiki.site import UnitOfWork

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Origin:
    """Where words come from: a network address, never kept as it is; and what stood in the field for machines.

    That field is not shown to people: whatever fills it in is a program.
    """

    address: str
    trap: str = ""


@dataclass(frozen=True)
class Bounds:
    """How many of a kind are taken: from one account or address in an hour and a day, for one page in a day."""

    hourly: int
    daily: int
    of_page_daily: int


def faults_of_words(text: object, field: str, limit: int, asked_for: str) -> Iterator[Problem]:
    """Why words cannot be taken; `asked_for` is the sentence where there are none."""
    if not isinstance(text, str) or not text.strip():
        yield Problem(field, Level.DRAFT, asked_for)
    elif len(text) > limit:
        yield Problem(field, Level.DRAFT, _("Please write at most {number} characters.").format(number=limit))
    elif has_forbidden_characters(clean(text)):
        yield Problem(field, Level.DRAFT, _("This text holds odd characters."))


def faults_of_origin(origin: Origin) -> Iterator[Problem]:
    """Programs fill in everything that they find."""
    if origin.trap.strip():
        yield Problem("website", Level.DRAFT, _("Please leave the field for machines empty, and send it again."))


def clean(text: str) -> str:
    """Words as they are kept."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(text: str, limit: int) -> str:
    """A name in one line of printable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:limit]


def refuse(problems: list[Problem]) -> None:
    """Raises Refused where there are any."""
    if problems:
        raise Refused(problems[0].message, problems)


def count_words(uow: UnitOfWork, kind: str, page: Page, origin: Origin, bounds: Bounds) -> None:
    """Count one more of this kind. Raises TooManyTries."""
    source, wait = source_of(uow, origin), _("Very many came from here lately. Please wait a while, then send yours.")
    count_try(uow, f"{kind} in an hour from {source}", bounds.hourly, _HOUR, wait)
    count_try(uow, f"{kind} in a day from {source}", bounds.daily, _DAY, wait)
    many = _("Very many were sent about this page today. Please send yours tomorrow.")
    count_try(uow, f"{kind} in a day about {page.id}", bounds.of_page_daily, _DAY, many)


def source_of(uow: UnitOfWork, origin: Origin) -> str:
    """The account, else the address: not to be kept as it is."""
    return f"account {uow.actor.user_id}" if uow.actor.is_signed_in else f"address {origin.address}"


def keyed_hash(uow: UnitOfWork, words: str) -> str:
    """A hash that nobody can compute who does not know the key of the site."""
    return hmac.new(uow.site.config.secret_key.encode(), words.encode(), hashlib.sha256).hexdigest()
