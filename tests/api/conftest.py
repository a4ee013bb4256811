"""An application with the API, clients that ask it, and a worker in line."""

import gc
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from api.asking import Asker, token_of
from kmwiki import worker
from kmwiki.app import create_app
from kmwiki.permissions import Actor
from kmwiki.site import Site


@pytest.fixture
def app(site: Site) -> Flask:
    return create_app(site)


@pytest.fixture
def ask(app: Flask, site: Site, people: dict[str, Actor]) -> Callable[..., Asker]:
    """ask("contributor") asks with a token of theirs, ask() without one."""
    known: dict[tuple[str, bool], Asker] = {}

    def asker(name: str = "", is_read_only: bool = False) -> Asker:
        if (name, is_read_only) not in known:
            token = token_of(site, people[name], is_read_only=is_read_only) if name else None
            known[name, is_read_only] = Asker(app.test_client(), token)
        return known[name, is_read_only]

    return asker


@pytest.fixture
def drain(site: Site) -> Callable[[], int]:
    """Let the worker do what is due."""
    return lambda: worker.drain(site)


@pytest.fixture(autouse=True)
def no_collection_meanwhile() -> Iterator[None]:
    """Garbage of the sites of earlier tests is not counted as work of this one's write transactions."""
    gc.disable()
    yield
    gc.enable()
