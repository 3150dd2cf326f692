"""A conversion that computes something else than its original is noticed before it has a name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch

from models import config
from models.conversion import convert, parity
from models.conversion.conversions import converted
from models.engines.compute import Compute, stored
from models.errors import ModelUnfit
from models.home import models_home
from models.store.fingerprint import fingerprint
from tests import factory

TINY = Path(__file__).parents[3] / "models" / "tiny"
STORED = sorted({stored(compute) for compute in get_args(Compute) if compute != "auto"})
TWO = "marian of two vocabularies"

Fault = Callable[[Any], None]


@pytest.fixture(scope="module", params=[*factory.EVERY_KIND, "translator", "summarizer"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind with random weights, and the bundled models, which have learned something."""
    make = factory.EVERY_KIND.get(request.param)
    return make(tmp_path_factory.mktemp("model")) if make else TINY / request.param


@pytest.mark.parametrize("compute", STORED)
def test_intact_conversions_agree_by_far(folder: Path, tmp_path: Path, compute: str) -> None:
    convert.convert(folder, tmp_path / "converted", compute)
    names = convert._names(folder, config.read(folder))
    found = parity.difference(folder, tmp_path / "converted", compute, names)
    assert 0 < found < parity.TOLERANCE / 20


def without_bias(specification: Any) -> None:
    specification.decoder.projection.bias = "__optional"


def another_head(specification: Any) -> None:
    weight = specification.decoder.projection.weight
    drawn = torch.randn(weight.shape, generator=torch.Generator().manual_seed(5))
    specification.decoder.projection.weight = drawn * weight.std()


def other_target_embeddings(specification: Any) -> None:
    weight = specification.decoder.embeddings.weight
    specification.decoder.embeddings.weight = weight.flip(0)


def words_moved_by_one(specification: Any) -> None:
    weight = specification.decoder.projection.weight
    specification.decoder.projection.weight = weight.roll(1, 0)


def exchanged_encoder_layers(specification: Any) -> None:
    specification.encoder.layer.reverse()


def exchanged_decoder_layers(specification: Any) -> None:
    specification.decoder.layer.reverse()


def no_activation_of_its_own(specification: Any) -> None:
    """ReLU in the place of another, sigmoid in the place of ReLU."""
    for side in (specification.encoder, specification.decoder):
        side.activation = np.dtype("int8").type(5 if side.activation == 0 else 0)


def no_scale(specification: Any) -> None:
    for side in (specification.encoder, specification.decoder):
        side.scale_embeddings = not side.scale_embeddings


FAULTS: list[Fault] = [
    another_head,
    other_target_embeddings,
    words_moved_by_one,
    exchanged_encoder_layers,
    exchanged_decoder_layers,
    no_activation_of_its_own,
]


def break_by(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    real = convert._specification

    def broken(*arguments: Any) -> Any:
        specification = real(*arguments)
        with torch.no_grad():
            fault(specification)
        return specification

    monkeypatch.setattr(convert, "_specification", broken)


@pytest.mark.parametrize("compute", ["float32", "int8"])
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_noticed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Fault, compute: str
) -> None:
    break_by(fault, monkeypatch)
    with pytest.raises(ModelUnfit, match="computes something else than it does") as refused:
        convert.convert(folder, tmp_path / "converted", compute)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("kind", ["marian", TWO, "bart", "pegasus"])
@pytest.mark.parametrize("compute", ["float32", "int8"])
def test_a_lost_bias_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, compute: str
) -> None:
    folder = factory.EVERY_KIND[kind](tmp_path / "model")
    break_by(without_bias, monkeypatch)
    with pytest.raises(ModelUnfit, match="computes something else"):
        convert.convert(folder, tmp_path / "converted", compute)


@pytest.mark.parametrize("kind", ["marian", "pegasus"])
def test_a_lost_scale_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    folder = factory.EVERY_KIND[kind](tmp_path / "model")
    break_by(no_scale, monkeypatch)
    with pytest.raises(ModelUnfit, match="computes something else"):
        convert.convert(folder, tmp_path / "converted", "int8")


def test_a_start_that_ctranslate2_does_not_know_is_noticed(tmp_path: Path) -> None:
    """It starts from zeros, transformers from the row of padding, which training may change."""
    from safetensors.torch import load_file, save_file

    folder = factory.marian(tmp_path / "model")
    path = folder / "model.safetensors"
    state = load_file(path)
    state["model.shared.weight"][config.read(folder).pad] = 0.1
    save_file(state, path, metadata={"format": "pt"})
    with pytest.raises(ModelUnfit, match=r"use --engine torch$"):
        convert.convert(folder, tmp_path / "converted", "int8")


def test_nothing_is_left_of_what_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = factory.marian(tmp_path / "model")
    identity = fingerprint(folder)
    with monkeypatch.context() as patch:
        break_by(exchanged_encoder_layers, patch)
        with pytest.raises(ModelUnfit):
            converted(folder, identity, "int8")
        assert list((models_home() / "converted").iterdir()) == []
    assert converted(folder, identity, "int8").is_dir()


def test_what_is_not_a_number_agrees_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = factory.marian(tmp_path / "model")

    def spoil(specification: Any) -> None:
        specification.decoder.projection.bias.fill_(float("nan"))

    break_by(spoil, monkeypatch)
    with pytest.raises(ModelUnfit, match="differ by nan"):
        convert.convert(folder, tmp_path / "converted", "float32")
