"""reindex, verify, backup, restore, seed, types: keeping a site in order."""

import sys
from pathlib import Path

import click

from kmwiki.cli.opening import installed_site, progress, step
from kmwiki.config import load_config
from kmwiki.errors import PageTypeError
from kmwiki.permissions import SYSTEM
from kmwiki.services.upkeep import backups, installation, seeding, verifying
from kmwiki.services.upkeep.type_check import check_files
from kmwiki.site import open_site
from kmwiki.worker import drain, heal
from kmwiki.worker import reindex as rebuild_index


@click.command()
def reindex() -> None:
    """Build the search index anew beside the live one, and swap."""
    rebuild_index(installed_site())
    step("the search index is new")


@click.command()
def verify() -> None:
    """Compare database, index and files; exit 1 where they differ."""
    site = installed_site()
    with site.look(SYSTEM) as uow:
        found = 0
        for difference in verifying.differences(uow):
            step(difference)
            found += 1
    step("no differences" if not found else f"{found} differences")
    sys.exit(1 if found else 0)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def backup(path: Path) -> None:
    """Write the whole site into one checked file, while it runs."""
    backups.back_up(installed_site(), path)
    step(f"backed up to {path}")


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(path: Path) -> None:
    """Make an empty data folder the site of this backup."""
    site = open_site(load_config())
    backups.restore(site, path)
    site.config = installation.with_secret_key(site.config)
    installation.install(site)
    rebuild_index(site)
    step(f"restored into {site.config.data}")


@click.command()
@click.option("--pages", type=click.IntRange(1, 1_000_000), required=True)
@click.option("--seed", type=int, default=1, show_default=True)
def seed(pages: int, seed: int) -> None:
    """Add generated pages with links and history, through the services, for load tests."""
    site = installed_site()
    with progress() as bar:
        task = bar.add_task("pages", total=pages)
        for done in seeding.seed_pages(site, pages, seed):
            bar.update(task, completed=done)
    heal(site)
    step(f"{pages} pages added; {drain(site)} jobs done")


@click.group()
def types() -> None:
    """Page types."""


@types.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_types(files: tuple[Path, ...]) -> None:
    """Check files of page types, site.yaml too (all of the site's where none is named): file, field, fault of each."""
    try:
        number = check_files(load_config(), files)
    except PageTypeError as error:
        for file, field, fault in error.faults:
            click.echo(f"{file}: {field}: {fault}", err=True)
        sys.exit(1)
    step(f"{number} page types in order")


COMMANDS = (reindex, verify, backup, restore, seed, types)
