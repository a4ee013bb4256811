"""Counts the queries that a block of code sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_OF_THE_PROCESS = ("SELECT setting.name, setting.value", "SELECT form_settings.type, max(")


@contextmanager
def counted_queries(engine: Engine) -> Iterator[list[str]]:
    """The statements sent by this engine inside the block, in their order.

    Those by which a process takes over what administrators chose are left out: they come once after a publication,
    whoever asks next and whatever they ask.
    """
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_OF_THE_PROCESS):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
