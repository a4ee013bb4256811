"""A browser on a real site: anonymous, or signed in as one of the people of tests/conftest.py."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kmwiki.app import create_app
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.services.accounts.sessions import start_session
from kmwiki.site import Site

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def app(site: Site) -> Flask:
    return create_app(site)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask, site: Site, people: dict[str, Actor]) -> SignIn:
    """A browser of somebody: `signed_in("moderator")`."""

    def sign_in(name: str) -> FlaskClient:
        with site.work(SYSTEM) as uow:
            token = start_session(uow, user_by_id(uow, people[name].user_id))
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
        return client

    return sign_in
