"""Browsers and programs of everybody who may ask: sessions and tokens as they stay when rights go."""

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient

from kmwiki.permissions import SYSTEM
from kmwiki.services.accounts.accounts import find_user
from kmwiki.services.accounts.api_tokens import add_token
from kmwiki.services.accounts.sessions import start_session
from leaks.world import World

#: `closed` has a session of the time before; `newcomer` waits for approval; `holder` has the share link of the draft.
BROWSERS = (
    "anonymous", "holder", "reader", "stranger", "contributor", "coauthor", "invited", "asked", "moderator", "admin",
    "closed", "newcomer",
)  # fmt: skip
PROGRAMS = ("contributor's token", "contributor's reading token", "stranger's token", "asked's token",
            "moderator's token", "admin's reading token", "closed's token", "newcomer's token")  # fmt: skip


@dataclass
class Asker:
    """Somebody with the client that asks for them; `headers` hold the token of a program."""

    name: str
    client: FlaskClient
    headers: dict[str, str]

    @property
    def is_program(self) -> bool:
        return bool(self.headers)


def asker(world: World, app: Flask, name: str) -> Asker:
    """The asker of this name: of BROWSERS or PROGRAMS."""
    owner = name.partition("'")[0]
    client = app.test_client()
    if owner in ("anonymous", "holder"):
        return Asker(name, client, {})
    with world.site.work(SYSTEM) as uow:
        user = find_user(uow, owner)
        if "token" in name:
            token = add_token(uow, name, is_read_only="reading" in name, owner=user)[1]
            return Asker(name, app.test_client(use_cookies=False), {"Authorization": f"Bearer {token}"})
        session_token = start_session(uow, user)
    with client.session_transaction() as session:
        session["_user_id"] = session_token
    return Asker(name, client, {})
