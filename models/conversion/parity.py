"""Whether a converted model computes what the original computes, looked at when it is made.

Both say how likely the tokens of a few targets are after their sources. That goes through every
layer, the embeddings of both sides, the matrix that words are written with and its bias; and since
likelihoods sum to one, through the whole vocabulary. The original is given the weights as the
conversion stores them, rounded, and both compute in float32: what is left is the order of sums,
so that the limit is as tight for eight bits.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models import config, tokens
from models.engines import ct2, pytorch, weights
from models.engines.engine import Tokens
from models.errors import ModelUnfit

TOLERANCE = 1e-3
"""The most that log-probabilities of a token may differ on average. Intact conversions have 4e-6 at
most, in all shapes and precisions; a bias left out, a matrix replaced, layers exchanged or another
activation 0.03 at least (0.0002 where GELU is only approximated): tests/benchmarks/parity.md."""

# Enough for every layer, seconds for the largest model.
_TEXTS = 4
_LENGTH = 20


def check(folder: Path, converted: Path, compute: str, vocabularies: tuple[Tokens, Tokens]) -> None:
    """Compare the model of `folder` with what it was `converted` to, stored in `compute`.

    `vocabularies` are the tokens of source and target. Raises ModelUnfit where the two differ.
    """
    found = difference(folder, converted, compute, vocabularies)
    if not found <= TOLERANCE:  # NaN is no agreement
        raise ModelUnfit(
            f"{folder}: its conversion computes something else than it does (log-probabilities "
            f"of tokens differ by {found:.2g} on average): use --engine torch"
        )


def difference(
    folder: Path, converted: Path, compute: str, vocabularies: tuple[Tokens, Tokens]
) -> float:
    """How much the log-probabilities of a token differ, on average."""
    sources, targets = map(_drawn, vocabularies)
    expected = _reference(folder, compute, sources, targets)
    found = ct2.load(converted, compute="float32").score(sources, targets)
    pairs = zip(expected, found, strict=True)
    apart = [abs(a - b) for pair in pairs for a, b in zip(*pair, strict=True)]
    return sum(apart) / len(apart)


def _reference(
    folder: Path, compute: str, sources: Sequence[Tokens], targets: Sequence[Tokens]
) -> list[tuple[float, ...]]:
    """What the original says; read anew, since a conversion spoils the weights that it is of."""
    model = weights.read_model(folder)
    _round(model, compute)
    engine = pytorch.around(model, config.read(folder), tokens.vocabularies(folder))
    return engine.score(sources, targets)


def _round(model: Any, compute: str) -> None:
    """Give a model the weights that CTranslate2 stores of it.

    Eight bits are those of a row, scaled by its largest weight, in matrices alone; sixteen are of
    every weight.
    """
    import torch

    with torch.no_grad():
        if compute == "int8":
            for weight in _matrices(model):
                # Divided as CTranslate2 divides: where a weight lies between two, a bit decides.
                scale = torch.tensor(127.0) / weight.abs().amax(dim=1, keepdim=True)
                scale[scale.isinf()] = 1
                weight.copy_((weight * scale).round() / scale)
        elif compute != "float32":
            for weight in (*model.parameters(), *model.buffers()):
                weight.copy_(weight.to(getattr(torch, compute)))


def _matrices(model: Any) -> Iterator[Any]:
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            yield module.weight
    for side in (model.get_encoder(), model.get_decoder()):
        yield side.get_input_embeddings().weight


def _drawn(vocabulary: Tokens) -> list[list[str]]:
    """The same tokens every time, from all of the vocabulary."""
    draw = random.Random(1)  # noqa: S311 - no secret
    plain = [token for token in vocabulary if not token.startswith("<")]
    return [draw.choices(plain, k=_LENGTH) for _ in range(_TEXTS)]
