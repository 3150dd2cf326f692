"""A database of ours: SQLite (WAL) on one machine, or any PostgreSQL that several share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from models.errors import KhulasaError
from pipeline.health import reason

MEMORY = "sqlite://"

# SQLite takes at most 32,766 variables a statement (SQLITE_MAX_VARIABLE_NUMBER); older ones 999.
CHUNK = 900
BUSY_SECONDS = 30

TABLES = sa.MetaData()
"""Every table that a database of ours has."""

# A private database is its connection: the threads of a process take turns with one. SQLite keeps
# it in memory as long as it is small, then in a temporary file that nothing needs to delete.
_ONE_CONNECTION: dict[str, Any] = {
    "poolclass": sa.QueuePool,
    "pool_size": 1,
    "max_overflow": 0,
    "creator": lambda: sqlite3.connect("", check_same_thread=False),
}
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class CacheUnusable(KhulasaError):
    """The database cannot be opened: no such place, no right to it, or not a database."""


def connect(url: str) -> sa.Engine:
    """The database at a SQLAlchemy URL; what it lacks of TABLES is made. Raises CacheUnusable."""
    try:
        engine = sa.create_engine(url, **(_ONE_CONNECTION if url == MEMORY else {}))
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _prepare_sqlite)
        if engine.dialect.name not in _INSERT:
            raise CacheUnusable(f"cache {engine.url}: only SQLite and PostgreSQL are supported")
        _make_tables(engine)
    except (SQLAlchemyError, ImportError) as error:
        place = url.rsplit("@", 1)[-1]  # whatever stands before it may be a password
        raise CacheUnusable(f"cache {place}: {reason(error)}") from error
    return engine


@contextmanager
def asked(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that a person waits for: raises CacheUnusable where a run would go on."""
    try:
        with engine.connect() as connection:
            yield connection
            connection.commit()
    except SQLAlchemyError as error:
        raise CacheUnusable(f"cache {engine.url}: {reason(error)}") from error


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that can say what to do where a row is there already."""
    return _INSERT[connection.dialect.name](table)


def storable(text: str) -> str:
    """PostgreSQL's text holds no NUL."""
    return text.replace("\0", "")


def _make_tables(engine: sa.Engine) -> None:
    """Unlike `create_all`, without a look that another process can overtake."""
    with engine.begin() as connection:
        for table in TABLES.sorted_tables:
            connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    # In WAL mode a crash of the machine may lose the last commits but never damages the file.
    connection.execute("PRAGMA synchronous = NORMAL")
