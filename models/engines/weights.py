"""The transformers model of a folder: every weight of it read from the files, or none."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models import config
from models.config import Kind
from models.errors import ModelUnfit, one_line
from models.store import safe

# A weight of a layer, in the words of T5 and of the others.
_LAYER = re.compile(r"\.(layers|block)\.")


def read_model(folder: Path) -> Any:
    """The transformers model of a folder in float32, every weight of it read from the files.

    Raises ModelUnfit, and what `safe.weights_folder` raises. transformers draws a missing weight at
    random, takes a missing `final_logits_bias` for zeros and a missing matrix that T5 1.1 writes
    with for that which it reads with, all without an error; here all are refused.
    """
    import torch
    from transformers import AutoConfig, AutoModelForSeq2SeqLM, GenerationConfig

    kind = config.read(folder).kind
    weights = safe.weights_folder(folder)
    here: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        with quiet():
            model, info = AutoModelForSeq2SeqLM.from_pretrained(
                weights,
                **here,
                config=AutoConfig.from_pretrained(folder, **here),
                generation_config=GenerationConfig(),  # type: ignore[no-untyped-call]
                use_safetensors=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
        missing = {name for name in info["missing_keys"] if not _computed(kind, name)}
        missing |= _expected(kind, model) - safe.stored(weights)
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes the libraries raise
        safe.discard(weights)
        raise ModelUnfit(f"{folder}: weights cannot be loaded ({one_line(error)})") from None
    # Old files hold leftovers that mean nothing; layers too many mean another configuration.
    surplus = {name for name in info["unexpected_keys"] if _LAYER.search(name)}
    for what, names in (("missing", missing), ("unexpected", surplus)):
        if names:
            first, more = sorted(names)[0], len(names) - 1
            rest = f" and {more} more" if more else ""
            raise ModelUnfit(f"{folder}: {what} in the weights: {first}{rest}; fetch it again")
    return model.eval()


def _computed(kind: Kind, name: str) -> bool:
    """Whether a weight is sines and cosines, which the files may leave out."""
    return kind in ("marian", "pegasus") and name.endswith(".embed_positions.weight")


def _expected(kind: Kind, model: Any) -> set[str]:
    """Weights that transformers does without, though this model must have them of its own."""
    if kind == "marian":
        return {"final_logits_bias"}
    untied = kind == "t5" and not model.config.scale_decoder_outputs
    return {"lm_head.weight"} if untied else set()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' load reports and progress bars off a person's terminal."""
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
