"""What identifies a model, and that large files are read once."""

import hashlib
import os
from pathlib import Path

import pytest

from models.errors import ModelMissing, ModelUnfit
from models.home import remember
from models.store import fingerprint as module
from models.store.fingerprint import Fingerprint, fingerprint, remembered


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    (made / "config.json").write_text("{}")
    (made / "vocab.json").write_text('{"a": 0}')
    (made / "model.safetensors").write_text("weights")
    return made


def test_literal_values(folder: Path) -> None:
    """The weights' digest is that of the file, as `sha256sum` and the hub give it."""
    config = hashlib.sha256(b"{}").hexdigest()
    vocabulary = hashlib.sha256(b'{"a": 0}').hexdigest()
    lines = f"config.json {config}\nvocab.json {vocabulary}"
    assert fingerprint(folder) == Fingerprint(
        weights="9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c",
        tokens=hashlib.sha256(lines.encode()).hexdigest(),
    )


@pytest.mark.parametrize("name", ["config.json", "vocab.json", "generation_config.json"])
def test_every_deciding_file_counts(folder: Path, name: str) -> None:
    before = fingerprint(folder)
    (folder / name).write_text('{"changed": true}')
    after = fingerprint(folder)
    assert after.tokens != before.tokens
    assert after.weights == before.weights


def test_other_files_do_not_count(folder: Path) -> None:
    before = fingerprint(folder)
    (folder / "README.md").write_text("hello")
    (folder / "pytorch_model.bin").write_text("beside safetensors, it is not used")
    assert fingerprint(folder) == before


def test_the_name_of_a_file_counts(folder: Path) -> None:
    before = fingerprint(folder)
    (folder / "vocab.json").rename(folder / "target_vocab.json")
    assert fingerprint(folder).tokens != before.tokens


def test_the_place_of_a_model_does_not_count(folder: Path, tmp_path: Path) -> None:
    before = fingerprint(folder)
    assert fingerprint(folder.rename(tmp_path / "elsewhere")) == before


def test_files_are_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fingerprint(folder)

    def refuse(path: Path) -> str:
        raise AssertionError(path)

    monkeypatch.setattr(module, "digest", refuse)
    assert fingerprint(folder) == first
    os.utime(folder / "vocab.json", ns=(1, 1))
    with pytest.raises(AssertionError, match=r"vocab\.json"):
        fingerprint(folder)


def test_a_changed_file_of_the_same_size_is_noticed(folder: Path) -> None:
    before = fingerprint(folder)
    (folder / "model.safetensors").write_text("WEIGHTS")
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert fingerprint(folder).weights != before.weights


def test_a_damaged_record_is_no_obstacle(folder: Path) -> None:
    first = fingerprint(folder)
    remember("fingerprints", str(folder.resolve()), {"vocab.json": "nonsense"})
    assert fingerprint(folder) == first


def test_a_file_of_the_hubs_cache_that_rotted(tmp_path: Path, folder: Path) -> None:
    blob = tmp_path / "blobs" / hashlib.sha256(b"as it was").hexdigest()
    blob.parent.mkdir()
    blob.write_text("as it is")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to(blob)
    with pytest.raises(ModelUnfit, match=f"is damaged.*remove {blob}"):
        fingerprint(folder)
    blob.write_text("as it was")
    assert fingerprint(folder).weights == blob.name


def test_no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelMissing, match=r"neither model\.safetensors nor pytorch_model\.bin"):
        fingerprint(folder)


def test_weights_that_are_elsewhere(folder: Path) -> None:
    before = fingerprint(folder)
    (folder / "model.safetensors").unlink()
    (folder / "weights.json").write_text(f'{{"sha256": "{before.weights}"}}')
    assert fingerprint(folder) == before


@pytest.mark.parametrize("said", ["", "[]", "{}"])
def test_weights_of_which_nothing_is_said(folder: Path, said: str) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "weights.json").write_text(said)
    with pytest.raises(ModelMissing, match=r"neither model\.safetensors nor pytorch_model\.bin"):
        fingerprint(folder)


def test_what_is_remembered_is_known_without_reading(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert remembered(folder) is None
    known = fingerprint(folder)
    monkeypatch.delattr(module, "digest")
    assert remembered(folder) == known
    (folder / "vocab.json").write_text('{"a": 0, "b": 1}')
    assert remembered(folder) is None


def test_a_small_file_of_the_hubs_cache_that_rotted(tmp_path: Path, folder: Path) -> None:
    blob = tmp_path / "blobs" / "9e26dfeeb6e641a33dae4961196235bdb965b21b"  # git's id of {}
    blob.parent.mkdir()
    blob.write_text("{}")
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to(blob)
    first = fingerprint(folder)
    blob.write_text("[]")
    os.utime(blob, ns=(1, 1))
    with pytest.raises(ModelUnfit, match=r"config\.json is damaged"):
        fingerprint(folder)
    blob.write_text("{}")
    assert fingerprint(folder) == first
