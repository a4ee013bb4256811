"""What the database holds, table by table, to see that something changed nothing."""

from sqlalchemy import Engine, text

from kmwiki.db import Base

#: What reading may write: caches, and what counts tries.
NOTED_BY_READING = frozenset({"rendering", "login_attempt"})


def contents(engine: Engine) -> dict[str, list[str]]:
    """The rows of every table as text, in an order of their own."""
    names = [table.name for table in Base.metadata.sorted_tables if table.name not in NOTED_BY_READING]
    with engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in names}


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows that are new, gone or other, by table."""
    return {name: sorted(set(before[name]) ^ set(after[name])) for name in before if before[name] != after[name]}
