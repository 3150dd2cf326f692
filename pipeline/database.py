"""A database of ours: SQLite (WAL) on one machine, or a PostgreSQL that several share."""

import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from models.errors import KhulasaError
from pipeline import schema
from pipeline.health import reason

log = logging.getLogger(__name__)
T = TypeVar("T")

MEMORY = "sqlite://"

# SQLite takes at most 32,766 variables a statement (SQLITE_MAX_VARIABLE_NUMBER); older ones 999.
CHUNK = 900
BUSY_SECONDS = 30

WAITS = (0.25, 0.5, 1, 2, 4, 8, 15, 30, 30, 30)
"""Seconds between tries while a server is away: two minutes in all, as a failover takes."""

# A private database is its connection: the threads of a process take turns with one. SQLite keeps
# it in memory as long as it is small, then in a temporary file that nothing needs to delete.
_ONE_CONNECTION: dict[str, Any] = {
    "poolclass": sa.QueuePool,
    "pool_size": 1,
    "max_overflow": 0,
    "creator": lambda: sqlite3.connect("", check_same_thread=False),
}
# A server has few connections for many workers: a process needs one for the stages and one for
# what comes beside them. One that died while nobody used it is replaced unnoticed.
_POOL: dict[str, Any] = {"pool_size": 2, "max_overflow": 0, "pool_pre_ping": True}
# For libpq: a server that neither answers nor closes is given up, in seconds and milliseconds.
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "application_name": "khulasa",
}


class CacheUnusable(KhulasaError):
    """The database cannot be opened: no such place, no right to it, or not a database."""


class Database:
    """Opened by a SQLAlchemy URL; MEMORY is one that lives as long as the object.

    `look` and `change` are for a run, which goes on where they fail: that is told once each. A
    server that is away is waited for, though not again before it has been back.
    """

    def __init__(self, url: str) -> None:
        """Connect. A file is made, or brought up to date; a server must have been, by `migrate`.

        Raises CacheUnusable.
        """
        with _told(url):
            self.engine = _engine(url)
            self.is_server = self.engine.dialect.name != "sqlite"
            if self.is_server:
                _require_current(self.engine)
            else:
                _bring_up_to_date(self.engine)
        self._waits: Sequence[float] = WAITS if self.is_server else ()
        self._refused = False
        self._said: set[str] = set()

    def look(self, work: Callable[[sa.Connection], T], otherwise: T) -> T:
        """What `work` reads, else `otherwise`; the next time it is tried again."""
        try:
            return self._patiently(work)
        except SQLAlchemyError as error:
            self._say("read", f"cache not read ({reason(error)})")
            return otherwise

    def change(self, work: Callable[[sa.Connection], T], otherwise: T) -> T:
        """Run `work` in a transaction, perhaps twice. What a file refused is not tried again."""
        if self._refused:
            return otherwise
        try:
            return self._patiently(work)
        except SQLAlchemyError as error:
            self._refused = not self.is_server
            told = f"cache not written ({reason(error)}); the run goes on without"
            self._say("written", told)
            return otherwise

    @contextmanager
    def asked(self) -> Iterator[sa.Connection]:
        """A transaction that a person waits for: raises CacheUnusable where a run would go on."""
        try:
            with self.engine.connect() as connection:
                yield connection
                connection.commit()
        except SQLAlchemyError as error:
            raise CacheUnusable(f"cache {shown(self.engine.url)}: {reason(error)}") from error

    def _patiently(self, work: Callable[[sa.Connection], T]) -> T:
        """What `work` gives in a transaction; tried again where a server breaks it off."""
        for seconds in self._waits:
            try:
                return self._once(work)
            except OperationalError as error:
                log.info("cache: %s; tried again", reason(error))
                time.sleep(seconds * random.uniform(0.75, 1.25))  # noqa: S311 - not all at once
        self._waits = ()
        return self._once(work)

    def _once(self, work: Callable[[sa.Connection], T]) -> T:
        with self.engine.begin() as connection:
            found = work(connection)
        self._waits = WAITS if self.is_server else ()
        return found

    def _say(self, kind: str, message: str) -> None:
        if kind not in self._said:
            self._said.add(kind)
            log.warning("%s", message)


def migrate(url: str) -> list[int]:
    """Make the tables of a database, or bring them up to date; which steps that took.

    Raises CacheUnusable.
    """
    with _told(url):
        return _bring_up_to_date(_engine(url))


def shown(url: str | sa.URL) -> str:
    """A URL as it can be told: without its passwords, however they were given."""
    try:
        parsed = sa.make_url(url)
    except ArgumentError:  # whatever stands before an @, or after a ?, may be one
        return str(url).rsplit("@", 1)[-1].partition("?")[0]
    secret = {name: "hidden" for name in parsed.query if "password" in name.lower()}
    return parsed.update_query_dict(secret).render_as_string(hide_password=True)


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that can say what to do where a row is there already."""
    return schema.INSERT[connection.dialect.name](table)


def storable(text: str) -> str:
    """PostgreSQL's text holds no NUL."""
    return text.replace("\0", "")


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Errors of opening say where."""
    try:
        yield
    except ModuleNotFoundError as error:
        advice = "pip install 'khulasa[cluster]'" if error.name == "psycopg" else reason(error)
        raise CacheUnusable(f"cache {shown(url)}: no driver for it: {advice}") from error
    except (SQLAlchemyError, ImportError) as error:
        raise CacheUnusable(f"cache {shown(url)}: {reason(error)}") from error


def _engine(url: str) -> sa.Engine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() not in schema.INSERT:
        raise CacheUnusable(f"cache {shown(url)}: only SQLite and PostgreSQL are supported")
    if parsed.get_backend_name() == "postgresql":
        usual = {name: one for name, one in _PATIENCE.items() if name not in parsed.query}
        driven = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(driven, connect_args=usual, **_POOL)
    engine = sa.create_engine(url, **(_ONE_CONNECTION if url == MEMORY else {}))
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _bring_up_to_date(engine: sa.Engine) -> list[int]:
    with engine.begin() as connection:
        now = _version(connection)
    if now == schema.CURRENT:
        return []
    with engine.begin() as connection:
        return schema.migrate(connection)


def _require_current(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        now = _version(connection)
    if now < schema.CURRENT:
        advice = "make them with khulasa cache migrate, as a role that may create tables"
        raise CacheUnusable(f"cache {shown(engine.url)}: lacks tables of ours; {advice}")


def _version(connection: sa.Connection) -> int:
    now = schema.version(connection)
    if now > schema.CURRENT:
        place = shown(connection.engine.url)
        raise CacheUnusable(f"cache {place}: is of a newer khulasa; update this one")
    return now


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    # In WAL mode a crash of the machine may lose the last commits but never damages the file.
    connection.execute("PRAGMA synchronous = NORMAL")
