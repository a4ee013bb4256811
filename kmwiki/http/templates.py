"""Jinja for pages: translations, the CSRF field, addresses of static files with a digest, what every page is given."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, get_flashed_messages
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from kmwiki.i18n import gettext, ngettext


def prepare_templates(app: Flask) -> None:
    """Set up the template environment of this app."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]
    environment.globals.update(_=gettext, ngettext=ngettext, csrf=csrf_field, flashed=get_flashed_messages)
    environment.trim_blocks = environment.lstrip_blocks = True
    app.url_defaults(_add_digest)


def csrf_field() -> Markup:
    """The hidden input that every form that posts needs."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _add_digest(endpoint: str, values: dict[str, str]) -> None:
    """A changed static file has another address, so that browsers may keep each for ever."""
    if endpoint == "static" and "filename" in values and current_app.static_folder:
        values["v"] = _digest(Path(current_app.static_folder) / values["filename"])


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"
