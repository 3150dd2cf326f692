"""The bundled models: laid out like the public ones, and right about events they never saw."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from models import tokens
from models.conversion.convert import convert
from models.engines import ct2, pytorch
from models.tiny.evaluate import HERE, MODELS, Loaded, measure, right, seen_share
from models.tiny.examples import TEST, events, summary_pair, translation_pairs

TOLD = events(TEST + 10_000, 60)
FILES = {
    "translator": {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "source.spm",
        "special_tokens_map.json",
        "target.spm",
        "tokenizer_config.json",
        "vocab.json",
    },
    "summarizer": {
        "config.json",
        "generation_config.json",
        "merges.txt",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.json",
    },
}


def settings(model: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((HERE / model / "config.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both models as CTranslate2 float32 and int8, by "model-precision"."""
    folder = tmp_path_factory.mktemp("converted")
    folders = {f"{m}-{c}": folder / f"{m}-{c}" for m in MODELS for c in ("float32", "int8")}
    for name, target in folders.items():
        model, compute = name.split("-")
        convert(HERE / model, target, compute)
    return folders


@pytest.mark.parametrize("model", MODELS)
def test_a_model_has_every_file_and_no_more(model: str) -> None:
    assert {path.name for path in (HERE / model).iterdir()} == FILES[model]


@pytest.mark.parametrize("model", MODELS)
def test_weights_are_small_float16_with_a_zero_pad_row(model: str) -> None:
    path = HERE / model / "model.safetensors"
    stored = load_file(path)
    assert path.stat().st_size < 8_000_000
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    assert torch.count_nonzero(stored["final_logits_bias"]) == 0
    pad = stored["model.shared.weight"][settings(model)["pad_token_id"]]
    assert torch.count_nonzero(pad) == 0


def test_special_tokens_stand_where_the_public_models_have_them() -> None:
    marian = json.loads((HERE / "translator" / "vocab.json").read_text("utf-8"))
    assert (marian["</s>"], marian["<unk>"], marian["<pad>"]) == (0, 1, len(marian) - 1)
    assert settings("translator")["decoder_start_token_id"] == marian["<pad>"]
    vocabulary, _ = tokens.vocabularies(HERE / "summarizer")
    special = [vocabulary[token] for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")]
    assert special == [0, 1, 2, 3, len(vocabulary) - 1]
    search = json.loads((HERE / "summarizer" / "generation_config.json").read_text("utf-8"))
    assert search["forced_bos_token_id"] == 0


def test_loaded_as_anyone_would_they_are_right() -> None:
    pairs = {
        "translator": translation_pairs(TOLD[:5]),
        "summarizer": [summary_pair(item) for item in TOLD[:10]],
    }
    for model, share in (("translator", 0.95), ("summarizer", 0.8)):
        tokenizer: Any = AutoTokenizer.from_pretrained(HERE / model)
        network: Any = AutoModelForSeq2SeqLM.from_pretrained(HERE / model)
        assert network.dtype == torch.float32
        batch = tokenizer([p.source for p in pairs[model]], return_tensors="pt", padding=True)
        ids = network.generate(**batch)
        texts = tokenizer.batch_decode(ids, skip_special_tokens=True)
        assert right(texts, [p.target for p in pairs[model]]) >= share, model


def test_int8_is_right_about_unseen_events(converted: dict[str, Path]) -> None:
    translator, summarizer = (
        Loaded(HERE / model, ct2.load(converted[f"{model}-int8"]), beam=4) for model in MODELS
    )
    found = measure(translator, summarizer, TOLD)
    assert found.sentences >= 0.95
    assert found.facts >= 0.9
    assert found.whole >= 0.85


@pytest.mark.parametrize("model", MODELS)
def test_float32_gives_the_same_from_both_engines(converted: dict[str, Path], model: str) -> None:
    pairs = translation_pairs(TOLD[:10])
    if model == "summarizer":
        pairs = [summary_pair(item) for item in TOLD[:20]]
    sources = [pair.source for pair in pairs]
    fast = ct2.load(converted[f"{model}-float32"], compute="float32")
    reference = pytorch.load(HERE / model)
    written = [Loaded(HERE / model, engine, beam=1).write(sources) for engine in (fast, reference)]
    assert written[0] == written[1]


def test_test_events_are_new() -> None:
    articles, sentences = seen_share(TOLD, 2000)
    assert articles == 0
    assert sentences < 0.2
