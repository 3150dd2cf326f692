"""The only memory: what each stage made of a document, and the translation memory of sentences.

One code path for SQLite (WAL) on one machine and for any SQLAlchemy URL that several share.
Nothing is evicted unless asked. A cache that cannot be written never stops the work: it says so
once and the run goes on without it. A server may be away for a while: that is waited for.
"""

import hashlib
import json
import logging
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from models.home import models_home
from pipeline import corrections, schema
from pipeline.corrections import Correction, Taken
from pipeline.database import (
    CHUNK,
    MEMORY,
    CacheUnusable,
    Database,
    insert,
    migrate,
    storable,
)
from pipeline.health import Health, examine
from pipeline.signature import Signature, digest

__all__ = [
    "MEMORY",
    "Cache",
    "CacheUnusable",
    "Count",
    "Entry",
    "open_cache",
    "open_lasting",
    "own_file",
    "prepare",
]

log = logging.getLogger(__name__)

_NOWHERE = ("off", MEMORY)
_FRESH = 3600  # seconds for which it is enough to have said that a signature is in use

_signatures, _outputs, _memory = schema.signatures, schema.outputs, schema.memory


def open_cache(place: str | None) -> "Cache":
    """The cache at `place`: a SQLAlchemy URL, a file, `off`, or None for the user's own.

    Raises CacheUnusable where it was named and cannot be opened. The user's own is a convenience:
    where that cannot be used, a warning is given and nothing is kept.
    """
    try:
        return Cache(MEMORY) if place in _NOWHERE else open_lasting(place)
    except CacheUnusable as error:
        if place is not None:
            raise
        log.warning("%s; nothing is kept this time: mend or delete it, or name another", error)
        return Cache(MEMORY)


def open_lasting(place: str | None) -> "Cache":
    """As `open_cache`, but raises CacheUnusable wherever nothing would be kept."""
    return Cache(_lasting(place))


def prepare(place: str | None) -> bool:
    """Make the tables at `place` or bring them up to date; whether there was anything to do.

    Raises CacheUnusable.
    """
    return bool(migrate(_lasting(place)))


def _lasting(place: str | None) -> str:
    """The URL of a place where something is kept, its folder made for the user's own."""
    if place in _NOWHERE:
        raise CacheUnusable(f"cache {place}: keeps nothing; name another")
    file = own_file() if place is None else Path(place)
    if place is None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CacheUnusable(f"cache {file}: {error.strerror or error}") from error
    return place if place and "://" in place else f"sqlite:///{file.absolute()}"


def own_file() -> Path:
    """The user's own database, which need not exist."""
    return models_home().parent / "cache.sqlite"


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept output, without its value: enough to say why another was computed."""

    signature: Signature
    input: str
    created: float


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a signature has: `outputs` of documents, or sentences of `memory`."""

    signature: str
    outputs: int
    sentences: int
    used: float


