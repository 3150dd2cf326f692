"""Models in the exact shape of public ones."""

import json
import shutil
from pathlib import Path
from typing import Any, Literal

from tests.factory.files import write
from tests.factory.weights import Precision, Weights, draw

Kind = Literal[
    "opus-mt-ar-en",
    "opus-mt-tc-big-ar-en",
    "opus-mt-tc-big-ko-en",
    "distilbart-cnn-6-6",
    "distilbart-cnn-12-6",
    "pegasus-cnn_dailymail",
    "t5-small",
]

_BIG = {"d_model": 1024, "max_position_embeddings": 1024}
_BIG |= {f"{side}_attention_heads": 16 for side in ("encoder", "decoder")}
_BIG |= {f"{side}_ffn_dim": 4096 for side in ("encoder", "decoder")}

_SHAPES: dict[Kind, dict[str, Any]] = {
    "opus-mt-ar-en": {},
    "opus-mt-tc-big-ar-en": _BIG | {"activation_function": "relu"},
    "opus-mt-tc-big-ko-en": _BIG
    | {"activation_function": "relu", "share_encoder_decoder_embeddings": False},
    "distilbart-cnn-6-6": {},
    "distilbart-cnn-12-6": {"encoder_layers": 12, "num_hidden_layers": 12},
    "pegasus-cnn_dailymail": _BIG
    | {"encoder_layers": 16, "decoder_layers": 16, "num_hidden_layers": 16, "vocab_size": 96103}
    | {"init_std": 0.02},
    "t5-small": {"d_ff": 2048, "d_kv": 64, "d_model": 512, "num_heads": 8, "num_layers": 6}
    | {"n_positions": 512, "vocab_size": 32128},
}


def full_size(
    kind: Kind,
    folder: Path,
    tokenizer_files: Path,
    *,
    weights: Weights = "safetensors",
    precision: Precision = "float32",
    seed: int = 0,
    layers: int | None = None,
) -> Path:
    """Write a model in the exact shape of the public `kind` and return its folder.

    `tokenizer_files` holds configuration and tokenizer of a model of the same family, best of that
    one. `layers` on each side are fewer than the public model has. In float32 the base translator
    takes about 300 MB, tc-big 950, distilbart 900 to 1,200, T5 240, Pegasus 2,300.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in tokenizer_files.iterdir():
        if path.is_file() and path.name not in ("model.safetensors", "pytorch_model.bin"):
            shutil.copyfile(path, folder / path.name)
    fewer = dict.fromkeys(("encoder_layers", "decoder_layers", "num_hidden_layers"), layers)
    _change(folder / "config.json", _SHAPES[kind] | (fewer if layers else {}))
    if kind == "opus-mt-tc-big-ko-en":
        _separate(folder)
    draw(folder, weights, precision, seed)
    return folder


def _separate(folder: Path) -> None:
    """Give the target a vocabulary of its own: the same tokens under other ids."""
    first, *pieces, pad = json.loads((folder / "vocab.json").read_text("utf-8"))
    names = [first, *reversed(pieces), pad]
    write(folder / "target_vocab.json", {name: index for index, name in enumerate(names)})
    _change(folder / "tokenizer_config.json", {"separate_vocabs": True})


def _change(path: Path, values: dict[str, Any]) -> None:
    write(path, json.loads(path.read_text("utf-8")) | values)
