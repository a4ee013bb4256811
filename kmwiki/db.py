"""The database: engine, base class of the tables, and the one commit.

SQLite reads run outside transactions and the first write opens a fresh BEGIN IMMEDIATE: a transaction is never
upgraded from reading to writing, which SQLite answers with "database is locked" whatever the timeout.
What was read before the write is therefore checked again by compare-and-set in the writing statement.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import JSON, TypeDecorator

#: Names of constraints are fixed, so that migrations can name them on both engines.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Seconds that a writer waits for another one.
BUSY_TIMEOUT_SECONDS = 20


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in UTC; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    #: None is NULL, never the JSON text null: both read as None, and a condition would meet one of them only.
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


def make_engine(url: str) -> Engine:
    """An engine with the settings that were measured; opens nothing yet (so it may be made before a fork)."""
    # What a statement was given (texts, addresses, tokens) stands in no message of an error, and so in no log.
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    connecting = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=connecting, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "before_cursor_execute", _begin_at_first_write)
    event.listen(engine, "commit", _note_commit)
    event.listen(engine, "rollback", _forget_write)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are opened by _begin_at_first_write, never by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


_WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP")

#: The processor time of this thread; tests put in a clock that leaves out the garbage collector.
cpu_seconds = time.thread_time

#: Longest write transaction of this process so far, in seconds of CPU time; a test holds it down.
longest_write_seconds = 0.0


def _begin_at_first_write(
    connection: Connection, cursor: Any, statement: str, parameters: object, context: object, many: bool
) -> None:
    raw = cursor.connection
    if raw.in_transaction or not statement.lstrip()[:7].upper().startswith(_WRITING):
        return
    raw.execute("BEGIN IMMEDIATE")
    connection.info["write_began"] = cpu_seconds()


def _note_commit(connection: Connection) -> None:
    global longest_write_seconds
    began = connection.info.pop("write_began", None)
    if began is not None:
        longest_write_seconds = max(longest_write_seconds, cpu_seconds() - began)


def _forget_write(connection: Connection) -> None:
    connection.info.pop("write_began", None)


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions of this engine; objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session that commits once when the block ends well and rolls back when it does not.

    The only place in kmwiki that commits.
    """
    session = sessions()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def snapshot(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session for reading only, in which everything is seen as of one moment (exports, checks)."""
    session = sessions()
    try:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield session
    finally:
        session.rollback()
        session.close()


def insert_missing(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving alone those whose key is there already (also one inserted at this moment)."""
    if not rows:
        return
    dialect_insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(dialect_insert(table).on_conflict_do_nothing(), list(rows))


def generation_reader(engine: Engine) -> Callable[[], tuple[int, int]]:
    """A function that reads the site's generation by its key, with nothing around it: it runs for every reader.

    It gives the generation's number and that of the settings (models/system.py).
    """
    statement = "SELECT number, settings FROM generation WHERE id = 1"
    if engine.dialect.name != "sqlite":

        def read_from_pool() -> tuple[int, int]:
            with engine.connect() as connection:
                number, settings = connection.exec_driver_sql(statement).one()
            return number, settings

        return read_from_pool
    kept = threading.local()
    path = engine.url.database

    def read_from_file() -> tuple[int, int]:
        if getattr(kept, "pid", None) != os.getpid():  # a connection must not be used across a fork
            kept.connection, kept.pid = sqlite3.connect(path, isolation_level=None), os.getpid()
        try:
            number, settings = kept.connection.execute(statement).fetchone()
        except sqlite3.Error as error:  # as the engine would say it
            raise OperationalError(statement, None, error) from error
        return number, settings

    return read_from_file
