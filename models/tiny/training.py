"""The training loop: batches are a pure function of the step, so that a run can be taken up again.

Nothing is random but the first weights (there is no dropout). A run interrupted at any step and
taken up from its checkpoint ends with the same weights, bit for bit, as one that never was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from transformers import PreTrainedModel

SIZE: dict[str, Any] = {
    "d_model": 192,
    "encoder_layers": 3,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 768,
    "decoder_ffn_dim": 768,
    "dropout": 0.0,
    # Twice as fast in training as the fused attention, at this size on a CPU.
    "attn_implementation": "eager",
}
"""What both networks share: 3.3 million parameters, under 8 MB as float16."""

CHUNK = 8
"""Batches drawn together and sorted by length, so that little padding is computed."""

WIDTH = 16
"""Few different shapes: on a CPU, each is compiled anew and keeps its memory."""

IGNORED = -100


@dataclass(frozen=True)
class Example:
    """Token ids of a source and of its target, end token included."""

    source: Sequence[int]
    target: Sequence[int]


@dataclass(frozen=True)
class Recipe:
    """What to learn and for how long.

    `examples` gives the examples of a chunk of `CHUNK` steps. `validate` measures a model, as a
    line for the log.
    """

    examples: Callable[[int], list[Example]]
    validate: Callable[[PreTrainedModel], str]
    steps: int
    warmup: int
    peak: float


@dataclass(frozen=True)
class Schedule:
    """When to measure and when to save, in steps."""

    validate_every: int = 500
    save_every: int = 250


def learning_rate(step: int, recipe: Recipe) -> float:
    """Linear warm-up, slow linear decay, and a steeper one that reaches zero after the last step.

    The end is where most of the exactness is won; before it, a high rate finds copying sooner.
    """
    horizon = 1.25 * recipe.steps
    rising = (step + 1) / recipe.warmup
    falling = (horizon - step) / (horizon - recipe.warmup)
    ending = 2 * (recipe.steps - step) / recipe.steps
    return recipe.peak * min(rising, falling, ending)


def batches(examples: list[Example], chunk: int) -> list[list[Example]]:
    """The examples in `CHUNK` batches of like length, in random order."""
    ordered = sorted(examples, key=lambda e: (len(e.source), len(e.target)))
    size = -(-len(ordered) // CHUNK)
    cut = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    Random(chunk).shuffle(cut)  # noqa: S311
    return cut


def padded(rows: Sequence[Sequence[int]], filler: int) -> torch.Tensor:
    """`rows` as one tensor (rows, longest row rounded up to a multiple of `WIDTH`)."""
    width = -(-max(map(len, rows)) // WIDTH) * WIDTH
    return torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])


def loss_of(model: PreTrainedModel, batch: list[Example]) -> torch.Tensor:
    """Mean cross-entropy of a target token, computed in bfloat16 where that is safe."""
    pad = model.config.pad_token_id
    source = padded([e.source for e in batch], pad)
    with torch.autocast("cpu", torch.bfloat16):
        output = model(
            input_ids=source,
            attention_mask=(source != pad).long(),
            labels=padded([e.target for e in batch], IGNORED),
            use_cache=False,
        )
    loss: torch.Tensor = output.loss
    return loss


def greedy(model: PreTrainedModel, sources: Sequence[Sequence[int]], longest: int) -> Any:
    """Target ids for each source, start token included; `longest` tokens at most."""
    pad = model.config.pad_token_id
    source = padded(sources, pad)
    mask = (source != pad).long()
    network: Any = model.eval()  # type: ignore[no-untyped-call]
    with torch.no_grad():
        ids = network.generate(
            input_ids=source, attention_mask=mask, num_beams=1, max_length=longest
        )
    return ids.tolist()


class Run:
    """A model in training, with the step that comes next."""

    def __init__(self, model: PreTrainedModel, recipe: Recipe) -> None:
        self.model = model
        self.recipe = recipe
        self.step = 0
        self.optimizer = torch.optim.AdamW(
            model.parameters(), betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        self._batches: tuple[int, list[list[Example]]] = (-1, [])

    def _batch(self) -> list[Example]:
        chunk, index = divmod(self.step, CHUNK)
        if self._batches[0] != chunk:
            self._batches = chunk, batches(self.recipe.examples(chunk), chunk)
        return self._batches[1][index]

    def advance(self) -> float:
        """One step; the loss before it."""
        self.model.train()
        loss = loss_of(self.model, self._batch())
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, self.recipe)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self._clear_pad_row()
        self.step += 1
        return loss.item()

    def _clear_pad_row(self) -> None:
        # Decoding starts from the pad token: transformers embeds it, CTranslate2 takes zeros. The
        # softmax, which shares the embedding, would move the row.
        embedding: Any = self.model.get_input_embeddings()
        with torch.no_grad():
            embedding.weight[self.model.config.pad_token_id] = 0

    def save(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(path)

    def load(self, path: Path) -> None:
        """Take up the checkpoint of `path`."""
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]


def _report(run: Run, loss: float, began: float) -> None:
    measured = run.recipe.validate(run.model)
    print(
        f"step {run.step}/{run.recipe.steps}  loss {loss:.4f}  {measured}  "
        f"{time.monotonic() - began:.0f} s",
        flush=True,
    )


def train(run: Run, work: Path, schedule: Schedule) -> None:
    """Advance `run` to its last step, from the checkpoint in `work` where there is one."""
    checkpoint = work / "checkpoint.pt"
    if checkpoint.exists():
        run.load(checkpoint)
    began = time.monotonic()
    total = 0.0
    while run.step < run.recipe.steps:
        total += run.advance()
        if run.step % schedule.save_every == 0 or run.step == run.recipe.steps:
            run.save(checkpoint)
        if run.step % schedule.validate_every == 0:
            _report(run, total / schedule.validate_every, began)
            total = 0.0
