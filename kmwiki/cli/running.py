"""init, serve, demo, worker: a site that runs."""

import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

import click

from kmwiki.cli.accounts import make_setup_link
from kmwiki.cli.opening import installed_site, log_to_standard_error
from kmwiki.config import Config, load_config
from kmwiki.errors import ConfigError, Refused
from kmwiki.server import Server
from kmwiki.services.upkeep import backups, demo_site, installation
from kmwiki.site import Site, open_site
from kmwiki.worker import Worker, drain, heal, reindex

_PORT = click.IntRange(1, 65535)


@click.command()
def init() -> None:
    """Make data folder, schema and keys; print the set-up link for the first administrator."""
    site = open_site(load_config())
    if installation.is_installed(site):
        raise ConfigError(f"{site.config.data} has a database already")
    _install(site)
    reindex(site)
    click.echo(f"made {site.config.data}")
    click.echo(f"First administrator, once: {make_setup_link(site)}")


def _install(site: Site) -> None:
    site.config = installation.with_secret_key(site.config)
    installation.install(site)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=_PORT, default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option("--no-worker", is_flag=True, help="Without the background worker (another node has it).")
def serve(host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve the site: folder and schema are made or brought up to date first, after a backup."""
    log_to_standard_error()
    site = open_site(load_config())
    was_there = installation.is_installed(site)
    if was_there:
        installation.refuse_demo(site)
        installation.refuse_newer(site)
        _back_up_before_upgrade(site)
    _install(site)

    def tell() -> None:
        click.echo(f"kmwiki serves {site.config.data} on http://{host}:{port}")
        _print_setup_link(site, port)

    Server(site, host, port, workers, with_worker=not no_worker, on_ready=tell).run()


def _back_up_before_upgrade(site: Site) -> None:
    site.config = installation.with_secret_key(site.config)
    if not installation.is_up_to_date(site):
        path = site.config.backup_folder / f"before-upgrade-{site.clock():%Y-%m-%d-%H%M%S}.zip"
        backups.back_up(site, path)
        click.echo(f"the database is of an older version; it was backed up to {path} and is brought up to date")


def _print_setup_link(site: Site, port: int) -> None:
    try:
        click.echo(f"First administrator, once: {make_setup_link(site, port)}")
    except Refused:
        return  # there is an administrator; the link is closed for good


@click.command()
@click.option("--port", type=_PORT, default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 8), default=2, show_default=True, help="Web processes.")
def demo(port: int, workers: int) -> None:
    """Serve a site filled with illustrative content, on this machine only, with accounts of every role."""
    log_to_standard_error()
    site = open_site(_demo_config())
    was_there = installation.is_installed(site)
    if was_there and not installation.has_demo_mark(site):
        raise ConfigError(f"{site.config.data} holds a site that is no demo; choose an empty folder in KMWIKI_DATA")
    _install(site)
    if not was_there:
        click.echo(f"filling {site.config.data} with demo content")
        demo_site.fill(site)
        reindex(site)
        drain(site)

    def tell() -> None:
        click.echo(f"kmwiki demo in {site.config.data} on http://127.0.0.1:{port}")
        click.echo("accounts (the password is the name): " + ", ".join(demo_site.ACCOUNTS))

    Server(site, "127.0.0.1", port, workers, with_worker=True, on_ready=tell).run()


def _demo_config() -> Config:
    """The folder of KMWIKI_DATA where that is set, else a throw-away one."""
    config = load_config()
    if os.environ.get("KMWIKI_DATA"):
        return config
    folder = Path(tempfile.mkdtemp(prefix="kmwiki-demo-"))
    return load_config({**os.environ, "KMWIKI_DATA": str(folder)})


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and end.")
def worker(once: bool) -> None:
    """Do background jobs: index, notifications, nightly backup."""
    site = installed_site()
    if once:
        heal(site)
        click.echo(f"{drain(site)} jobs done")
        return
    log_to_standard_error()
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    Worker(site, lambda: stopping).run()
    sys.exit(0)


COMMANDS = (init, serve, demo, worker)
