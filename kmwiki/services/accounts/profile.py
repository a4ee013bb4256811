"""What somebody says of themselves: name, organisation, languages, where they work."""

from collections.abc import Mapping
from typing import Any

from kmwiki.domain.problems import Level, Problem
from kmwiki.i18n import gettext as _
from kmwiki.models import User
from kmwiki.permissions import require
from kmwiki.services.accounts.accounts import one_line, refuse, user_by_id
from kmwiki.site import UnitOfWork

#: Part of `User.place` → vocabulary.
PLACE = {"country": "countries", "level": "level"}
_MOST_LANGUAGES = 20


def update_profile(uow: UnitOfWork, profile: Mapping[str, Any]) -> User:
    """Change one's own name, organisation, languages and place; nothing else can be given. Raises Refused."""
    require(uow.actor, "profile.manage")
    user = user_by_id(uow, uow.actor.user_id)
    languages = [code for code in profile.get("languages", user.languages) if code]
    place = {part: str(profile.get(part, user.place.get(part, ""))) for part in PLACE}
    known = [("languages", "languages", code) for code in languages]
    known += [(part, PLACE[part], code) for part, code in place.items() if code]
    refuse([_unknown(field, code) for field, name, code in known if code not in uow.site.vocabularies[name]])
    user.name = one_line(str(profile.get("name", user.name)), 200) or user.username
    user.organisation = one_line(str(profile.get("organisation", user.organisation)), 300)
    user.languages = list(dict.fromkeys(languages))[:_MOST_LANGUAGES]
    user.place = {part: code for part, code in place.items() if code}
    return user


def _unknown(field: str, code: str) -> Problem:
    return Problem(field, Level.DRAFT, _("“{value}” is not in the list.").format(value=code[:60]))
