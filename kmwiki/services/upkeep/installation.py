"""Making a site's data folder and schema, and bringing them up to date."""

import logging
import os
import secrets

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from kmwiki.config import Config, with_settings
from kmwiki.db import transaction
from kmwiki.errors import ConfigError
from kmwiki.models import Change, Import, Page, Publication, Revision, Setting
from kmwiki.site import Site, fill_new_database, keep_type_editions, resource_folder

log = logging.getLogger(__name__)

DEMO_MARK = "demo"


def with_secret_key(config: Config) -> Config:
    """The settings with a secret key: the one given, or one made once and kept in the data folder."""
    if config.secret_key:
        return config
    path = config.data / "secret_key"
    if not path.exists():
        make_data_folder(config)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return with_settings(config, secret_key=path.read_text().strip())


def make_data_folder(config: Config) -> None:
    """Make the data folder where it is not there, for its owner alone: it holds drafts and password hashes."""
    if not config.data.exists():
        config.data.mkdir(parents=True, mode=0o700)


def is_installed(site: Site) -> bool:
    """Whether the database has kmwiki's tables; makes nothing."""
    if site.config.is_sqlite and not site.config.sqlite_path.exists():
        return False
    return inspect(site.engine).has_table("page")


def is_up_to_date(site: Site) -> bool:
    """Whether the schema is the one that this version of kmwiki needs."""
    return schema_revision(site) == _scripts(site).get_current_head()


def refuse_newer(site: Site) -> None:
    """Raises ConfigError for a database that a newer kmwiki has brought to a schema unknown here."""
    revision = schema_revision(site)
    if revision is not None and revision not in {script.revision for script in _scripts(site).walk_revisions()}:
        raise ConfigError(
            f"{site.config.data} was brought up to date by a newer kmwiki (schema {revision}); serve it with that "
            "version, or restore the backup that was made before (docs/operating.md, the way back)"
        )


def _scripts(site: Site) -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config(site))


def schema_revision(site: Site) -> str | None:
    """The migration that the database was last brought to."""
    with site.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def install(site: Site) -> None:
    """Make folder and schema, or bring the schema up to date; fill what every site has; sweep what a crash left.

    Raises ConfigError where a page type's edition was edited.
    """
    make_data_folder(site.config)
    if not is_installed(site) or not is_up_to_date(site):
        command.upgrade(alembic_config(site), "head")
    with transaction(site.sessions) as session:
        fill_new_database(session)
        keep_type_editions(session, site.types)
    with transaction(site.sessions) as session:
        sweep_unfinished_imports(session)


def alembic_config(site: Site) -> AlembicConfig:
    """Alembic, told where this site's migrations and database are."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(resource_folder("migrations")))
    config.attributes["engine"] = site.engine
    return config


def sweep_unfinished_imports(session: Session) -> None:
    """Remove the invisible rows of imports that never came to their end."""
    unfinished = list(session.scalars(select(Import).where(Import.state == "staging")))
    for row in unfinished:
        remove_staged(session, row)
        log.warning("swept unfinished import=%s", row.id)


def remove_staged(session: Session, row: Import) -> None:
    """Remove everything that this import staged."""
    for table in (Publication, Revision, Change, Page):
        staged = table.import_id == row.id if table is not Publication else Publication.page_id.in_(
            select(Page.id).where(Page.import_id == row.id)
        )  # fmt: skip
        session.execute(delete(table).where(staged))
    session.delete(row)


# ---- the demo's mark


def mark_as_demo(session: Session) -> None:
    """Mark the site as a demo: its accounts have passwords that everybody knows."""
    session.merge(Setting(name=DEMO_MARK, value=True))


def is_demo(session: Session) -> bool:
    """Whether this site's database was made by `kmwiki demo`."""
    return session.get(Setting, DEMO_MARK) is not None


def has_demo_mark(site: Site) -> bool:
    """Whether `kmwiki demo` made this site."""
    with transaction(site.sessions) as session:
        return is_demo(session)


def refuse_demo(site: Site) -> None:
    """Raises ConfigError for a demo's data: it is served by `kmwiki demo` alone, on this machine alone."""
    if has_demo_mark(site):
        raise ConfigError(
            f"{site.config.data} holds a demo, whose passwords everybody knows; serve it with kmwiki demo, "
            "or choose another folder in KMWIKI_DATA"
        )
