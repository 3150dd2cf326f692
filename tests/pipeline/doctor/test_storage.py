"""Store, hub and cache: every fault is a real one, in real files or from a hub that misbehaves."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.home import models_home
from pipeline.cache import Cache, CacheUnusable, own_file
from pipeline.doctor import storage
from pipeline.doctor.chosen import Chosen
from pipeline.doctor.diagnosis import Diagnosis
from pipeline.signature import Signature
from tests.hub import Hub

TINY = Chosen(models="tiny")
FAST = Chosen(models="fast")
BEAM_4 = Signature("translate", 1, (("beam", "4"),))


def conversion(name: str, size: int = 1_500_000) -> Path:
    folder = models_home() / "converted" / name
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"0" * size)
    return folder


def test_an_empty_store() -> None:
    assert list(storage.store(TINY)) == [
        Diagnosis("store", "good", f"{models_home()}: 0 converted models, 0 kB")
    ]
    assert not models_home().exists()


def test_what_is_of_no_use_any_more() -> None:
    conversion("ab-cd-int8-3.0.0")
    left = conversion(".ab-cd-int8-4.9.9.123", 2_000)
    long_ago = time.time() - 7200
    for path in (left, left / "model.bin"):
        os.utime(path, (long_ago, long_ago))
    conversion(".ab-cd-int8-4.9.9.124")  # made just now
    waste, good = storage.store(TINY)
    assert waste == Diagnosis(
        "store",
        "poor",
        "2 MB made from a model that is not here any more, or left behind by work that was "
        "interrupted",
        "khulasa models gc",
    )
    assert good.found == f"{models_home()}: 0 converted models, 0 kB"


def test_a_store_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHULASA_HOME", "/proc/khulasa")
    assert list(storage.store(TINY)) == [
        Diagnosis(
            "store",
            "poor",
            "/proc/khulasa/models cannot be written (No such file or directory): no model can be "
            "converted, nothing is kept",
            "set KHULASA_HOME to a folder that can be written",
        )
    ]


def test_a_fault_that_was_kept() -> None:
    models_home().mkdir(parents=True)
    log = models_home().parent / "error.log"
    log.write_text("Traceback", encoding="utf-8")
    *_, found = storage.store(TINY)
    assert found == Diagnosis(
        "store",
        "poor",
        f"{log} holds a fault of khulasa itself",
        "report it with that file, then delete it",
    )


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub({}) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served


def test_a_hub_that_answers(serving: Hub) -> None:
    assert list(storage.hub(FAST)) == [Diagnosis("hub", "good", f"{serving.url} answers")]
    assert serving.total() == 1


def test_a_hub_in_trouble(serving: Hub) -> None:
    serving.faults.status = 503
    told = f"{serving.url} answers 503 Service Unavailable"
    assert list(storage.hub(FAST)) == [Diagnosis("hub", "poor", told, "try later")]
    assert list(storage.hub(TINY)) == [Diagnosis("hub", "good", told)]


def test_no_hub_matters_where_models_are_missing() -> None:
    [found] = storage.hub(FAST)
    assert found == Diagnosis(
        "hub",
        "poor",
        "http://127.0.0.1:9 cannot be reached (Connection refused): Helsinki-NLP/opus-mt-ar-en and "
        "sshleifer/distilbart-cnn-6-6 cannot come",
        "khulasa models pack Helsinki-NLP/opus-mt-ar-en sshleifer/distilbart-cnn-6-6 -o FILE.tar "
        "where the hub answers, and khulasa models unpack FILE.tar here; or take --models tiny",
    )
    [found] = storage.hub(TINY)
    assert found == Diagnosis(
        "hub",
        "good",
        "http://127.0.0.1:9 cannot be reached (Connection refused); the models of this choice are "
        "here",
    )


def test_a_hub_that_must_not_be_asked(serving: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    [found] = storage.hub(FAST)
    assert found.state == "poor"
    assert found.found.startswith("HF_HUB_OFFLINE forbids asking the hub: Helsinki-NLP/")
    assert serving.total() == 0


@pytest.fixture
def filled() -> Path:
    """The user's own cache with 30 sentences."""
    own_file().parent.mkdir(parents=True)
    with closing(Cache(f"sqlite:///{own_file()}")) as cache:
        cache.remember(BEAM_4, {f"جملة {n}": f"sentence {n}" for n in range(30)})
    return own_file()


