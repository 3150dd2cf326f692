"""Where models are looked for, and what is refused."""

import json
from pathlib import Path

import pytest

from models import home
from models.errors import ModelError, ModelMissing, ModelUnfit
from models.hub import snapshots
from models.store import locate as store
from models.store.locate import Wanted, locate

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
    ("kind", "files", "absent"),
    [
        ("bart", ["tokenizer.json"], []),
        ("bart", ["vocab.json", "merges.txt"], []),
        ("bart", ["vocab.json"], ["merges.txt"]),
        ("bart", [], ["vocab.json", "merges.txt"]),
        ("pegasus", ["spiece.model"], []),
        ("pegasus", [], ["spiece.model"]),
        ("t5", ["tokenizer.json"], []),
        ("t5", ["vocab.json", "merges.txt"], ["spiece.model"]),
    ],
)
def test_what_a_summarizer_needs(
    tmp_path: Path, kind: str, files: list[str], absent: list[str]
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind}))
    for name in [*files, "pytorch_model.bin"]:
        (tmp_path / name).touch()
    assert store.lacking(tmp_path) == absent


def test_a_vocabulary_of_its_own_for_the_target(folder: Path) -> None:
    (folder / "tokenizer_config.json").write_text('{"separate_vocabs": true}')
    assert store.lacking(folder) == ["target_vocab.json"]


def test_weights_in_parts_are_not_read(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(ModelUnfit, match=r"or pytorch_model\.bin in one piece$"):
        locate(Wanted("translator", str(folder)))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("config.json", "auto_map"),
        ("tokenizer_config.json", "auto_map"),
        ("tokenizer_config.json", "custom_code"),
        ("generation_config.json", "custom_generate"),
    ],
)
def test_code_of_a_models_own_is_refused(folder: Path, name: str, key: str) -> None:
    said = {"model_type": "marian", key: {"AutoModel": "evil.Model"}}
    (folder / name).write_text(json.dumps(said))
    with pytest.raises(ModelUnfit, match=rf"wants code of its own run \({name}: {key}\)"):
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


def test_a_store_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KHULASA_HOME", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="set KHULASA_HOME to a folder that can"), store.alone("x"):
        raise AssertionError
