"""Where the cache is: a file, a URL, the user's own place, nowhere; what is said of a bad one."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.cache import MEMORY, CacheUnusable, open_cache, open_lasting
from pipeline.signature import Signature

BEAM_4 = Signature("translate", 1, (("beam", "4"),))


def sentences(file: Path) -> Any:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT count(*) FROM memory").fetchone()[0]


def test_off_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_cache("off")) as cache:
        cache.remember(BEAM_4, {"نعم": "yes"})
    with closing(open_cache("off")) as cache:
        assert cache.recall(BEAM_4, ["نعم"]) == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["kept.db", "sqlite:///kept.db"])
def test_a_file_or_a_url(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_cache(place)) as cache:
        cache.remember(BEAM_4, {"نعم": "yes"})
    assert sentences(tmp_path / "kept.db") == 1


def test_the_user_s_own() -> None:
    with closing(open_cache(None)) as cache:
        cache.remember(BEAM_4, {"نعم": "yes"})
    own = Path(os.environ["KHULASA_HOME"]) / "cache.sqlite"
    assert sentences(own) == 1


@pytest.mark.parametrize("content", [b"not a database, but long enough for a header" * 50])
def test_a_file_that_is_no_database(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    file.write_bytes(content)
    with pytest.raises(CacheUnusable, match=r"cache\.sqlite: file is not a database") as caught:
        open_cache(str(file))
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert file.read_bytes() == content


def test_a_place_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(CacheUnusable, match="unable to open database file"):
        open_cache(str(tmp_path / "absent" / "cache.sqlite"))
    with pytest.raises(CacheUnusable, match="unable to open database file"):
        open_cache(str(tmp_path))


def test_another_kind_of_database() -> None:
    with pytest.raises(CacheUnusable):
        open_cache("mysql://localhost/khulasa")
    with pytest.raises(CacheUnusable):
        open_cache("nonsense://")


def test_a_password_is_not_told() -> None:
    with pytest.raises(CacheUnusable) as caught:
        open_cache("oracle://me:secret@localhost/khulasa")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("damage", ["no database", "a folder"])
def test_where_the_user_s_own_is_unusable_nothing_is_kept(
    damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    own = Path(os.environ["KHULASA_HOME"]) / "cache.sqlite"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.mkdir() if damage == "a folder" else own.write_bytes(b"not a database" * 100)
    with closing(open_cache(None)) as cache:
        assert cache.remember(BEAM_4, {"نعم": "yes"}) == {"نعم": "yes"}
    [warning] = caplog.records
    advice = "; nothing is kept this time: mend or delete it, or name another"
    assert warning.getMessage().endswith(advice)
    assert str(own) in warning.getMessage()


@pytest.mark.parametrize("place", [None, "kept.db", "sqlite:///kept.db"])
def test_a_place_that_lasts(
    place: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_lasting(place)) as cache:
        cache.remember(BEAM_4, {"نعم": "yes"})
    with closing(open_cache(place)) as cache:
        assert cache.recall(BEAM_4, ["نعم"]) == {"نعم": "yes"}


@pytest.mark.parametrize("place", ["off", MEMORY])
def test_a_place_that_keeps_nothing_does_not_last(place: str) -> None:
    with pytest.raises(CacheUnusable, match="keeps nothing; name another"):
        open_lasting(place)


def test_the_user_s_own_must_be_usable_to_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("in the way", "utf-8")
    monkeypatch.setenv("KHULASA_HOME", str(tmp_path / "home" / "khulasa"))
    with pytest.raises(CacheUnusable, match=r"cache\.sqlite: Not a directory$"):
        open_lasting(None)
