"""From every public layout of a model folder to CTranslate2's form."""

import json
from pathlib import Path
from typing import Any

import pytest

from models import config, tokens
from models.conversion.convert import convert
from models.engines import pytorch
from models.engines.backends import ENGINES
from models.engines.engine import DecodeOptions
from models.errors import ModelUnfit
from tests import factory

GREEDY = DecodeOptions(beam=1, max_length=20)
FILES = {"config.json", "limits.json", "model.bin", "shared_vocabulary.json"}


def converted(folder: Path, target: Path, compute: str = "float32") -> Path:
    target.mkdir()
    convert(folder, target, compute)
    return target


def sources(folder: Path) -> list[list[str]]:
    tokenizer = tokens.load(folder)
    text = factory.ARABIC if config.read(folder).kind == "marian" else factory.ENGLISH
    return [tokenizer.encode(" ".join(line.split()[:5])) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("marian", {}),
        ("marian", {"weights": "bin"}),
        ("marian", {"precision": "float16"}),
        ("marian", {"targets": ("eng", "fra")}),
        ("bart", {}),
        ("bart", {"weights": "bin", "tokenizer": "vocab.json"}),
        ("bart", {"precision": "float16"}),
        ("marian", {"targets": ("eng",), "separate": True, "seed": 2}),
        ("marian", {"separate": True, "seed": 2, "weights": "bin"}),
        ("pegasus", {}),
        ("pegasus", {"weights": "bin", "tokenizer": "tokenizer.json"}),
        ("t5", {}),
        ("t5", {"weights": "bin", "tokenizer": "spiece.model"}),
        ("t5", {"version": "1.1", "precision": "float16"}),
        ("t5", {"version": "1.1", "weights": "bin"}),
    ],
)
def test_every_layout_converts_to_the_same_model(
    tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    folder = getattr(factory, kind)(tmp_path / "model", **options)
    target = converted(folder, tmp_path / "converted")
    names = {path.name.replace("source", "shared") for path in target.iterdir()}
    assert names - {"target_vocabulary.json"} == FILES
    given = sources(folder)
    fast = ENGINES["ctranslate2"].load(target, compute="float32").generate(given, GREEDY)
    reference = pytorch.load(folder).generate(given, GREEDY)
    assert [h.tokens for h in fast] == [h.tokens for h in reference]
    assert len({h.tokens for h in fast}) > 1


def test_eight_bits_a_weight_take_less_room(tmp_path: Path) -> None:
    folder = factory.marian(tmp_path / "model", size=factory.Size(width=64))
    whole = converted(folder, tmp_path / "whole") / "model.bin"
    short = converted(folder, tmp_path / "short", "int8") / "model.bin"
    assert short.stat().st_size < 0.35 * whole.stat().st_size
    engine = ENGINES["ctranslate2"].load(short.parent, compute="int8")
    assert len(engine.generate(sources(folder), GREEDY)) == 12


def test_what_the_engine_must_know_besides(tmp_path: Path) -> None:
    marian = converted(factory.marian(tmp_path / "marian"), tmp_path / "m")
    bart = converted(factory.bart(tmp_path / "bart"), tmp_path / "b")
    assert json.loads((marian / "limits.json").read_text("utf-8")) == {
        "positions": 64,
        "first": [],
        "end": "</s>",
        "banned": [],
    }
    assert json.loads((bart / "limits.json").read_text("utf-8")) == {
        "positions": 64,
        "first": ["<s>"],
        "end": "</s>",
        "banned": ["<pad>"],
    }


def test_an_old_folder_keeps_its_search_in_config_json(tmp_path: Path) -> None:
    folder = factory.marian(tmp_path / "model")
    said = json.loads((folder / "config.json").read_text("utf-8"))
    pad = said["pad_token_id"]
    said |= {"max_length": 32, "num_beams": 6, "bad_words_ids": [[pad]], "torch_dtype": None}
    (folder / "config.json").write_text(json.dumps(said), "utf-8")
    (folder / "generation_config.json").unlink()
    (folder / "special_tokens_map.json").unlink()
    (folder / "tokenizer_config.json").write_text('{"source_lang": "ar", "target_lang": "en"}')
    assert config.read(folder).decode == DecodeOptions(beam=6, max_length=31)
    target = converted(folder, tmp_path / "converted")
    given = sources(folder)
    fast = ENGINES["ctranslate2"].load(target, compute="float32").generate(given, GREEDY)
    reference = pytorch.load(folder).generate(given, GREEDY)
    assert [h.tokens for h in fast] == [h.tokens for h in reference]


def change(path: Path, **values: Any) -> None:
    """Set, or where None take out, keys of a JSON file."""
    said: dict[str, Any] = json.loads(path.read_text("utf-8")) | values
    kept = {key: value for key, value in said.items() if value is not None}
    path.write_text(json.dumps(kept), "utf-8")


def test_a_target_s_vocabulary_that_is_not_the_model_s_is_refused(tmp_path: Path) -> None:
    folder = factory.marian(tmp_path / "model", separate=True)
    change(folder / "target_vocab.json", **{"one more": 999})
    with pytest.raises(ModelUnfit, match="its vocabulary is not the model's"):
        converted(folder, tmp_path / "converted")


def test_each_side_has_its_own_words(tmp_path: Path) -> None:
    """The same ids are other tokens on the two sides."""
    folder = factory.marian(tmp_path / "model", separate=True, seed=2)
    source, target = tokens.vocabularies(folder)
    assert len(source) == len(target)
    assert sum(source.get(token) == index for token, index in target.items()) < 10
    made = converted(folder, tmp_path / "converted")
    given = sources(folder)
    for engine in (ENGINES["ctranslate2"].load(made, compute="float32"), pytorch.load(folder)):
        written = {token for found in engine.generate(given, GREEDY) for token in found.tokens}
        assert len(written) > 2
        assert written <= target.keys()


@pytest.mark.parametrize(
    ("kind", "token", "index"),
    [
        ("marian", "▁في", 4000),
        ("marian", "one more", 272),
        ("marian", "<pad>", 5),
        ("bart", "Ġthe", None),
    ],
)
def test_a_vocabulary_that_is_not_the_model_s_is_refused(
    tmp_path: Path, kind: str, token: str, index: int | None
) -> None:
    layout = {"tokenizer": "vocab.json"} if kind == "bart" else {}
    folder = getattr(factory, kind)(tmp_path / "model", **layout)
    assert config.read(folder).vocabulary == (272 if kind == "marian" else 360)
    change(folder / "vocab.json", **{token: index})
    with pytest.raises(ModelUnfit) as refused:
        converted(folder, tmp_path / "converted")
    assert "\n" not in str(refused.value)


def test_weights_that_the_reference_refuses_are_not_converted(tmp_path: Path) -> None:
    folder = factory.marian(tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"{}")
    with pytest.raises(ModelUnfit, match="weights cannot be loaded"):
        converted(folder, tmp_path / "converted")


def test_the_big_shape_with_true_pieces(shared: Path, tmp_path: Path) -> None:
    """A layer a side of 1024 wide, 16 heads, ReLU; the target's tokens have ids of their own.

    That both engines compute the same is what every conversion ends with looking at.
    """
    folder = factory.full_size(
        "opus-mt-tc-big-ko-en", tmp_path / "model", shared / "opus-mt-ar-en", layers=1
    )
    target = converted(folder, tmp_path / "converted", "int8")
    (found,) = ENGINES["ctranslate2"].load(target).generate(sources(folder)[:1], GREEDY)
    assert len(found.tokens) > 0
    assert (target / "model.bin").stat().st_size < 0.3 * (
        folder / "model.safetensors"
    ).stat().st_size
