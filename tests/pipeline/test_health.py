"""What a look at a whole cache finds, with faults made in real databases."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.cache import MEMORY, Cache, CacheUnusable
from pipeline.health import Health
from pipeline.signature import Signature

BEAM_4 = Signature("translate", 1, (("beam", "4"),))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of 200 sentences and one output, closed."""
    path = tmp_path / "cache.sqlite"
    with closing(Cache(f"sqlite:///{path}")) as cache:
        cache.remember(BEAM_4, {f"جملة {n}": f"sentence {n}" for n in range(200)})
        cache.keep(BEAM_4, [("aa", "news", ["sentence 1"])])
    return path


def health(file: Path, sample: int = 1000) -> Health:
    with closing(Cache(f"sqlite:///{file}")) as cache:
        return cache.health(sample)


def damage(file: Path, rows: int) -> None:
    """Add a byte to the values of some sentences, behind the checksums' back."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE memory SET value = CAST(value || x'00' AS BLOB) WHERE key IN "
            "(SELECT key FROM memory ORDER BY key LIMIT ?)",
            (rows,),
        )


def test_a_whole_cache(file: Path) -> None:
    assert health(file) == Health(file, "ok", rows=201, checked=201, damaged=0, refusal="")


def test_a_sample_is_as_many_rows_of_each_table_as_asked_for(file: Path) -> None:
    assert health(file, sample=50) == Health(file, "ok", 201, checked=51, damaged=0, refusal="")


def test_damaged_rows_are_counted_and_left_where_they_are(file: Path) -> None:
    damage(file, 3)
    assert health(file).damaged == 3
    assert health(file).rows == 201


def test_a_damaged_file(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * 32_768)
    with pytest.raises(CacheUnusable, match="malformed"):
        health(file)


def test_a_file_that_opens_but_is_not_whole(file: Path) -> None:
    for sql in (
        "UPDATE sqlite_schema SET sql = replace(sql, 'text TEXT NOT NULL', 'text TEXT')",
        "INSERT INTO signatures VALUES ('digest', NULL, 0)",
        "UPDATE sqlite_schema SET sql = replace(sql, 'text TEXT', 'text TEXT NOT NULL')",
    ):
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(sql)
    assert health(file).structure == "NULL value in signatures.text"


def test_a_cache_that_cannot_be_written(file: Path) -> None:
    found = health(Path(f"file:{file}?mode=ro&uri=true"))
    assert found == Health(
        file, "ok", 201, 201, damaged=0, refusal="attempt to write a readonly database"
    )


def test_a_cache_that_another_process_writes_to_now(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.database.BUSY_SECONDS", 0)
    with closing(Cache(f"sqlite:///{file}")) as cache, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert cache.health(1000).refusal == "database is locked"
        other.rollback()
        assert cache.health(1000).refusal == ""


def test_a_look_changes_nothing(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        before = list(connection.iterdump())
        health(file)
        assert list(connection.iterdump()) == before


def test_a_cache_in_memory() -> None:
    with closing(Cache(MEMORY)) as cache:
        cache.remember(BEAM_4, {"نعم": "yes"})
        assert cache.health(10) == Health(None, None, rows=1, checked=1, damaged=0, refusal="")


def test_a_large_file_is_not_read_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.health.SOON_READ", 4096)
    assert health(file).structure is None
