"""What a model folder says of its model: kind, limits, special ids, the search it is meant for."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from models.engines.engine import DecodeOptions
from models.errors import ModelUnfit, one_line

Kind = Literal["marian", "bart", "pegasus", "t5"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# How T5 was published to summarise: what one that was trained further leaves unsaid.
_T5_SUMMARIES = {
    "prefix": "summarize: ",
    "early_stopping": True,
    "length_penalty": 2.0,
    "max_length": 200,
    "min_length": 30,
    "no_repeat_ngram_size": 3,
    "num_beams": 4,
}
# The length that T5 was trained with. Its positions are relative: more would run, and go wrong.
_T5_POSITIONS = 512


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The part of config.json and generation_config.json that decoding needs.

    `positions` is the largest source, special tokens included. `vocabulary` is how many tokens it
    can write, `source_vocabulary` how many it reads: another number, and other tokens, where the
    two sides share no embeddings. `start`, `end` and `pad` are token ids of the target;
    `forced_start` is the id that must follow `start` (BART's `<s>`), or None. `prefix` tells the
    model its task at the head of every source (T5's `summarize: `).
    """

    kind: Kind
    positions: int
    source_vocabulary: int
    vocabulary: int
    start: int
    end: int
    pad: int
    forced_start: int | None
    decode: DecodeOptions
    prefix: str = ""


def read(folder: Path) -> ModelConfig:
    """Read config.json and, where present, generation_config.json, which has the last word.

    Raises ModelUnfit for a file that is absent or damaged, a kind that is not supported, or a
    value without which the model cannot run.
    """
    config = _object(folder / "config.json")
    kind = config.get("model_type")
    if kind not in KINDS:
        raise ModelUnfit(
            f"{folder}: model_type is {kind!r}; supported are {', '.join(KINDS)} models"
        )
    search = folder / "generation_config.json"
    said = _task(config) if kind == "t5" else _stated(config)
    said |= _stated(_object(search)) if search.is_file() else {}
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
        source_vocabulary=int(said["vocab_size"]),
        vocabulary=int(said["vocab_size" if _is_shared(kind, said) else "decoder_vocab_size"]),
        start=int(said["decoder_start_token_id"]),
        end=int(said["eos_token_id"]),
        pad=int(said["pad_token_id"]),
        forced_start=None if forced is None else int(forced),
        decode=_decode(kind, said),
        prefix=str(said.get("prefix", "")) if kind == "t5" else "",
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


def _is_shared(kind: Kind, said: dict[str, Any]) -> bool:
    """Whether what the model reads and what it writes are the same tokens."""
    separate = said.get("share_encoder_decoder_embeddings") is False
    return kind != "marian" or not separate or "decoder_vocab_size" not in said


def _task(config: dict[str, Any]) -> dict[str, Any]:
    """What the configuration of a T5, which has several tasks, says of summaries."""
    tasks = config.get("task_specific_params")
    task = tasks.get("summarization") if isinstance(tasks, dict) else None
    said = _T5_SUMMARIES | _stated(config) | (_stated(task) if isinstance(task, dict) else {})
    return said | {"max_position_embeddings": said.get("n_positions", _T5_POSITIONS)}


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
