"""Where models are looked for, what is refused, and what is kept about them."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from models import home, snapshots, store
from models.errors import ModelError, ModelMissing, ModelUnfit
from models.store import Wanted, locate

REPO = "Helsinki-NLP/opus-mt-ar-en"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What looks like a Marian model; nothing here reads its weights."""
    made = tmp_path / "my-model"
    made.mkdir()
    (made / "config.json").write_text('{"model_type": "marian"}')
    for name in ("source.spm", "target.spm", "vocab.json", "model.safetensors"):
        (made / name).write_text(name)
    return made


def test_a_folder_of_the_users(folder: Path) -> None:
    found = locate(Wanted("translator", str(folder)))
    assert (found.name, found.folder) == ("dir:my-model", folder)


def test_a_folder_by_a_relative_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert locate(Wanted("translator", ".")).name == "dir:my-model"


@pytest.mark.parametrize("reference", ["./none", "/no/such/place", "~/none", "a/b/c", "none", ""])
def test_a_folder_that_is_not_there(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelMissing, match=r"there is no folder .* for --summarizer"):
        locate(Wanted("summarizer", reference))


@pytest.mark.parametrize("name", ["config.json", "source.spm", "target.spm", "vocab.json"])
def test_a_folder_that_lacks_a_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert store.lacking(folder) == [name]
    with pytest.raises(ModelUnfit, match=rf"dir:my-model is no complete model: .* lacks {name}$"):
        locate(Wanted("translator", str(folder)))


def test_a_folder_that_lacks_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    assert store.lacking(folder) == ["model.safetensors or pytorch_model.bin"]
    (folder / "pytorch_model.bin").touch()
    assert store.lacking(folder) == []


@pytest.mark.parametrize(
    ("files", "absent"),
    [
        (["tokenizer.json"], []),
        (["vocab.json", "merges.txt"], []),
        (["vocab.json"], ["merges.txt"]),
        ([], ["vocab.json", "merges.txt"]),
    ],
)
def test_what_a_bart_needs(tmp_path: Path, files: list[str], absent: list[str]) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bart"}')
    for name in [*files, "pytorch_model.bin"]:
        (tmp_path / name).touch()
    assert store.lacking(tmp_path) == absent


def test_code_of_a_models_own_is_refused(folder: Path) -> None:
    config = {"model_type": "marian", "auto_map": {"AutoModel": "evil.Model"}}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelUnfit, match="wants code of its own run"):
        locate(Wanted("translator", str(folder)))


@pytest.mark.parametrize("text", ["", "{", "[]", "\xff"])
def test_a_damaged_config(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(ModelUnfit, match=r"config\.json"):
        locate(Wanted("translator", str(folder)))


def test_a_bundled_model_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_TINY", Path("/no/such/place"))
    with pytest.raises(ModelMissing, match="bundled:tiny-translator is no complete model"):
        locate(Wanted("translator", "bundled:tiny-translator"))


def cached(commit: str, folder: Path, branch: str | None) -> None:
    """Put a model into the hub's cache as another program would have."""
    snapshot = snapshots.snapshot(REPO, commit)
    snapshot.parent.mkdir(parents=True, exist_ok=True)
    snapshot.symlink_to(folder)
    if branch:
        home.replace_text(snapshots.storage(REPO) / "refs" / branch, commit)


def test_a_branch_is_settled_when_first_used(folder: Path) -> None:
    cached("a" * 40, folder, "main")
    assert locate(Wanted("translator", REPO)).name == f"{REPO}@{'a' * 40}"
    cached("b" * 40, folder, "main")
    assert locate(Wanted("translator", REPO)).name == f"{REPO}@{'a' * 40}"
    assert home.recall("commits", f"{REPO}@main") == {"commit": "a" * 40}


def test_a_pinned_revision_is_not_replaced_by_what_is_here(folder: Path) -> None:
    cached("a" * 40, folder, "main")
    with pytest.raises(ModelMissing, match="cannot be reached"):
        locate(Wanted("translator", REPO, "c" * 40))


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"HF_HOME": "~/models"},
        {"HF_HOME": "$PWD/models"},
        {"HF_HUB_CACHE": "/data/hub"},
        {"HF_HUB_CACHE": "~/hub", "HF_HOME": "/data"},
        {"HUGGINGFACE_HUB_CACHE": "/old/hub", "HF_HOME": "/data"},
        {"XDG_CACHE_HOME": "/var/cache/me"},
    ],
)
def test_the_hubs_cache_is_where_its_client_has_it(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HOME")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    program = "from huggingface_hub.constants import HF_HUB_CACHE; print(HF_HUB_CACHE)"
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=os.environ
    )
    assert str(snapshots.cache_folder()) == printed.stdout.strip()


def test_records() -> None:
    assert home.recall("golden", "كيف/../x") == {}
    home.remember("golden", "كيف/../x", {"model": "م"})
    assert home.recall("golden", "كيف/../x") == {"model": "م"}
    assert [path.parent.name for path in home.models_home().rglob("*.json")] == ["golden"]


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


def test_a_store_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KHULASA_HOME", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="set KHULASA_HOME to a folder that can"), store.alone("x"):
        raise AssertionError
