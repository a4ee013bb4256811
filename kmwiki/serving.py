"""Opening a site for serving: the checks that come before the first request."""

from flask import Flask

from kmwiki.app import create_app
from kmwiki.config import Config, load_config
from kmwiki.errors import ConfigError
from kmwiki.services.upkeep import installation
from kmwiki.site import Site, open_site


def open_installed(config: Config | None = None) -> Site:
    """The site of these settings. Raises ConfigError where there is no database, or one of another version."""
    site = open_site(config or load_config())
    if not installation.is_installed(site):
        raise ConfigError(f"{site.config.data} holds no database; kmwiki init or kmwiki serve makes one")
    if not installation.is_up_to_date(site):
        raise ConfigError("the database is of another version; kmwiki serve brings it up to date, after a backup")
    site.config = installation.with_secret_key(site.config)
    return site


def open_app(config: Config | None = None) -> Flask:
    """The application for a WSGI server other than that of `kmwiki serve`."""
    site = open_installed(config)
    installation.refuse_demo(site)
    site.engine.dispose()  # a server may fork after this: connections are opened by each process itself
    return create_app(site)
