"""purge: what must go, goes, also where nobody can sign in."""

import click

from kmwiki.cli.opening import installed_site, step
from kmwiki.permissions import SYSTEM
from kmwiki.services.pages import page_care


@click.command()
@click.argument("slug")
@click.option("--reason", required=True, help="Kept in the audit log; name nobody in it.")
def purge(slug: str, reason: str) -> None:
    """Remove the page SLUG for good: every version, files, comments, questions, reports. Nothing brings it back.

    For personal data, people in danger, copyright. The worker takes it out of the index and removes its files.
    """
    with installed_site().work(SYSTEM) as uow:
        page_care.purge(uow, slug, reason)
    step(f"{slug} is removed for good; backups from before still hold it")


COMMANDS = (purge,)
