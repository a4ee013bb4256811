"""The world and its twin, built once for all tests of this folder: nothing here may change them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kmwiki.app import create_app
from kmwiki.config import load_config, with_settings
from kmwiki.site import open_site
from leaks.markers import mark
from leaks.rows import add_rows
from leaks.world import World, build


def _built(template: Path, folder: Path, whole: bool) -> World:
    folder.mkdir(exist_ok=True)
    shutil.copy(template, folder / "kmwiki.db")
    secret = mark("settings", "secret")
    config = with_settings(load_config({"KMWIKI_DATA": str(folder)}), secret_key=f"only for tests, {secret}")
    world = build(open_site(config), whole)
    if whole:
        add_rows(world)
    world.site.config = with_settings(world.site.config, mail_url=f"smtp://wiki:{secret}@mail.example.org:587")
    return world


@pytest.fixture(scope="session")
def world(sqlite_template: Path, warmed_up: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything that somebody may not see, and what everybody may."""
    built = _built(sqlite_template, tmp_path_factory.mktemp("world"), True)
    yield built
    built.site.engine.dispose()


@pytest.fixture(scope="session")
def twin(sqlite_template: Path, warmed_up: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same without what somebody may not see."""
    built = _built(sqlite_template, tmp_path_factory.mktemp("twin"), False)
    yield built
    built.site.engine.dispose()


@pytest.fixture(scope="session")
def app(world: World) -> Flask:
    return create_app(world.site)
