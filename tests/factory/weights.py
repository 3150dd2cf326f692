"""Draws the weights that config.json asks for."""

from pathlib import Path
from typing import Any, Literal

Weights = Literal["safetensors", "bin"]
Precision = Literal["float32", "float16"]

# What makes the end of a small model's hypotheses: some end by themselves, some never do.
ENDING = 4.0

# T5's own spread of weights makes a small model write the token that it has just read.
SPREAD = 2.0

_SHARED = ("embed_tokens.weight", "lm_head.weight")


def draw(
    folder: Path, weights: Weights, precision: Precision, seed: int, ending: float = 0.0
) -> None:
    """Write weights into `folder`; `ending` is how much likelier the end is than other tokens.

    As in the public files, a safetensors file has what is shared once, and a pickle under every
    name.
    """
    import torch
    from safetensors.torch import save_file

    model = _model(folder, seed, ending)
    dtype = getattr(torch, precision)
    kept: dict[int, Any] = {}  # what is shared stays shared
    state = {
        name: kept.setdefault(tensor.data_ptr(), tensor.to(dtype))
        for name, tensor in model.state_dict().items()
    }
    if weights == "bin":
        torch.save(state, folder / "pytorch_model.bin")
        return
    save_file(_once(model, state), folder / "model.safetensors", metadata={"format": "pt"})


def _model(folder: Path, seed: int, ending: float) -> Any:
    import torch
    from transformers import AutoConfig, AutoModelForSeq2SeqLM

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        config = AutoConfig.from_pretrained(folder)
        model = AutoModelForSeq2SeqLM.from_config(config)  # type: ignore[no-untyped-call]
        if config.model_type == "t5":
            _head(model, ending)
        else:
            _bias(model, ending)
    return model


def _head(model: Any, ending: float) -> None:
    """T5 has no bias; 1.1 writes with a matrix of its own, known to transformers from the file."""
    import torch

    if not model.config.scale_decoder_outputs:
        head = torch.empty_like(model.lm_head.weight).normal_(std=model.config.d_model**-0.5)
        model.lm_head.weight = torch.nn.Parameter(head)
    model.lm_head.weight[model.config.eos_token_id] *= max(1.0, ending)
    for name, weight in model.named_parameters():
        if ".block." in name and weight.dim() == 2:
            weight *= SPREAD


def _bias(model: Any, ending: float) -> None:
    """Marian's pad row is zero, as its own is."""
    bias = model.final_logits_bias[0].normal_(std=0.1)
    bias[model.config.eos_token_id] = ending
    if model.config.model_type == "marian":
        pad = model.config.pad_token_id
        bias[pad] = 0
        for side in (model.model.encoder, model.model.decoder):
            side.embed_tokens.weight[pad] = 0


def _once(model: Any, state: dict[str, Any]) -> dict[str, Any]:
    """What a safetensors file has: no name for what another name has, nothing that is computed."""
    sines = model.config.model_type in ("marian", "pegasus")
    computed = ("embed_positions.weight",) if sines else ()
    seen: dict[int, str] = {}
    for name, tensor in sorted(state.items(), key=lambda item: item[0].endswith(_SHARED)):
        seen.setdefault(tensor.data_ptr(), name)
    return {n: state[n] for n in state if n in seen.values() and not n.endswith(computed)}
