"""The `kmwiki` command: one file a subject. Commands parse, open the site, call a service and print; no rules here."""

import sys

import click

from kmwiki import __version__
from kmwiki.cli import accounts, care, mail, moving, running, upkeep
from kmwiki.errors import BundleError, KmwikiError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def kmwiki() -> None:
    """A wiki in which development organisations learn together."""


for subject in (running, accounts, care, mail, moving, upkeep):
    for command in subject.COMMANDS:
        kmwiki.add_command(command)


def main() -> None:
    """Run the command: exit 0 done, 1 refused or failed with a message on standard error, 2 wrong usage."""
    try:
        kmwiki(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KmwikiError as error:
        _say(error)
        sys.exit(1)


def _say(error: KmwikiError) -> None:
    click.echo(f"kmwiki: {error}", err=True)
    if isinstance(error, BundleError):
        for fault in error.faults:
            click.echo(f"  {fault}", err=True)
    for problem in getattr(error, "problems", ()):
        click.echo(f"  {problem.field}: {problem.message}", err=True)
