"""Which tables a database of ours has, and the steps that bring an older one up to date.

A file belongs to who runs khulasa: opening it takes these steps. A server belongs to somebody: a
command takes them, with rights that those who only work with it need not have.
"""

import time
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

_tables = sa.MetaData()

signatures = sa.Table(
    "signatures",
    _tables,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("used", sa.Float, nullable=False),
)
outputs = sa.Table(
    "outputs",
    _tables,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("stage", sa.String(32), nullable=False),
    sa.Column("signature", sa.String(64), nullable=False),
    sa.Column("input", sa.String(64), nullable=False, index=True),
    sa.Column("document", sa.Text, nullable=False, index=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("checksum", sa.String(64), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
)
memory = sa.Table(
    "memory",
    _tables,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("signature", sa.String(64), nullable=False),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("checksum", sa.String(64), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
)
corrections = sa.Table(
    "corrections",
    _tables,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("lang", sa.Text, nullable=False, index=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("changed", sa.Float, nullable=False),
)
_steps = sa.Table(
    "schema_steps",
    _tables,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("taken", sa.Float, nullable=False),
)

# Any number does that nobody else takes: who holds it is the one that changes tables.
_TURN = 0x6B68756C617361

INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""The kinds of databases, and their INSERT that can say what to do where a row is there."""


def version(connection: sa.Connection) -> int:
    """The last step that was taken; 0 for a database that is empty or older than the steps."""
    if not sa.inspect(connection).has_table(_steps.name):
        return 0
    return connection.execute(sa.select(sa.func.max(_steps.c.version))).scalar_one() or 0


def migrate(connection: sa.Connection) -> list[int]:
    """Take the steps that are missing, in one transaction, one process at a time; which."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    missing = range(version(connection) + 1, CURRENT + 1)
    for number in missing:
        _STEPS[number - 1](connection)
        connection.execute(sa.insert(_steps).values(version=number, taken=time.time()))
    return list(missing)


def _make_tables(connection: sa.Connection) -> None:
    """Those without a version are there already where khulasa is older than the steps."""
    for table in _tables.sorted_tables:
        connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))


_STEPS: tuple[Callable[[sa.Connection], None], ...] = (_make_tables,)
CURRENT = len(_STEPS)
