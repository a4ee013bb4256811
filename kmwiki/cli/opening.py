"""How commands reach a site."""

import logging

import click
from rich.console import Console
from rich.progress import Progress

from kmwiki.config import Config, load_config
from kmwiki.serving import open_installed
from kmwiki.site import Site


def installed_site(config: Config | None = None) -> Site:
    """The site of the settings. Raises ConfigError where there is no database."""
    return open_installed(config or load_config())


def log_to_standard_error() -> None:
    """One line for one event, for commands that go on running."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)


def progress() -> Progress:
    """A progress bar on a terminal; silent otherwise (steps are then printed as lines)."""
    return Progress(console=Console(stderr=True), disable=not Console(stderr=True).is_terminal, transient=True)


def step(words: str) -> None:
    """One line for one step."""
    click.echo(words)
