"""Everything that can go wrong on purpose, each with the HTTP status that both faces answer.

    KmwikiError
    ├── NotFound (404)            not there, or not for you: the same answer
    ├── Forbidden (403)           you see it, but may not do this
    ├── Unauthenticated (401)     sign in first
    ├── Refused (422)             the input is at fault; carries problems
    ├── Conflict (409)            the state has moved on
    │   ├── PageMoved             publish: look at the combination first
    │   ├── EditConflict          save: the same passage was changed twice; carries both texts
    │   └── OpenChangeExists      one open change for each page and author
    ├── StaleRevision (412)       If-Match names an older head
    ├── PreconditionMissing (428) If-Match is needed
    ├── TooManyTries (429)
    ├── TooLarge (413)
    ├── SearchUnavailable (503)
    ├── OfficeUnavailable (503)   no Word files here, or not now
    ├── MailUnavailable (503)     the mail server cannot be reached, or says: later
    ├── MailRefused               the mail server will never take this mail
    ├── TypeMismatch              versions of different page types cannot be merged
    ├── BundleError               a bundle or folder cannot be read
    ├── ConfigError               a setting is wrong
    └── PageTypeError             a type or vocabulary file is wrong
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kmwiki.i18n import gettext as _

if TYPE_CHECKING:
    from kmwiki.domain.problems import Problem


class KmwikiError(Exception):
    """The root; str() of each is a sentence for the person who caused it."""

    status = 500
    code = "error"


class NotFound(KmwikiError):
    status = 404
    code = "not-found"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or _("There is nothing here, or nothing that you may see."))


class Forbidden(KmwikiError):
    status = 403
    code = "forbidden"


class Unauthenticated(KmwikiError):
    status = 401
    code = "sign-in"


class Refused(KmwikiError):
    """Input at fault: every problem at once, nothing stored."""

    status = 422
    code = "refused"

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class Conflict(KmwikiError):
    status = 409
    code = "conflict"


class StaleRevision(KmwikiError):
    status = 412
    code = "stale"


class PreconditionMissing(KmwikiError):
    status = 428
    code = "precondition-required"


class TooManyTries(KmwikiError):
    status = 429
    code = "too-many"


class TooLarge(KmwikiError):
    status = 413
    code = "too-large"


class SearchUnavailable(KmwikiError):
    status = 503
    code = "search-unavailable"


class OfficeUnavailable(KmwikiError):
    status = 503
    code = "office-unavailable"


class MailUnavailable(KmwikiError):
    status = 503
    code = "mail-unavailable"


class MailRefused(KmwikiError):
    code = "mail-refused"


class ConfigError(KmwikiError):
    code = "config"


class BundleError(KmwikiError):
    """A bundle or folder that cannot be taken in; `faults` names every one, with its file."""

    status = 422
    code = "bundle"

    def __init__(self, message: str, faults: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class PageTypeError(KmwikiError):
    """A type or vocabulary file at fault: `faults` are (file, field, fault)."""

    code = "page-type"

    def __init__(self, faults: Sequence[tuple[str, str, str]]) -> None:
        super().__init__("\n".join(f"{file}: {field}: {fault}" for file, field, fault in faults))
        self.faults = tuple(faults)


class UnknownPageType(NotFound):
    code = "unknown-type"


class TypeMismatch(KmwikiError):
    """Three versions to be merged that are not of one page type and edition."""

    code = "type-mismatch"
