"""Translations by people, which win over what a model makes of the same sentence.

They are nobody's output: no signature leads to them, and they stay until someone deletes them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pipeline import schema
from pipeline.database import CHUNK, insert, storable
from pipeline.provenance import normal
from pipeline.signature import digest

_corrections = schema.corrections
_c = _corrections.c


@dataclass(frozen=True, slots=True)
class Correction:
    """The English that a person gave a sentence. `origin` says where it came from.

    Raises ValueError where a side is empty.
    """

    lang: str
    source: str
    target: str
    origin: str = ""

    def __post_init__(self) -> None:
        if not (self.lang and normal(self.source) and normal(self.target)):
            raise ValueError(f"a translation has a language and two sides: {self}")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an import, counted by sentence.

    `again` got another translation than the same import gave them before: the last one stands.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    again: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        """Of two portions of the same import."""
        return Taken(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.again + other.again,
        )


def among(connection: sa.Connection, lang: str, sources: Sequence[str]) -> dict[str, str]:
    """The translations by people of those sources that have one, by source as given."""
    one = sa.select(_c.key).where(_c.lang == lang).limit(1)
    if connection.execute(one).first() is None:  # as a rule
        return {}
    keys = {source: _key(lang, normal(source)) for source in sources}
    found = {key: target for key, target, _ in _known(connection, [*keys.values()])}
    return {source: found[key] for source, key in keys.items() if key in found}


def upsert(connection: sa.Connection, given: Sequence[Correction], started: float) -> Taken:
    """Keep some: the last stands. `started` is when their import began."""
    rows = [_row(correction, started) for correction in given]
    known = _known(connection, [row["key"] for row in rows])
    now = {key: (target, changed) for key, target, changed in known}
    taken, changes = Counter[str](), dict[str, dict[str, Any]]()
    for row in rows:
        target, changed = now.get(row["key"], (None, None))
        if target == row["target"]:
            taken["same"] += 1
            continue
        taken["new" if target is None else "again" if changed == started else "changed"] += 1
        now[row["key"]], changes[row["key"]] = (row["target"], started), row
    if changes:
        write = insert(connection, _corrections)
        values = {name: write.excluded[name] for name in ("target", "origin", "changed")}
        or_change = write.on_conflict_do_update(index_elements=["key"], set_=values)
        # In one order everywhere, or two imports of the same would wait for each other.
        connection.execute(or_change, sorted(changes.values(), key=lambda row: str(row["key"])))
    return Taken(**taken)


def page(connection: sa.Connection, lang: str | None, after: str) -> list[tuple[str, Correction]]:
    """The next CHUNK corrections, of a language or of all, with keys greater than this one."""
    query = sa.select(_c.key, _c.lang, _c.source, _c.target, _c.origin).where(_c.key > after)
    rows = connection.execute(query.where(_of(lang)).order_by(_c.key).limit(CHUNK))
    return [(key, Correction(*rest)) for key, *rest in rows]


def number(connection: sa.Connection) -> int:
    """How many there are."""
    return int(connection.execute(sa.select(sa.func.count(_c.key))).scalar_one())


def delete(connection: sa.Connection, lang: str | None) -> int:
    """Delete them, of a language or all; how many they were."""
    return connection.execute(sa.delete(_corrections).where(_of(lang))).rowcount


def _known(connection: sa.Connection, keys: Sequence[str]) -> Iterator[tuple[str, str, float]]:
    """Key, translation and time of those that are there."""
    columns = sa.select(_c.key, _c.target, _c.changed)
    for start in range(0, len(keys), CHUNK):
        for row in connection.execute(columns.where(_c.key.in_(keys[start : start + CHUNK]))):
            yield row[0], row[1], row[2]


def _row(correction: Correction, started: float) -> dict[str, Any]:
    source = normal(correction.source)
    return {
        "key": _key(correction.lang, source),
        "lang": correction.lang,
        "source": source,
        "target": normal(correction.target),
        "origin": storable(correction.origin),
        "changed": started,
    }


def _of(lang: str | None) -> sa.ColumnElement[bool]:
    return _c.lang == lang if lang else sa.true()


def _key(lang: str, source: str) -> str:
    return digest([lang, source])
