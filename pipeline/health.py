"""What a look at a whole cache finds: its structure, its rows, whether it can be written."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

# Bytes of a file that are read within seconds even where the disk is slow.
SOON_READ = 1 << 30


@dataclass(frozen=True, slots=True)
class Health:
    """What was found.

    `file` is that of a SQLite database, None for one in memory or on a server. `structure` is
    SQLite's own verdict, `ok` where all is well, None where it was not asked. `checked` is how many
    of the `rows` were compared with their checksums, `damaged` how many of those differ. `refusal`
    is why nothing can be written, empty where it can.
    """

    file: Path | None
    structure: str | None
    rows: int
    checked: int
    damaged: int
    refusal: str


def examine(connection: sa.Connection, tables: Sequence[sa.Table], sample: int) -> Health:
    """Look at a database: at the checksums of `sample` rows a table, at the rest as a whole.

    `tables` have the columns key, value and checksum. Raises SQLAlchemyError where the database
    cannot be read.
    """
    file = _file(connection)
    structure = _structure(connection) if file and file.stat().st_size <= SOON_READ else None
    looks = [_look(connection, table, sample) for table in tables]
    rows, checked, damaged = map(sum, zip(*looks, strict=True))
    return Health(file, structure, rows, checked, damaged, _refusal(connection, tables[0]))


def reason(error: Exception) -> str:
    """The database's own words, on one line."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).strip().splitlines()[0]


def _file(connection: sa.Connection) -> Path | None:
    if connection.dialect.name != "sqlite":
        return None
    name = connection.exec_driver_sql("SELECT file FROM pragma_database_list").scalar()
    return Path(name) if name else None


def _structure(connection: sa.Connection) -> str:
    verdict: str = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    return verdict.splitlines()[-1]


def _look(connection: sa.Connection, table: sa.Table, sample: int) -> tuple[int, int, int]:
    """How many rows there are, how many of them were checked, how many of those are damaged.

    The sample begins at a random place: keys are digests, neighbours have nothing in common.
    """
    rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    start, checked, damaged = secrets.token_hex(32), 0, 0
    for part in (table.c.key >= start, table.c.key < start):
        columns = sa.select(table.c.value, table.c.checksum).where(part)
        query = columns.order_by(table.c.key).limit(sample - checked)
        for value, checksum in connection.execute(query, execution_options={"yield_per": 1000}):
            checked += 1
            damaged += hashlib.sha256(value).hexdigest() != checksum
    return rows, checked, damaged


def _refusal(connection: sa.Connection, table: sa.Table) -> str:
    """Ask for the right to write by a change that changes nothing."""
    connection.rollback()
    try:
        connection.execute(sa.delete(table).where(sa.false()))
    except SQLAlchemyError as error:
        return reason(error)
    finally:
        connection.rollback()
    return ""
