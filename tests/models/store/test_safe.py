"""A pickle is read as data, once; what it would run is never run."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from models.conversion.conversions import converted
from models.engines.weights import read_model
from models.errors import ModelError, ModelMissing, ModelUnfit
from models.home import models_home
from models.model import Model, Runtime, open_translator
from models.store import safe
from models.store.fingerprint import fingerprint
from tests import factory

ROOT = Path(__file__).parents[3]


@pytest.fixture
def marian(tmp_path: Path) -> Path:
    return factory.marian(tmp_path / "marian", weights="bin")


class Hostile:
    """Unpickling this writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def leftovers() -> list[str]:
    folder = models_home() / "safe"
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


@pytest.mark.parametrize("kind", ["marian", "bart", "pegasus", "t5"])
def test_the_copy_has_the_same_weights(tmp_path: Path, kind: str) -> None:
    make = getattr(factory, kind)
    pickled = make(tmp_path / "bin", weights="bin")
    one = read_model(pickled).state_dict()
    other = read_model(make(tmp_path / "safetensors")).state_dict()
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    copy = safe.weights_folder(pickled) / "model.safetensors"
    assert copy.stat().st_size < 1.1 * (pickled / "pytorch_model.bin").stat().st_size


def test_a_pickle_is_read_once(marian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later loads and conversions read the copy."""
    folder = safe.weights_folder(marian)
    assert [path.name for path in folder.iterdir()] == ["model.safetensors"]
    assert leftovers() == [fingerprint(marian).weights]
    monkeypatch.setattr(torch, "load", None)
    assert read_model(marian).config.model_type == "marian"
    assert (converted(marian, fingerprint(marian), "int8") / "model.bin").is_file()


def test_safetensors_are_taken_as_they_are(tmp_path: Path) -> None:
    folder = factory.marian(tmp_path, weights="safetensors")
    assert safe.weights_folder(folder) == folder
    assert leftovers() == []


def test_pickles_of_before_2020_and_half_precision(tmp_path: Path) -> None:
    """Those are no zip files."""
    folder = factory.marian(tmp_path, weights="bin", precision="float16")
    path = folder / "pytorch_model.bin"
    weights = torch.load(path, weights_only=True)
    torch.save(weights, path, _use_new_zipfile_serialization=False)
    read = read_model(folder).state_dict()
    assert read["final_logits_bias"].dtype == torch.float32
    assert all(torch.equal(read[name], weights[name].float()) for name in weights)


def test_a_pickle_identifies_the_model(marian: Path) -> None:
    model = open_translator("ar", reference=str(marian), runtime=Runtime(self_test="skipped"))
    before = model.identity
    assert model.engine.name
    again: Model = open_translator("ar", reference=str(marian), runtime=model.runtime)
    assert again.identity == before


@pytest.mark.parametrize("zipped", [True, False])
def test_code_is_not_run(marian: Path, tmp_path: Path, zipped: bool) -> None:
    path = marian / "pytorch_model.bin"
    weights = torch.load(path, weights_only=True) | {"more": Hostile(tmp_path / "run")}
    torch.save(weights, path, _use_new_zipfile_serialization=zipped)
    for engine in ("ctranslate2", "torch"):
        runtime = Runtime(engine, self_test="skipped")
        with pytest.raises(ModelUnfit, match="is refused: it is damaged, or holds more than") as no:
            _ = open_translator("ar", reference=str(marian), runtime=runtime).engine
        assert "\n" not in str(no.value)
    assert not (tmp_path / "run").exists()
    assert leftovers() == []


@pytest.mark.parametrize("held", [[torch.ones(1)], {"a": 1}, {"a": {"b": torch.ones(1)}}, "text"])
def test_what_is_no_table_of_weights(marian: Path, held: object) -> None:
    torch.save(held, marian / "pytorch_model.bin")
    with pytest.raises(ModelUnfit, match="it is no table of weights"):
        safe.weights_folder(marian)
    assert leftovers() == []


def test_no_weights(marian: Path) -> None:
    (marian / "pytorch_model.bin").unlink()
    with pytest.raises(ModelMissing, match=r"neither model\.safetensors nor pytorch_model\.bin"):
        safe.weights_folder(marian)


def test_a_copy_that_rotted_is_made_again(marian: Path) -> None:
    copy = safe.weights_folder(marian) / "model.safetensors"
    whole = copy.stat().st_size
    copy.write_bytes(copy.read_bytes()[:1000])
    with pytest.raises(ModelUnfit, match="weights cannot be loaded"):
        read_model(marian)
    assert read_model(marian).config.model_type == "marian"
    assert copy.stat().st_size == whole


def test_what_a_killed_process_left_is_removed(marian: Path) -> None:
    name = fingerprint(marian).weights
    (models_home() / "safe" / f".{name}.4711").mkdir(parents=True)
    safe.weights_folder(marian)
    assert leftovers() == [name]


def test_two_processes_copy_once(marian: Path) -> None:
    code = "import sys; from pathlib import Path; from models.store import safe; import logging;"
    code += "logging.basicConfig(level='INFO'); print(safe.weights_folder(Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(marian)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    running = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    said = [process.communicate(timeout=300) for process in running]
    assert len({out for out, _ in said}) == 1
    assert sum(err.count("copying the weights") for _, err in said) == 1


@pytest.fixture
def small(marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of 64 KiB on a file system of its own; the weights have more."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("cannot mount a tmpfs")
    monkeypatch.setenv("KHULASA_HOME", str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("announced", [True, False])
def test_a_disk_that_is_full(
    small: Path, marian: Path, monkeypatch: pytest.MonkeyPatch, announced: bool
) -> None:
    """Known before the work, or met in the middle of it."""
    if not announced:
        free = type("Usage", (), {"free": 1 << 40})
        monkeypatch.setattr("shutil.disk_usage", lambda _: free)
    with pytest.raises(ModelError, match=f"cannot copy .* into {small}.*: the disk is full$"):
        safe.weights_folder(marian)
    assert leftovers() == []
