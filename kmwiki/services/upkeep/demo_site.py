"""The illustrative content of `kmwiki demo`: accounts, topics, published pages, changes that wait for review.

Pages come in by the same door as anybody's bundle. Only here may a password be as short as the name.
"""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

import kmwiki.demo
from kmwiki.models import Change, Page, Role, Topic, User
from kmwiki.permissions import SYSTEM
from kmwiki.services.accounts.accounts import actor_of, add_user, find_user
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.services.bundles import imports
from kmwiki.services.review.moderation import return_change
from kmwiki.services.upkeep.installation import mark_as_demo
from kmwiki.site import Site, UnitOfWork

FOLDER = Path(kmwiki.demo.__file__).parent

#: Name (and password) of each account, with its role.
ACCOUNTS = {
    "reader": Role.READER,
    "contributor": Role.CONTRIBUTOR,
    "contributor2": Role.CONTRIBUTOR,
    "moderator": Role.MODERATOR,
    "moderator2": Role.MODERATOR,
    "admin": Role.ADMIN,
}
#: In whose name the waiting changes come in, who sends one back, and who owns the site.
_AUTHOR, _REVIEWER, _OWNER = "contributor", "moderator", "admin"


def fill(site: Site) -> None:
    """Fill an empty site. The mark comes first: a site that is half filled is a demo, too."""
    hashes = {name: hash_password(name) for name in ACCOUNTS}
    with site.work(SYSTEM) as uow:
        mark_as_demo(uow.session)
        for name, role in ACCOUNTS.items():
            add_user(uow, name, hashes[name], role, name=f"{name.capitalize()} (demo)")
        _add_topics(uow)
    imports.import_bundle(site, FOLDER / "published", imports.Options(as_name=_OWNER, publish=True))
    imports.import_bundle(site, FOLDER / "waiting", imports.Options(as_name=_AUTHOR))
    _return_one(site)


def _add_topics(uow: UnitOfWork) -> None:
    for code, words in _read("topics.yaml").items():
        uow.session.add(
            Topic(
                code=code,
                label=words["label"],
                meaning=words.get("meaning", {}),
                other_words=words.get("other_words", {}),
            )
        )


def _return_one(site: Site) -> None:
    """A moderator sends one change back, so that its author sees how that looks."""
    returned = _read("returned.yaml")
    with site.work(SYSTEM) as uow:
        reviewer = actor_of(find_user(uow, _REVIEWER))
    with site.work(reviewer) as uow:
        change_id = uow.session.scalars(
            select(Change.id)
            .join(Page, Page.id == Change.page_id)
            .join(User, User.id == Change.author_id)
            .where(Page.slug == returned["page"], User.username == _AUTHOR)
        ).one()
        return_change(uow, change_id, returned["reason"])


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
