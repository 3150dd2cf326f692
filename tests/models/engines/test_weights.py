"""Weights that are damaged, that do not fill a model, or that files hold under other names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.conversion.convert import convert
from models.engines import ct2, weights
from models.engines.backends import ENGINES
from models.engines.engine import DecodeOptions
from models.errors import ModelMissing, ModelUnfit
from tests import factory

GREEDY = DecodeOptions(beam=1, max_length=30)
TWO = "marian of two vocabularies"


def shorten(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:-100])


def garble(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"no such format")


def remove(folder: Path, name: str) -> None:
    (folder / name).unlink()


@pytest.mark.parametrize("damage", [shorten, garble, remove])
@pytest.mark.parametrize("name", ["model.bin", "limits.json", "shared_vocabulary.json"])
def test_damaged_conversions_are_refused(
    tmp_path: Path, damage: Callable[[Path, str], None], name: str
) -> None:
    converted = tmp_path / "converted"
    converted.mkdir()
    convert(factory.marian(tmp_path / "model"), converted, "float32")
    damage(converted, name)
    with pytest.raises(ModelUnfit) as refused:
        ct2.load(converted, compute="float32")
    assert str(converted) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("damage", [shorten, garble, remove])
@pytest.mark.parametrize("weights", ["safetensors", "bin"])
def test_damaged_weights_are_refused(
    tmp_path: Path, damage: Callable[[Path, str], None], weights: factory.Weights
) -> None:
    folder = factory.marian(tmp_path, weights=weights)
    damage(folder, {"safetensors": "model.safetensors", "bin": "pytorch_model.bin"}[weights])
    with pytest.raises((ModelUnfit, ModelMissing)) as refused:
        ENGINES["torch"].load(folder)
    assert str(folder) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "key", "value", "message"),
    [
        ("marian", "final_logits_bias", None, "missing in the weights: final_logits_bias;"),
        ("marian", "model.encoder.layers.1.fc1.weight", None, "missing in the weights: model.enc"),
        ("marian", "model.encoder.layers.2.fc1.weight", (2, 2), "unexpected in the weights: model"),
        ("marian", "model.encoder.layers.1.fc1.bias", (3,), "cannot be loaded"),
        (TWO, "model.decoder.embed_tokens.weight", None, "missing in the weights: "),
        (TWO, "model.encoder.embed_tokens.weight", None, "missing in the weights: model.encoder"),
        ("pegasus", "model.shared.weight", None, "missing in the weights: "),
        ("pegasus", "model.encoder.layer_norm.weight", None, "missing in the weights: model.enc"),
        ("t5", "shared.weight", None, "missing in the weights: "),
        ("t5", "decoder.block.1.layer.1.EncDecAttention.q.weight", None, "missing in the weights:"),
        ("t5", "decoder.block.2.layer.1.EncDecAttention.q.weight", (2, 2), "unexpected in the w"),
        ("t5 1.1", "lm_head.weight", None, "missing in the weights: lm_head.weight;"),
    ],
)
def test_weights_that_do_not_fill_the_model_are_refused(
    tmp_path: Path, kind: str, key: str, value: tuple[int, ...] | None, message: str
) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    path = factory.EVERY_KIND[kind](tmp_path) / "model.safetensors"
    state = load_file(path)
    assert (state.pop(key, None) is None) == (value is not None and value != (3,))
    if value is not None:
        state[key] = torch.ones(value)
    save_file(state, path, metadata={"format": "pt"})
    with pytest.raises(ModelUnfit) as refused:
        ENGINES["torch"].load(tmp_path)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_positions_that_files_leave_out_are_sines_and_cosines(tmp_path: Path) -> None:
    import torch
    from safetensors import safe_open

    folder = factory.pegasus(tmp_path)
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        assert not any("embed_positions" in name for name in file.keys())  # noqa: SIM118
    for side in ("encoder", "decoder"):
        read = weights.read_model(folder).state_dict()[f"model.{side}.embed_positions.weight"]
        assert read.shape == (64, 32)
        assert torch.allclose(read[3, :2], torch.tensor([3.0, 3 * 10000 ** (-2 / 32)]).sin())


def test_a_leftover_in_the_weights_does_no_harm(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    path = factory.marian(tmp_path) / "model.safetensors"
    state = load_file(path) | {"model.encoder.something_old": torch.ones(1)}
    save_file(state, path, metadata={"format": "pt"})
    assert ENGINES["torch"].load(tmp_path).generate([["</s>"]], GREEDY)


@pytest.mark.parametrize("kind", ["marian", "bart", "pegasus"])
@pytest.mark.parametrize("key", ["lm_head.weight", "model.decoder.embed_tokens.weight"])
def test_shared_weights_are_found_under_any_of_their_names(
    tmp_path: Path, kind: str, key: str
) -> None:
    """A safetensors file holds them once, and converters differ in the name they keep."""
    import torch
    from safetensors.torch import load_file, save_file

    path = getattr(factory, kind)(tmp_path) / "model.safetensors"
    state = load_file(path)
    shared = state.pop("model.shared.weight")
    save_file(state | {key: shared}, path, metadata={"format": "pt"})
    model = weights.read_model(tmp_path)
    for name in ("lm_head.weight", "model.shared.weight", "model.encoder.embed_tokens.weight"):
        assert torch.equal(model.state_dict()[name], shared)