class Cache:
    """Opened with a SQLAlchemy URL; MEMORY is a cache that lives as long as the object."""

    def __init__(self, url: str) -> None:
        """Connect; the tables of a file are made where they are missing. Raises CacheUnusable."""
        self._database = Database(url)
        self._touched: dict[str, float] = {}

    def close(self) -> None:
        """Give the connections back."""
        self._database.engine.dispose()

    @property
    def shared(self) -> bool:
        """Whether other machines can use it too."""
        return self._database.is_server

    def outputs(self, signature: Signature, inputs: Sequence[str]) -> dict[str, Any]:
        """What the stage made under this signature of those inputs that it met, by input digest."""
        keys = {_key(signature, digest): digest for digest in inputs}
        return {keys[key]: value for key, value in self._read(_outputs, list(keys)).items()}

    def keep(self, signature: Signature, outputs: Iterable[tuple[str, str, Any]]) -> None:
        """Store a stage's outputs: (input digest, document id, value). The first writer wins."""
        rows = [
            {
                "key": _key(signature, input_digest),
                "stage": signature.stage,
                "input": input_digest,
                "document": storable(document),
                **_packed(value),
            }
            for input_digest, document, value in outputs
        ]
        self._write(_outputs, signature, rows)

    def recall(self, signature: Signature, sources: Sequence[str]) -> dict[str, Any]:
        """The remembered values among `sources`, by source."""
        keys = {_key(signature, digest(source)): source for source in sources}
        found = self._read(_memory, list(keys))
        return {keys[key]: value for key, value in found.items()}

    def remember(self, signature: Signature, values: Mapping[str, Any]) -> dict[str, Any]:
        """Store a value a source, and return what the memory now holds for each.

        That differs from `values` where another process was first: the same sentence has the same
        translation everywhere.
        """
        keys = {source: _key(signature, digest(source)) for source in values}
        rows = [{"key": keys[source], **_packed(value)} for source, value in values.items()]
        new = self._write(_memory, signature, rows)
        late = [source for source, key in keys.items() if key not in new]
        return {**values, **(self.recall(signature, late) if late else {})}

    def touch(self, signature: Signature) -> None:
        """Note that a run uses this signature, so that `collect` leaves its rows."""
        now = time.time()
        if now - self._touched.get(signature.digest, -_FRESH) < _FRESH:
            return
        self._touched[signature.digest] = now

        def work(connection: sa.Connection) -> None:
            new = _signed(connection, signature, now)
            newer = {"used": now}
            connection.execute(new.on_conflict_do_update(index_elements=["digest"], set_=newer))

        self._database.change(work, None)

    def history(self, stage: str, document: str, input_digest: str) -> list[Entry]:
        """What a stage made of a document, or of the same input elsewhere, newest first."""
        query = (
            sa.select(_signatures.c.text, _outputs.c.input, _outputs.c.created)
            .join(_signatures, _signatures.c.digest == _outputs.c.signature)
            .where(_outputs.c.stage == stage)
            .where((_outputs.c.document == storable(document)) | (_outputs.c.input == input_digest))
            .order_by(_outputs.c.created.desc())
        )
        with self._database.asked() as connection:
            return [Entry(Signature.parse(t), i, c) for t, i, c in connection.execute(query)]

    def counts(self) -> list[Count]:
        """Rows by signature, the most recently used first."""
        with self._database.asked() as connection:
            outputs = _by_signature(connection, _outputs)
            sentences = _by_signature(connection, _memory)
            rows = connection.execute(sa.select(_signatures).order_by(_signatures.c.used.desc()))
            return [Count(t, outputs.get(d, 0), sentences.get(d, 0), u) for d, t, u in rows]

    def collect(self, before: float) -> int:
        """Delete what only signatures last used before that time can reach; rows deleted."""
        old = sa.delete(_signatures).where(_signatures.c.used < before)
        with self._database.asked() as connection:
            # First, so that it waits for whoever is writing rows under them: see `_write`.
            gone = connection.execute(old.returning(_signatures.c.digest)).scalars().all()
            removed = sum(
                connection.execute(sa.delete(table).where(table.c.signature.in_(gone))).rowcount
                for table in (_outputs, _memory)
            )
        with self._database.asked() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
        return removed

    def clear(self) -> int:
        """Delete all but the translations by people; rows deleted."""
        return self.collect(before=float("inf"))

    def remembered(self, signature: Signature) -> Iterator[list[Any]]:
        """All values under a signature, in portions, None for a damaged one.

        Raises CacheUnusable.
        """
        columns = sa.select(_memory.c.key, _memory.c.value, _memory.c.checksum)
        query = columns.where(_memory.c.signature == signature.digest).order_by(_memory.c.key)
        after: str | None = ""
        while after is not None:
            with self._database.asked() as connection:
                rows = list(connection.execute(query.where(_memory.c.key > after).limit(CHUNK)))
            yield [_unpacked(v) if _intact(v, checksum) else None for _, v, checksum in rows]
            after = rows[-1][0] if rows else None

    def holds(self, signature: Signature, sources: Sequence[str]) -> set[str]:
        """Those of the sources that are remembered under the signature."""
        keys = {_key(signature, digest(source)): source for source in sources}
        return {keys[key] for key, _, _ in self._rows(_memory, list(keys))}

    def corrected(self, lang: str, sources: Sequence[str]) -> dict[str, str]:
        """The translations by people of those sources that have one, by source as given."""
        return self._database.look(lambda found: corrections.among(found, lang, sources), {})

    def correct(self, given: Iterable[Correction]) -> Iterator[Taken]:
        """Store translations by people, of which the last stands; what became of each portion.

        Raises CacheUnusable.
        """
        started, rest = time.time(), iter(given)
        while some := list(islice(rest, CHUNK)):
            with self._database.asked() as connection:
                taken = corrections.upsert(connection, some, started)
            yield taken

    def corrections(self, lang: str | None = None) -> Iterator[Correction]:
        """All translations by people, from a language or from any. Raises CacheUnusable."""
        after: str | None = ""
        while after is not None:
            with self._database.asked() as connection:
                rows = corrections.page(connection, lang, after)
            yield from (correction for _, correction in rows)
            after = rows[-1][0] if rows else None

    def corrections_count(self) -> int:
        """How many translations by people there are. Raises CacheUnusable."""
        with self._database.asked() as connection:
            return corrections.number(connection)

    def forget(self, lang: str | None = None) -> int:
        """Delete translations by people, from a language or all; how many they were."""
        with self._database.asked() as connection:
            return corrections.delete(connection, lang)

    def health(self, sample: int) -> Health:
        """Look at the whole database, and at the checksums of `sample` rows a table.

        Raises CacheUnusable where it cannot be read.
        """
        with self._database.asked() as connection:
            return examine(connection, (_outputs, _memory), sample)

    def _read(self, table: sa.Table, keys: list[str]) -> dict[str, Any]:
        """Values by key; a row that fails its checksum is dropped, so that it is made again."""
        found: dict[str, Any] = {}
        damaged: list[str] = []
        for key, value, checksum in self._rows(table, keys):
            if _intact(value, checksum):
                found[key] = _unpacked(value)
            else:
                damaged.append(key)
        if damaged:
            log.warning("cache rows damaged: %d, computed again", len(damaged))
            delete = sa.delete(table).where(table.c.key.in_(damaged))
            self._database.change(lambda connection: connection.execute(delete), None)
        return found

    def _rows(self, table: sa.Table, keys: list[str]) -> list[Any]:
        columns = sa.select(table.c.key, table.c.value, table.c.checksum)
        chunks = [keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK)]
        queries = [columns.where(table.c.key.in_(chunk)) for chunk in chunks]
        return self._database.look(
            lambda found: [row for q in queries for row in found.execute(q)], []
        )

    def _write(self, table: sa.Table, signature: Signature, rows: list[dict[str, Any]]) -> set[str]:
        """Insert rows, leave those that are there; the keys of those that are new."""
        if not rows:
            return set()
        now = time.time()
        stamp = {"signature": signature.digest, "created": now}
        # In one order everywhere, or two writers of the same rows would wait for each other.
        stamped = sorted((row | stamp for row in rows), key=lambda row: str(row["key"]))
        used = sa.select(_signatures.c.digest).where(_signatures.c.digest == signature.digest)

        def work(connection: sa.Connection) -> set[str]:
            # With its rows, or rows that come after another process cleared would be nobody's.
            # Held, not changed: those who write under the same signature do not wait in a queue.
            connection.execute(_signed(connection, signature, now).on_conflict_do_nothing())
            connection.execute(used.with_for_update(key_share=True, read=True))
            new = insert(connection, table).on_conflict_do_nothing().returning(table.c.key)
            return set(connection.execute(new, stamped).scalars())

        return self._database.change(work, {row["key"] for row in rows})


def _signed(connection: sa.Connection, signature: Signature, now: float) -> Any:
    row = {"digest": signature.digest, "text": str(signature), "used": now}
    return insert(connection, _signatures).values(row)


def _key(signature: Signature, input_digest: str) -> str:
    components = {"stage": signature.stage, "version": signature.version}
    return digest([components | dict(signature.params), input_digest])


def _packed(value: Any) -> dict[str, Any]:
    packed = zlib.compress(json.dumps(value, ensure_ascii=False).encode())
    return {"value": packed, "checksum": hashlib.sha256(packed).hexdigest()}


def _unpacked(value: bytes) -> Any:
    return json.loads(zlib.decompress(value))


def _intact(value: bytes, checksum: str) -> bool:
    return hashlib.sha256(value).hexdigest() == checksum


def _by_signature(connection: sa.Connection, table: sa.Table) -> dict[str, int]:
    query = sa.select(table.c.signature, sa.func.count()).group_by(table.c.signature)
    return {row[0]: row[1] for row in connection.execute(query)}
