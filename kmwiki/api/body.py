"""Reading what a program sends: a JSON object of known members, small, not deep, of texts that can be stored."""

import json
import math
from collections.abc import Mapping
from uuid import UUID

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _

#: A page of the largest size that is accepted, each of its characters escaped.
LARGEST_BODY_BYTES = 6 * 1024 * 1024
DEEPEST = 20
#: Greater whole numbers are not the same number to every reader of JSON.
GREATEST_NUMBER = 2**53 - 1

Members = Mapping[str, object]


def members(*known: str) -> dict[str, object]:
    """The members of the body, {} where there is none; no others than these.

    Raises UnsupportedMediaType (415), BadRequest (400, cannot be read), Refused (422, cannot be meant so).
    """
    body = all_members()
    message = _("“{name}” is not something that can be given here.")
    problems = [_problem(name[:60], message.format(name=name[:60])) for name in body if name not in known]
    if problems:
        raise Refused(problems[0].message, problems[:50])
    return body


def all_members() -> dict[str, object]:
    """The members of the body, whatever they are called: for those who refuse the unknown ones themselves."""
    body = _read()
    if not isinstance(body, dict):
        raise refused("", _("Send a JSON object, its members by name."))
    _refuse_unstorable(body)
    return body


def _read() -> object:
    request.max_content_length = LARGEST_BODY_BYTES
    raw = request.get_data(cache=False)
    if not raw:
        return {}
    if not request.is_json:
        raise UnsupportedMediaType()
    try:
        return json.loads(raw.decode("utf-8"), parse_int=_number, parse_constant=_no_number)
    except RecursionError as error:
        raise BadRequest(_("This JSON is nested too deep.")) from error
    except ValueError as error:
        raise BadRequest(_("This is not JSON in UTF-8: {reason}").format(reason=_reason(error))) from error


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= 20 else math.inf


def _no_number(word: str) -> object:
    raise ValueError(word)


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} ({error.lineno}:{error.colno})"
    return "NaN, Infinity" if not isinstance(error, UnicodeDecodeError) else "UTF-8"


def _refuse_unstorable(body: dict[str, object]) -> None:
    """Refuse depth, numbers and characters that nothing behind this door could keep or write out again."""
    for member, value in body.items():
        waiting: list[tuple[object, int]] = [(member, 0), (value, 1)]
        while waiting:
            part, depth = waiting.pop()
            if depth > DEEPEST:
                raise refused(member, _("This is nested too deep."))
            if isinstance(part, dict):
                waiting += ((inner, depth + 1) for pair in part.items() for inner in pair)
            elif isinstance(part, list):
                waiting += ((inner, depth + 1) for inner in part)
            elif isinstance(part, str) and not _is_storable(part):
                raise refused(member, _("This text holds characters that cannot be stored."))
            elif isinstance(part, int | float) and not abs(part) <= GREATEST_NUMBER:
                raise refused(member, _("This number is too large."))


def _is_storable(text: str) -> bool:
    if "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def text_of(given: Members, name: str, most: int = 1_000) -> str:
    """A member that is a text, "" where it is not given. Raises Refused."""
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise refused(name, _("“{name}” is a text of at most {number} characters.").format(name=name, number=most))
    if any(ord(character) < 32 and character not in "\t\n\r" for character in value):
        raise refused(name, _("This text holds characters that cannot be stored."))
    return value


def id_of(given: Members, name: str) -> UUID | None:
    """A member that is the id of something, None where it is not given. Raises Refused."""
    value = given.get(name)
    if value is None:
        return None
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise refused(name, _("“{name}” is an id, as it was given out.").format(name=name)) from error


def ids_of(given: Members, name: str, most: int = 100) -> list[UUID]:
    """A member that is a list of ids, [] where it is not given. Raises Refused."""
    value = given.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise refused(name, _("“{name}” is a list of ids.").format(name=name))
    return [needed_id({name: each}, name) for each in value]


def needed_id(given: Members, name: str) -> UUID:
    """The same for one that must be given."""
    value = id_of(given, name)
    if value is None:
        raise refused(name, _("“{name}” is missing.").format(name=name))
    return value


def needed_text(given: Members, name: str, most: int = 1_000) -> str:
    """A member that is a text and must be given."""
    value = text_of(given, name, most)
    if not value.strip():
        raise refused(name, _("“{name}” is missing.").format(name=name))
    return value


def truth_of(given: Members, name: str, default: bool) -> bool:
    """A member that is true or false. Raises Refused."""
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise refused(name, _("“{name}” is true or false.").format(name=name))
    return value


def texts_by_name(given: Members, name: str, most: int = 100) -> dict[str, str]:
    """A member that is an object of texts, {} where it is not given. Raises Refused."""
    value = given.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > most or not all(isinstance(text, str) for text in value.values()):
        raise refused(name, _("“{name}” is an object of texts.").format(name=name))
    return value


def _problem(field: str, message: str) -> Problem:
    return Problem(field=field, level=Level.DRAFT, message=message)


def refused(field: str, message: str) -> Refused:
    """The error of one member that is at fault."""
    return Refused(message, [_problem(field, message)])
