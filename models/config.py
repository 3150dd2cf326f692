"""What a model folder says of its model: kind, limits, special ids, the search it is meant for."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from models.engine import DecodeOptions
from models.errors import ModelUnfit, one_line

Kind = Literal["marian", "bart"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The part of config.json and generation_config.json that decoding needs.

    `positions` is the largest source, special tokens included. `start`, `end` and `pad` are token
    ids; `forced_start` is the id that must follow `start` (BART's `<s>`), or None.
    """

    kind: Kind
    positions: int
    vocabulary: int
    start: int
    end: int
    pad: int
    forced_start: int | None
    decode: DecodeOptions


def read(folder: Path) -> ModelConfig:
    """Read config.json and, where present, generation_config.json, which has the last word.

    Raises ModelUnfit for a file that is absent or damaged, a kind that is not supported, or a
    value without which the model cannot run.
    """
    config = _object(folder / "config.json")
    kind = config.get("model_type")
    if kind not in KINDS:
        raise ModelUnfit(
            f"{folder}: model_type is {kind!r}; supported are {' and '.join(KINDS)} models"
        )
    search = folder / "generation_config.json"
    said = _stated(config) | (_stated(_object(search)) if search.is_file() else {})
    if said.get("force_bos_token_to_be_generated"):  # how forced_bos_token_id was said before 2021
        said.setdefault("forced_bos_token_id", said.get("bos_token_id"))
    try:
        return _config(kind, said)
    except KeyError as error:
        raise ModelUnfit(f"{folder / 'config.json'}: {error.args[0]} is missing") from None
    except (TypeError, ValueError) as error:
        raise ModelUnfit(f"{folder / 'config.json'}: {error}") from None


def _config(kind: Kind, said: dict[str, Any]) -> ModelConfig:
    forced = said.get("forced_bos_token_id")
    config = ModelConfig(
        kind=kind,
        positions=int(said["max_position_embeddings"]),
        vocabulary=int(said.get("decoder_vocab_size", said["vocab_size"])),
        start=int(said["decoder_start_token_id"]),
        end=int(said["eos_token_id"]),
        pad=int(said["pad_token_id"]),
        forced_start=None if forced is None else int(forced),
        decode=_decode(kind, said),
    )
    ids = {"start": config.start, "end": config.end, "pad": config.pad, "forced first": forced}
    for name, index in ids.items():
        if index is not None and not 0 <= index < config.vocabulary:
            raise ValueError(f"the {name} token {index} is not one of {config.vocabulary} tokens")
    return config


def _decode(kind: Kind, said: dict[str, Any]) -> DecodeOptions:
    """Translate the search that the model was published with.

    transformers counts the start token and a forced first token in both lengths, and at
    `max_length` forces the end token. A hypothesis that ends by itself has therefore at most
    max_length - 2 tokens (one less with a forced first token); one token more than that, here
    `max_length`, is what an unfinished hypothesis is cut at. `min_length` bans the end token
    while the sequence, start included, is shorter.
    """
    before = 1 if said.get("forced_bos_token_id") is None else 2
    default = said["max_position_embeddings"] if kind == "marian" else 142
    return DecodeOptions(
        beam=int(said.get("num_beams", 4)),
        max_length=int(said.get("max_length", default)) - before,
        min_length=max(0, int(said.get("min_length", 0)) - before),
        no_repeat_ngram=int(said.get("no_repeat_ngram_size", 0)),
        length_penalty=float(said.get("length_penalty", 1.0)),
        early_stopping=said.get("early_stopping") is True,
    )


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is null: public files write null for "the default"."""
    return {key: value for key, value in values.items() if value is not None}


def _object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelUnfit(f"{path}: not there; a model folder needs it") from None
    except (OSError, ValueError) as error:
        raise ModelUnfit(f"{path}: cannot be read as JSON ({one_line(error)})") from None
    if not isinstance(value, dict):
        raise ModelUnfit(f"{path}: holds no JSON object")
    return value
