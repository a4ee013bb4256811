"""How Alembic reaches the database: the engine comes from the site (or, for developers, from the settings)."""

from alembic import context

from kmwiki import models
from kmwiki.config import load_config
from kmwiki.db import Base, make_engine

assert models  # importing the tables fills the metadata


def run() -> None:
    engine = context.config.attributes.get("engine") or make_engine(load_config().database_url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the whole migration or none of it
        context.configure(connection=connection, target_metadata=Base.metadata)
        context.run_migrations()
        connection.commit()


run()