def test_no_cache_yet_and_none_is_made() -> None:
    assert list(storage.cache(TINY)) == [
        Diagnosis("cache", "good", f"{own_file()} is not there yet: the first run makes it")
    ]
    assert not own_file().exists()


def test_a_cache_that_is_off(filled: Path) -> None:
    assert list(storage.cache(Chosen(cache="off"))) == [
        Diagnosis("cache", "good", "off: nothing is kept")
    ]


def test_a_cache_that_can_never_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHULASA_HOME", "/proc/khulasa")
    assert list(storage.cache(TINY)) == [
        Diagnosis(
            "cache",
            "poor",
            "/proc/khulasa/cache.sqlite cannot be made (No such file or directory): nothing is "
            "kept",
            "name another: --cache PATH",
        )
    ]


def test_a_cache_in_good_health(filled: Path) -> None:
    size = filled.stat().st_size // 1000
    assert list(storage.cache(TINY)) == [
        Diagnosis(
            "cache",
            "good",
            f"{filled}: 30 rows, all compared with their checksums, {size} kB",
        )
    ]


def test_the_cache_that_is_named_is_looked_at(filled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    [found] = storage.cache(Chosen(cache=str(other)))
    assert found.found == f"{other} is not there yet: the first run makes it"
    assert not other.exists()
    with closing(Cache(f"sqlite:///{other}")) as cache:
        cache.remember(BEAM_4, {"نعم": "yes"})
    for place in (str(other), f"sqlite:///{other}"):
        [found] = storage.cache(Chosen(cache=place))
        assert found.found.startswith(f"{other}: 1 row, all compared")


def test_a_sample_is_told_as_one(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "SAMPLE", 10)
    [found] = storage.cache(TINY)
    assert ": 30 rows, 10 compared with their checksums, " in found.found


def test_a_cache_too_large_to_be_read_whole(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.health.SOON_READ", 1)
    [found] = storage.cache(TINY)
    assert "checksums, too large to check its structure, " in found.found


def test_rows_that_are_damaged(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("UPDATE memory SET checksum = 'x' WHERE rowid <= 2")
    damaged, rest = storage.cache(TINY)
    assert damaged == Diagnosis(
        "cache",
        "poor",
        f"{filled}: 2 of 30 rows fail their checksums",
        "look at the disk; khulasa computes such a row again when it meets it",
    )
    assert rest.state == "good"


def test_a_cache_that_cannot_be_written(filled: Path) -> None:
    refused, _ = storage.cache(Chosen(cache=f"sqlite:///file:{filled}?mode=ro&uri=true"))
    assert refused == Diagnosis(
        "cache",
        "poor",
        f"{filled} cannot be written (attempt to write a readonly database): what is new is not "
        "kept",
        "allow it, or name another: --cache PATH",
    )


def test_a_log_that_waits_is_told(filled: Path) -> None:
    with closing(Cache(f"sqlite:///{filled}")) as other:  # keeps the log from being merged
        other.remember(BEAM_4, {"نعم": "yes"})
        [found] = storage.cache(TINY)
    assert found.found.split(", ")[-1].endswith(" kB of log")


def test_a_file_that_is_not_whole(filled: Path) -> None:
    for sql in (
        "UPDATE sqlite_schema SET sql = replace(sql, 'text TEXT NOT NULL', 'text TEXT')",
        "INSERT INTO signatures VALUES ('digest', NULL, 0)",
        "UPDATE sqlite_schema SET sql = replace(sql, 'text TEXT', 'text TEXT NOT NULL')",
    ):
        with closing(sqlite3.connect(filled)) as connection, connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(sql)
    assert list(storage.cache(TINY)) == [
        Diagnosis(
            "cache",
            "bad",
            f"{filled} is damaged: NULL value in signatures.text",
            f"delete {filled}: what it held is computed again",
        )
    ]


def test_a_file_that_is_no_database(filled: Path) -> None:
    filled.write_bytes(b"not a database, but long enough for a header" * 50)
    with pytest.raises(CacheUnusable, match="file is not a database"):
        list(storage.cache(TINY))
