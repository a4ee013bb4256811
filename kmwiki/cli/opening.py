"""How commands reach a site."""

import logging
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from kmwiki.config import Config, load_config
from kmwiki.serving import open_installed
from kmwiki.site import Site


def installed_site(config: Config | None = None) -> Site:
    """The site of the settings. Raises ConfigError where there is no database."""
    return open_installed(config or load_config())


class OneLine(logging.Formatter):
    """One line for one event: line ends that somebody put into a name or an address are written as \\n.

    What follows an event (how an error came about) is indented, so that nothing in it looks like another event.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).translate(_LINE_ENDS)

    def formatException(self, ei: Any) -> str:
        return "\n".join(f"    {line}" for line in super().formatException(ei).splitlines())


#: Everything at which some program begins a new line.
_LINE_ENDS = {ord(end): repr(end)[1:-1] for end in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\x1b"}


def log_to_standard_error() -> None:
    """One line for one event, for commands that go on running."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)


def progress() -> Progress:
    """A progress bar on a terminal; silent otherwise (steps are then printed as lines)."""
    return Progress(console=Console(stderr=True), disable=not Console(stderr=True).is_terminal, transient=True)


def step(words: str) -> None:
    """One line for one step."""
    click.echo(words)
