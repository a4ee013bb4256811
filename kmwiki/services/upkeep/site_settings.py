"""What an administrator chooses in the browser: read as it holds now, checked whole, noted with before and after.

A choice is a row of Setting, as text that the environment could say, too (config.with_choices reads it); it holds in
every process from its next use case on. What the environment gives cannot be chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kmwiki.config import CHOSEN_IN_BROWSER, SETTINGS, Config, attribute
from kmwiki.domain.problems import Level, Problem
from kmwiki.errors import Refused
from kmwiki.i18n import gettext as _
from kmwiki.models import Setting
from kmwiki.permissions import require
from kmwiki.services.accounts.accounts import number_who_decide
from kmwiki.site import UnitOfWork

LONGEST_NAME = 60
_BY_NAME = {attribute(setting): setting for setting in SETTINGS}


@dataclass(frozen=True)
class SettingsNow:
    """What holds: texts by name, and which of them the environment gives. `moderators`: how many can decide."""

    texts: Mapping[str, str]
    given: frozenset[str]
    moderators: int


def settings_now(uow: UnitOfWork) -> SettingsNow:
    require(uow.actor, "site.settings")
    config = uow.site.config
    texts = {name: _as_text(config, name) for name in CHOSEN_IN_BROWSER}
    return SettingsNow(texts, config.given & set(CHOSEN_IN_BROWSER), number_who_decide(uow))


def choose(uow: UnitOfWork, wanted: Mapping[str, str]) -> list[str]:
    """Store what differs from what holds now; the names of what did. Unknown names and given ones are passed over.

    Raises Refused with every fault at its setting; then nothing is stored.
    """
    now = settings_now(uow)
    texts = {name: " ".join(wanted[name].split()) for name in CHOSEN_IN_BROWSER if name in wanted}
    changed = {name: text for name, text in texts.items() if name not in now.given and text != now.texts[name]}
    problems = [problem for name, text in changed.items() for problem in _faults(uow, name, text)]
    if problems:
        raise Refused(_("Nothing was saved. Please look at what is marked."), problems)
    for name, text in changed.items():
        uow.session.merge(Setting(name=name, value=text))
        uow.audit("site.setting", name=name, before=now.texts[name], after=text)
    if changed:
        uow.settings_changed()
    return list(changed)


def _as_text(config: Config, name: str) -> str:
    value = getattr(config, name)
    if isinstance(value, bool):
        return "1" if value else "0"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _faults(uow: UnitOfWork, name: str, text: str) -> list[Problem]:
    message = _fault(uow, name, text)
    return [Problem(name, Level.DRAFT, message)] if message else []


def _fault(uow: UnitOfWork, name: str, text: str) -> str | None:
    if name == "site_name":
        fits = 0 < len(text) <= LONGEST_NAME and text.isprintable()
        return None if fits else _("A name has 1 to {number} characters.").format(number=LONGEST_NAME)
    if name == "licence" and text not in uow.site.vocabularies["licences"]:
        return _("Please choose one from the list.")
    try:
        _BY_NAME[name].read(text)
    except ValueError:
        if name == "reminder_days":
            return _("Write up to five numbers of days, the smallest first, as in: 7 14")
        return _("Please choose one from the list.")
    return None
