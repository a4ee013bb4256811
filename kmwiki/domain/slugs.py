"""Slugs: the names of pages in addresses. Names, not identities: a page may be renamed."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from slugify import slugify

from kmwiki.i18n import gettext as _

MAX_LENGTH = 80
_WORDS_OF_ADDRESSES = """
    about account acknowledge admin api archive change changes compare connect demo discussion edit
    evidence export exports favicon feed files gaps health healthz help history home import imports
    index lessons login logout map metrics move new oai organisations p page pages preview privacy
    protect readyz recent register rename restore review revisions robots search setup shared sitemap
    static terms topics types vocabularies wanted well-known
"""
#: What a page may not be called: words of the address map, and those that may be needed there.
RESERVED = frozenset(_WORDS_OF_ADDRESSES.split())
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TITLE_LENGTH_READ = 1_000


def slug_of(title: str) -> str:
    """The slug that a title suggests: transliterated, shortened at a word, never empty and never reserved."""
    slug = slugify(title[:_TITLE_LENGTH_READ], max_length=MAX_LENGTH, word_boundary=True) or "untitled"
    return _with_end(slug, "-page") if _is_taken_word(slug) else slug


def check_slug(slug: str) -> list[str]:
    """What is wrong with a slug that somebody typed, in plain words; nothing if it can be used."""
    if not _SLUG.fullmatch(slug):
        return [_("Use small letters a to z, digits and single hyphens between them.")]
    if len(slug) > MAX_LENGTH:
        return [_("Use at most {number} characters.").format(number=MAX_LENGTH)]
    if _is_taken_word(slug):
        return [_("“{slug}” is kept for the site itself.").format(slug=slug)]
    return []


def free_slug(wish: str, taken: Callable[[str], bool]) -> str:
    """The slug itself, or with the first number behind it that is free."""
    if not taken(wish):
        return wish
    numbered = (_with_end(wish, f"-{number}") for number in count(2))
    return next(slug for slug in numbered if not taken(slug))


def _with_end(slug: str, end: str) -> str:
    return slug[: MAX_LENGTH - len(end)].rstrip("-") + end


def _is_taken_word(slug: str) -> bool:
    # A slug in the shape of an id could not be told from one where both are accepted.
    return slug in RESERVED or _UUID.fullmatch(slug) is not None
