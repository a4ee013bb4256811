"""An application with the API, and clients that ask it with the tokens of people."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kmwiki.models import User
from kmwiki.permissions import SYSTEM, Actor
from kmwiki.services.accounts.accounts import user_by_id
from kmwiki.services.accounts.api_tokens import add_token
from kmwiki.site import Site

BASE = "/api/v1"


def token_of(site: Site, actor: Actor, **options: Any) -> str:
    """A new token of this person."""
    with site.work(SYSTEM) as uow:
        owner: User = user_by_id(uow, actor.user_id)
        return add_token(uow, "test", owner=owner, **options)[1]


class Asker:
    """Asks the API in somebody's name; `path` is what follows /api/v1."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self._client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, json: Any = None, headers: Any = None, **options: Any) -> TestResponse:
        return self._client.open(
            BASE + path, method=method, json=json, headers={**self.headers, **(headers or {})}, **options
        )

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", path, json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("PATCH", path, json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)
