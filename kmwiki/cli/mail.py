"""mail: whether mails go out."""

import click

from kmwiki.cli.opening import installed_site, step
from kmwiki.services.telling import mailing


@click.group()
def mail() -> None:
    """Mail."""


@mail.command("test")
@click.argument("address")
def test(address: str) -> None:
    """Send a mail to ADDRESS now, and say what happened."""
    step(mailing.send_test(installed_site(), address))


COMMANDS = (mail,)
