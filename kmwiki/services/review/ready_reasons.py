"""Ready sentences for what needs a reason: those that a site wrote itself, else the shipped ones.

Each is a beginning: whoever takes one can write on.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select

from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import NotFound, Refused
from kmwiki.i18n import INTERFACE_LANGUAGES, current_language, language
from kmwiki.i18n import gettext as _
from kmwiki.models import Setting
from kmwiki.permissions import require
from kmwiki.site import UnitOfWork

#: So many sentences at most for each thing in each language, and so long.
MOST = 10
LENGTH = 300
_PREFIX = "reasons."

#: What a site wrote for one thing: sentences by language.
Own = Mapping[str, Sequence[str]]


def ready_reasons(uow: UnitOfWork, *verbs: str) -> dict[str, list[str]]:
    """The sentences for each of these in the reader's language, in one query."""
    own = _own(uow, verbs)
    return {verb: list(own[verb].get(current_language()) or SHIPPED[verb]()) for verb in verbs}


def own_reasons(uow: UnitOfWork) -> Mapping[str, Own]:
    """Everything that this site wrote itself, by what it is for. Raises Forbidden."""
    require(uow.actor, "site.reasons")
    return _own(uow, tuple(SHIPPED))


def shipped_reasons(verb: str, code: str) -> list[str]:
    """The sentences that kmwiki brings along, in this language."""
    with language(code):
        return SHIPPED[verb]()


def write_reasons(uow: UnitOfWork, verb: str, given: Own) -> bool:
    """Keep a site's own sentences by language; none in a language means the shipped ones there.

    Returns whether anything changed. Raises NotFound, Forbidden, Refused with every problem, each at its language.
    """
    require(uow.actor, "site.reasons")
    if verb not in SHIPPED:
        raise NotFound()
    cleaned = {code: _sentences(given.get(code, ())) for code in INTERFACE_LANGUAGES}
    if problems := [problem for code, sentences in cleaned.items() for problem in _problems(code, sentences)]:
        raise Refused(problems[0].message, problems)
    value = {code: sentences for code, sentences in cleaned.items() if sentences}
    if value == _own(uow, (verb,))[verb]:
        return False
    uow.session.merge(Setting(name=_PREFIX + verb, value=value))
    uow.audit("site.reasons", verb=verb, languages=sorted(value))
    uow.raise_generation()
    return True


def _own(uow: UnitOfWork, verbs: Sequence[str]) -> dict[str, Own]:
    names = [_PREFIX + verb for verb in verbs]
    rows = uow.session.execute(select(Setting.name, Setting.value).where(Setting.name.in_(names)))
    kept = {name.removeprefix(_PREFIX): value for name, value in rows}
    return {verb: kept.get(verb) or {} for verb in verbs}


def _sentences(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(words for line in given if (words := " ".join(line.split()))))


def _problems(code: str, sentences: Sequence[str]) -> list[Problem]:
    messages = []
    if len(sentences) > MOST:
        messages.append(_("At most {number} sentences, please.").format(number=MOST))
    if any(len(words) > LENGTH or any(ord(sign) < 32 for sign in words) for words in sentences):
        messages.append(_("A sentence has at most {number} characters.").format(number=LENGTH))
    return [Problem(field=code, level=Level.DRAFT, message=message) for message in messages]


# ---- what kmwiki brings along


def _return() -> list[str]:
    return [
        _("Please say where this was seen, and how you know it."),
        _("Please say where it works and where it does not."),
        _("A stranger would not understand this yet. Please write out what you take for granted."),
        _("Please say what it cost: money, people, time."),
        _("Please take out what could endanger or expose somebody."),
    ]


def _reject() -> list[str]:
    return [
        _("There is a page about this already. Please improve that one."),
        _("This advertises something; it does not say what was learned."),
        _("This belongs to one organisation alone; others cannot use it."),
        _("The text is taken from elsewhere without permission."),
        _("This could endanger people, and cannot be published in any form."),
    ]


def _archive() -> list[str]:
    return [
        _("This is no longer true."),
        _("Another page says it better."),
        _("Nobody looks after this page any more."),
        _("The need has been met."),
        _("Its authors asked for it."),
    ]


def _bin() -> list[str]:
    return [
        _("Its authors asked for it."),
        _("It names people who did not agree to be named."),
        _("It was published by mistake."),
        _("The text is taken from elsewhere without permission."),
        _("It could endanger somebody."),
    ]


def _gone() -> list[str]:
    """Why a text is hidden or removed for good; the audit log keeps the reason, so none names anybody."""
    return [
        _("It holds personal data."),
        _("It could endanger somebody."),
        _("It names people who did not agree to be named."),
        _("The text is taken from elsewhere without permission."),
        _("A court or an authority demanded it."),
    ]


def _ask() -> list[str]:
    """Why an author wants her page archived, renamed or removed."""
    return [
        _("This is no longer true."),
        _("Another page says it better."),
        _("Nobody looks after this page any more."),
        _("The need has been met."),
        _("It was published by mistake."),
        _("It names people who did not agree to be named."),
    ]


SHIPPED: Mapping[str, Callable[[], list[str]]] = MappingProxyType(
    {"return": _return, "reject": _reject, "archive": _archive, "bin": _bin, "gone": _gone, "ask": _ask}
)
