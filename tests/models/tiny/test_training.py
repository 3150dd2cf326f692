"""Training can be interrupted anywhere and comes to the same weights; what it saves is whole."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import MarianConfig, MarianMTModel, PreTrainedModel

from models.tiny.train import publish
from models.tiny.training import (
    CHUNK,
    IGNORED,
    SIZE,
    Example,
    Recipe,
    Run,
    Schedule,
    batches,
    learning_rate,
    padded,
    train,
)

STEPS = 20
PAD = 11


def toy_examples(chunk: int) -> list[Example]:
    rng = Random(chunk)
    rows = [
        [rng.randrange(2, 11) for _ in range(rng.randint(2, 6))] + [0] for _ in range(4 * CHUNK)
    ]
    return [Example(row, row) for row in rows]


def toy_run(validate: Callable[[PreTrainedModel], str] = lambda _: "") -> Run:
    torch.manual_seed(0)
    settings: dict[str, Any] = {
        **SIZE,
        "d_model": 8,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "vocab_size": 12,
        "max_position_embeddings": 16,
        "pad_token_id": PAD,
        "decoder_start_token_id": PAD,
        "eos_token_id": 0,
    }
    config = MarianConfig(**settings)
    return Run(MarianMTModel(config), Recipe(toy_examples, validate, STEPS, warmup=5, peak=0.01))


def weights(run: Run) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in run.model.state_dict().items()}


@pytest.mark.parametrize("stop", [3, 8, 13])
def test_an_interrupted_run_comes_to_the_same_weights(tmp_path: Path, stop: int) -> None:
    whole = toy_run()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    train(whole, tmp_path / "a", Schedule())

    killed = toy_run()
    for _ in range(stop):
        killed.advance()
    killed.save(tmp_path / "b" / "checkpoint.pt")
    killed.advance()  # lost with the process
    resumed = toy_run()
    train(resumed, tmp_path / "b", Schedule())

    assert resumed.step == STEPS
    for name, tensor in weights(whole).items():
        assert torch.equal(tensor, weights(resumed)[name]), name


def test_a_finished_run_is_not_trained_again(tmp_path: Path) -> None:
    train(toy_run(), tmp_path, Schedule())
    again = toy_run()
    train(again, tmp_path, Schedule())
    assert again.step == STEPS


def test_training_reports_as_often_as_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(toy_run(lambda _: "exact 1/2"), tmp_path, Schedule(validate_every=8))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["step 8/20", "step 16/20"]
    assert "exact 1/2" in lines[0]


def test_training_moves_the_weights_but_not_the_pad_row() -> None:
    run = toy_run()
    before = weights(run)["model.shared.weight"]
    run.advance()
    run.advance()
    after = weights(run)["model.shared.weight"]
    assert not torch.equal(before[:PAD], after[:PAD])
    assert torch.count_nonzero(after[PAD]) == 0


def test_the_rate_rises_and_falls_to_nothing() -> None:
    recipe = Recipe(toy_examples, lambda _: "", steps=100, warmup=10, peak=0.5)
    assert learning_rate(0, recipe) == pytest.approx(0.05)
    assert learning_rate(9, recipe) == pytest.approx(0.5)
    assert learning_rate(40, recipe) == pytest.approx(0.5 * 85 / 115)
    assert learning_rate(90, recipe) == pytest.approx(0.5 * 0.2)
    assert learning_rate(99, recipe) == pytest.approx(0.5 * 0.02)


def test_batches_hold_every_example_once_and_like_lengths() -> None:
    examples = toy_examples(7)
    cut = batches(examples, 7)
    assert len(cut) == CHUNK
    assert sorted(len(e.source) for batch in cut for e in batch) == sorted(
        len(e.source) for e in examples
    )
    spans = sorted((min(len(e.source) for e in b), max(len(e.source) for e in b)) for b in cut)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_rows_are_padded_to_few_widths() -> None:
    rows = padded([[1, 2, 3], [4]], IGNORED)
    assert rows.shape == (2, 16)
    assert rows[1].tolist() == [4, *[IGNORED] * 15]
    assert padded([[7] * 17], 0).shape == (1, 32)


def test_a_published_model_is_float16_and_loads_as_float32(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "vocab.json").write_text("{}")
    run = toy_run()
    run.advance()
    publish(run, files, tmp_path / "out")
    stored = load_file(tmp_path / "out" / "model.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    assert "final_logits_bias" in stored
    assert json.loads((tmp_path / "out" / "config.json").read_text())["dtype"] == "float32"
    assert (tmp_path / "out" / "vocab.json").exists()
    loaded: Any = MarianMTModel.from_pretrained(tmp_path / "out")
    assert loaded.dtype == torch.float32
    assert torch.count_nonzero(loaded.get_input_embeddings().weight[PAD]) == 0
