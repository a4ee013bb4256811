"""What the log says: one line for one event, ids and not contents, no password, token or address."""

import logging
import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from browsing import post
from kmwiki.cli.opening import OneLine
from kmwiki.models import User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import find_user
from kmwiki.services.accounts.passwords import hash_password
from kmwiki.site import Site

PASSWORD = "a long pass phrase of Ada"
EVENT = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ (DEBUG|INFO|WARNING|ERROR) kmwiki[\w.]*: ")
FORGED = "x\r\n2026-11-22 08:00:00,000 INFO kmwiki.services.accounts.sessions: signed in user=admin"


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """What `kmwiki serve` would have written on standard error so far."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root, level = logging.getLogger("kmwiki"), logging.getLogger("kmwiki").level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def ada(site: Site) -> User:
    with site.work(SYSTEM) as uow:
        user = find_user(uow, "contributor")
        user.password_hash, user.email = hash_password(PASSWORD), "ada@example.org"
        return user


def test_every_event_is_one_line_whatever_somebody_puts_into_a_request(
    app: Flask, browser: FlaskClient, log: Callable[[], str]
) -> None:
    def crash() -> str:
        raise ValueError(FORGED)

    app.add_url_rule("/crash/<path:name>", view_func=crash)
    app.add_url_rule("/crash", view_func=crash)
    for path in ("/crash", "/crash/x%0d%0a2026-11-22 08:00:00,000 INFO kmwiki.x: forged"):
        answer = browser.get(path, headers={"User-Agent": "Browser\tof 2026-11-22"})
        assert answer.status_code in (404, 500) and "Traceback" not in answer.text and "user=admin" not in answer.text
    post(browser, "/account/login", {"username": FORGED, "password": FORGED})
    browser.post("/new/term", data={"csrf_token": FORGED, "title": FORGED})
    logging.getLogger("kmwiki.test").info("named user=%s", FORGED)

    lines = log().splitlines()
    assert len(lines) > 3 and all(EVENT.match(line) or line.startswith("    ") for line in lines)
    assert not [line for line in lines if EVENT.match(line) and "signed in user=admin" in line and "named" not in line]


def test_no_password_token_or_address_is_logged(
    site: Site, browser: FlaskClient, app: Flask, ada: User, log: Callable[[], str]
) -> None:
    secrets = [PASSWORD, "ada@example.org", "bo@example.org", "another long pass phrase", "wrong pass phrase"]
    post(browser, "/account/login", {"username": "contributor", "password": "wrong pass phrase"})
    post(browser, "/account/forgotten", {"email": "ada@example.org", "username": "contributor"})
    post(browser, "/account/login", {"username": "contributor", "password": PASSWORD})
    made = post(browser, "/account/tokens", {"name": "Laptop", "days": "30", "password": PASSWORD})
    secrets += re.findall(r"<code[^>]*>([\w-]{30,})</code>", made.text)
    assert len(secrets) > 5
    for token in secrets[5:]:
        app.test_client().get("/api/v1/changes", headers={"Authorization": f"Bearer {token}"})
    session = next(cookie.value for cookie in [browser.get_cookie("kmwiki_session")] if cookie)
    post(app.test_client(), "/account/register", {
        "username": "bo", "name": "Bo", "email": "bo@example.org", "password": "another long pass phrase",
    })  # fmt: skip
    app.test_client().get(f"/shared/{'t' * 43}")

    written = log()
    assert "signed in" in written
    assert not [secret for secret in [*secrets, session, "t" * 43] if secret in written]


def test_an_error_of_the_database_names_no_values(site: Site, people: dict[str, Actor], ada: User) -> None:
    with pytest.raises(IntegrityError) as error, site.work(SYSTEM) as uow:
        other: Any = uow.session.scalar(select(User).where(User.username == "reader"))
        other.email = "ada@example.org"
        uow.session.flush()

    assert "ada@example.org" not in str(error.value)
