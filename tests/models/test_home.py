"""What is kept about models: whole records, or none, and never an error."""

import sys
import threading
from pathlib import Path

import pytest

from models import home


def test_records() -> None:
    assert home.recall("golden", "كيف/../x") == {}
    home.remember("golden", "كيف/../x", {"model": "م"})
    assert home.recall("golden", "كيف/../x") == {"model": "م"}
    assert [path.parent.name for path in home.models_home().rglob("*.json")] == ["golden"]


def test_all_records_of_a_kind() -> None:
    assert list(home.records("golden")) == []
    for key in ("b/é", "a"):
        home.remember("golden", key, {"of": key})
    home.remember("commits", "c", {})
    (home.models_home() / "golden" / "z.json").write_text("[]")
    assert list(home.records("golden")) == [("a", {"of": "a"}), ("b/é", {"of": "b/é"})]
    home.forget("golden", "a")
    home.forget("golden", "a")
    assert list(home.records("golden")) == [("b/é", {"of": "b/é"})]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": "other", "value": {}}', "\xff\xfe"])
def test_a_damaged_record_counts_as_none(text: str) -> None:
    home.remember("commits", "key", {"commit": "a"})
    path = next((home.models_home() / "commits").iterdir())
    path.write_text(text, encoding="latin-1")
    assert home.recall("commits", "key") == {}


def test_a_record_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KHULASA_HOME", str(tmp_path / "file"))
    home.remember("commits", "key", {"commit": "a"})
    assert "cannot remember commits of key" in caplog.text


def test_records_are_replaced_whole() -> None:
    """A reader beside a writer sees the old value or the new one, never a part and never none."""
    home.remember("commits", "key", {"commit": "a" * 10_000})
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for letter in "ab":
                home.remember("commits", "key", {"commit": letter * 10_000})

    writer = threading.Thread(target=write)
    writer.start()
    seen = {home.recall("commits", "key").get("commit", "") for _ in range(300)}
    stop.set()
    writer.join()
    assert seen <= {"a" * 10_000, "b" * 10_000}


def test_home_is_a_folder_of_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHULASA_HOME", "~/k")
    assert home.models_home() == Path("~/k/models").expanduser()
    monkeypatch.delenv("KHULASA_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/me")
    if sys.platform == "linux":
        assert home.models_home() == Path("/var/cache/me/khulasa/models")
