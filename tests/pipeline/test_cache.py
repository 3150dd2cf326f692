"""The cache's contract, the same over every database: what is kept, found again and never lost."""

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cache import MEMORY, Cache, CacheUnusable
from pipeline.signature import Signature, digest

BEAM_4 = Signature("translate", 1, (("model", "a/b@1"), ("beam", "4")))
BEAM_1 = Signature("translate", 1, (("model", "a/b@1"), ("beam", "1")))
ODD = [
    "",
    "\0",
    "a\0b",
    "\u2028\u0085\ufeff",
    "🇸🇩👩‍👩‍👧",
    "é",
    "e\u0301",
    "\U0010ffff",
    "٣٫٥",
    "'; drop",
]


@pytest.fixture(params=["file", "memory", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("shared_cache"))
    return MEMORY if request.param == "memory" else f"sqlite:///{tmp_path / 'cache.sqlite'}"


@pytest.fixture
def cache(url: str) -> Iterator[Cache]:
    with closing(Cache(url)) as cache:
        yield cache


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache.sqlite"


def at(file: Path) -> Cache:
    return Cache(f"sqlite:///{file}")


def execute(file: Path, statement: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(statement, values).fetchall()


class TestContract:
    def test_an_empty_cache_knows_nothing(self, cache: Cache) -> None:
        assert cache.outputs(BEAM_4, ["a"]) == {}
        assert cache.recall(BEAM_4, ["مرحبا"]) == {}
        assert cache.history("translate", "news", "a") == []
        assert cache.counts() == []

    def test_outputs_come_back_by_input(self, cache: Cache) -> None:
        cache.keep(BEAM_4, [("a", "one", {"text": "مرحبا", "n": [1, None, 0.5]}), ("b", "two", [])])
        assert cache.outputs(BEAM_4, ["b", "a", "c"]) == {
            "a": {"text": "مرحبا", "n": [1, None, 0.5]},
            "b": [],
        }

    def test_memory_comes_back_by_source(self, cache: Cache) -> None:
        assert cache.remember(BEAM_4, {"نعم": "yes", "لا": "no"}) == {"نعم": "yes", "لا": "no"}
        assert cache.recall(BEAM_4, ["لا", "ربما", "نعم"]) == {"نعم": "yes", "لا": "no"}

    def test_nothing_is_stored_of_nothing(self, cache: Cache) -> None:
        cache.keep(BEAM_4, [])
        assert cache.remember(BEAM_4, {}) == {}
        assert cache.outputs(BEAM_4, []) == {}

    def test_the_first_writer_wins(self, cache: Cache) -> None:
        cache.remember(BEAM_4, {"نعم": "yes"})
        assert cache.remember(BEAM_4, {"نعم": "yeah", "لا": "no"}) == {"نعم": "yes", "لا": "no"}
        assert cache.recall(BEAM_4, ["نعم"]) == {"نعم": "yes"}
        cache.keep(BEAM_4, [("a", "news", "first")])
        cache.keep(BEAM_4, [("a", "news", "second")])
        assert cache.outputs(BEAM_4, ["a"]) == {"a": "first"}

    def test_any_text_is_source_value_and_name(self, cache: Cache) -> None:
        values = {source: source for source in ODD}
        assert cache.remember(BEAM_4, values) == values
        assert cache.recall(BEAM_4, ODD) == values
        cache.keep(BEAM_4, [(digest(source), f"{source}!", source) for source in ODD])
        assert cache.outputs(BEAM_4, [digest(source) for source in ODD]) == {
            digest(source): source for source in ODD
        }
        for source in ["a\0b", "'; drop", "🇸🇩👩‍👩‍👧"]:
            history = cache.history("translate", f"{source}!", "")
            assert [entry.input for entry in history] == [digest(source)]

    def test_more_rows_than_a_statement_takes(self, cache: Cache) -> None:
        values = {f"source {number}": number for number in range(2500)}
        assert cache.remember(BEAM_4, values) == values
        assert cache.recall(BEAM_4, list(values)) == values
        assert cache.remember(BEAM_4, dict.fromkeys(values, -1)) == values

    @pytest.mark.parametrize(
        "other",
        [
            Signature("translate", 1, (("model", "a/b@1"), ("beam", "5"))),
            Signature("translate", 1, (("model", "a/b@2"), ("beam", "4"))),
            Signature("translate", 2, (("model", "a/b@1"), ("beam", "4"))),
            Signature("summarize", 1, (("model", "a/b@1"), ("beam", "4"))),
            Signature("translate", 1, (("model", "a/b@1"), ("beam", "4"), ("max", "9"))),
            Signature("translate", 1, (("model", "a/b@1"),)),
        ],
        ids=str,
    )
    def test_any_component_makes_another_key(self, cache: Cache, other: Signature) -> None:
        cache.keep(BEAM_4, [("a", "news", 4)])
        cache.remember(BEAM_4, {"نعم": "yes"})
        assert cache.outputs(other, ["a"]) == {}
        assert cache.recall(other, ["نعم"]) == {}

    def test_history_is_newest_first(self, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
        for now, (signature, found) in enumerate([(BEAM_4, "a"), (BEAM_1, "a"), (BEAM_4, "b")]):
            monkeypatch.setattr("pipeline.cache.time.time", lambda now=now: 100.0 + now)
            cache.keep(signature, [(found, "news", found), (f"other {found}", "else", "…")])
        history = cache.history("translate", "news", "none")
        assert [(e.signature, e.input, e.created) for e in history] == [
            (BEAM_4, "b", 102.0),
            (BEAM_1, "a", 101.0),
            (BEAM_4, "a", 100.0),
        ]
        assert cache.history("summarize", "news", "none") == []

    def test_history_holds_the_same_input_of_another_document(self, cache: Cache) -> None:
        cache.keep(BEAM_4, [("a", "news", 1)])
        assert [entry.input for entry in cache.history("translate", "copy", "a")] == ["a"]

    def test_counts_by_signature(self, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pipeline.cache.time.time", lambda: 100.0)
        cache.keep(BEAM_4, [("a", "one", 1), ("b", "two", 2)])
        cache.remember(BEAM_4, {"نعم": "yes"})
        monkeypatch.setattr("pipeline.cache.time.time", lambda: 200.0)
        cache.remember(BEAM_1, {"لا": "no", "نعم": "yes", "ربما": "maybe"})
        found = [(c.signature, c.outputs, c.sentences, c.used) for c in cache.counts()]
        assert found == [(str(BEAM_1), 0, 3, 200.0), (str(BEAM_4), 2, 1, 100.0)]

    def test_collect_removes_what_is_out_of_use(
        self, url: str, cache: Cache, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pipeline.cache.time.time", lambda: 100.0)
        for signature in (BEAM_4, BEAM_1):
            cache.keep(signature, [("a", "news", "kept")])
            cache.remember(signature, {"نعم": "yes", "لا": "no"})
        later = cache if url == MEMORY else Cache(url)
        later._touched.clear()  # a run notes a signature once; this stands for a later run
        monkeypatch.setattr("pipeline.cache.time.time", lambda: 200.0)
        later.touch(BEAM_1)
        assert later.collect(before=200.0) == 3
        assert later.collect(before=200.0) == 0
        assert later.outputs(BEAM_1, ["a"]) == {"a": "kept"}
        assert later.recall(BEAM_1, ["نعم", "لا"]) == {"نعم": "yes", "لا": "no"}
        assert later.outputs(BEAM_4, ["a"]) == {}
        assert [count.signature for count in later.counts()] == [str(BEAM_1)]

    def test_what_was_collected_can_be_kept_again(self, cache: Cache) -> None:
        cache.remember(BEAM_4, {"نعم": "yes"})
        assert cache.clear() == 1
        cache.remember(BEAM_4, {"نعم": "aye"})
        assert [(c.signature, c.sentences) for c in cache.counts()] == [(str(BEAM_4), 1)]
        assert cache.recall(BEAM_4, ["نعم"]) == {"نعم": "aye"}

    def test_clear_leaves_nothing(self, cache: Cache) -> None:
        cache.keep(BEAM_4, [("a", "one", 1)])
        cache.remember(BEAM_1, {"نعم": "yes"})
        assert cache.clear() == 2
        assert cache.counts() == []
        assert cache.outputs(BEAM_4, ["a"]) == cache.recall(BEAM_1, ["نعم"]) == {}

    def test_reading_marks_nothing_as_used(self, cache: Cache) -> None:
        cache.outputs(BEAM_4, ["a"])
        cache.recall(BEAM_4, ["نعم"])
        assert cache.counts() == []

    def test_threads_write_the_same_sentences(self, cache: Cache) -> None:
        sources = [f"source {number}" for number in range(200)]
        found: list[dict[str, Any]] = []

        def write(name: str) -> None:
            mine: dict[str, Any] = {}
            for start in range(0, 200, 20):
                mine |= cache.remember(BEAM_4, dict.fromkeys(sources[start : start + 20], name))
            found.append(mine)

        threads = [threading.Thread(target=write, args=[f"thread {n}"]) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert all(mine == cache.recall(BEAM_4, sources) for mine in found)


json_values = st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=5)


@settings(max_examples=30)
@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_whatever_json_holds_is_remembered(values: dict[str, Any]) -> None:
    with closing(Cache(MEMORY)) as cache:
        assert cache.remember(BEAM_4, values) == values
        assert cache.recall(BEAM_4, list(values)) == values


def test_what_one_process_kept_the_next_finds(file: Path) -> None:
    with closing(at(file)) as first:
        first.remember(BEAM_4, {"نعم": "yes"})
        first.keep(BEAM_4, [("a", "news", "kept")])
    with closing(at(file)) as second:
        assert second.recall(BEAM_4, ["نعم"]) == {"نعم": "yes"}
        assert second.outputs(BEAM_4, ["a"]) == {"a": "kept"}


def test_two_caches_on_one_file_agree_on_the_first(file: Path) -> None:
    with closing(at(file)) as one, closing(at(file)) as two:
        assert one.remember(BEAM_4, {"نعم": "yes"}) == {"نعم": "yes"}
        assert two.remember(BEAM_4, {"نعم": "yeah"}) == {"نعم": "yes"}


def test_the_file_is_in_wal_mode(file: Path) -> None:
    with closing(at(file)):
        assert execute(file, "PRAGMA journal_mode") == [("wal",)]


def test_there_is_no_pickle_in_the_file(file: Path) -> None:
    import zlib

    with closing(at(file)) as cache:
        cache.keep(BEAM_4, [("a", "news", ["مرحبا", None, 1.5])])
        cache.remember(BEAM_4, {"نعم": {"text": "yes"}})
    rows = execute(file, "SELECT value FROM outputs UNION ALL SELECT value FROM memory")
    assert [zlib.decompress(value).decode() for (value,) in rows] == [
        '["مرحبا", null, 1.5]',
        '{"text": "yes"}',
    ]


@pytest.mark.parametrize("column", ["value", "checksum"])
@pytest.mark.parametrize("table", ["outputs", "memory"])
def test_a_damaged_row_is_told_made_again_and_then_sound(
    file: Path, table: str, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(at(file)) as cache:
        cache.keep(BEAM_4, [("a", "news", "kept")])
        cache.remember(BEAM_4, {"نعم": "yes"})
        [(stored,)] = execute(file, f"SELECT {column} FROM {table}")
        damaged = bytearray(stored if isinstance(stored, bytes) else stored.encode())
        damaged[5] ^= 1
        broken = bytes(damaged) if isinstance(stored, bytes) else damaged.decode()
        execute(file, f"UPDATE {table} SET {column} = ?", broken)

        def read() -> dict[str, Any]:
            both = cache.outputs(BEAM_4, ["a"]), cache.recall(BEAM_4, ["نعم"])
            return both[table == "memory"]

        assert read() == {}
        assert [r.getMessage() for r in caplog.records] == ["cache rows damaged: 1, computed again"]
        caplog.clear()
        cache.keep(BEAM_4, [("a", "news", "again")])
        cache.remember(BEAM_4, {"نعم": "aye"})
        assert read() in ({"a": "again"}, {"نعم": "aye"})
        assert caplog.records == []


def test_where_nothing_can_be_written_the_run_goes_on(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(at(file)) as cache:
        cache.remember(BEAM_4, {"نعم": "yes"})
        full(cache)
        noise = {f"{n}": os.urandom(4096).hex() for n in range(50)}
        assert cache.remember(BEAM_4, noise) == noise
        assert cache.remember(BEAM_4, {"لا": "no"}) == {"لا": "no"}
        cache.keep(BEAM_1, [("a", "news", "kept")])
        assert cache.recall(BEAM_4, ["نعم", "لا"]) == {"نعم": "yes"}
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [
        (
            logging.WARNING,
            "cache not written (database or disk is full); the run goes on without",
        )
    ]


def full(cache: Cache) -> None:
    """Let the database grow no further, as on a full disk."""
    with cache._database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_a_table_that_went_missing_is_told_and_the_run_goes_on(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(at(file)) as cache:
        execute(file, "DROP TABLE memory")
        assert cache.recall(BEAM_4, ["نعم"]) == {}
        assert cache.remember(BEAM_4, {"نعم": "yes"}) == {"نعم": "yes"}
    assert [r.getMessage() for r in caplog.records] == [
        "cache not read (no such table: memory)",
        "cache not written (no such table: memory); the run goes on without",
    ]


def test_what_a_person_asks_of_a_damaged_database_is_told(file: Path) -> None:
    with closing(at(file)) as cache:
        execute(file, "DROP TABLE memory")
        for ask in (cache.counts, cache.clear):
            with pytest.raises(CacheUnusable, match=r"cache\.sqlite: no such table: memory$"):
                ask()


def test_a_read_only_database_is_read(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(at(file)) as cache:
        cache.remember(BEAM_4, {"نعم": "yes"})
    with closing(Cache(f"sqlite:///file:{file}?mode=ro&uri=true")) as cache:
        assert cache.recall(BEAM_4, ["نعم"]) == {"نعم": "yes"}
        assert cache.remember(BEAM_4, {"لا": "no"}) == {"لا": "no"}
        assert cache.remember(BEAM_4, {"ربما": "maybe"}) == {"ربما": "maybe"}
    assert [r.getMessage() for r in caplog.records] == [
        "cache not written (attempt to write a readonly database); the run goes on without"
    ]
