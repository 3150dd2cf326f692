"""What every engine does: batches of source tokens in, one hypothesis a source out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

Tokens = Sequence[str]


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """How to search for the target. Lengths are in tokens, without start and end tokens.

    `no_repeat_ngram` of 0 allows every repetition. `length_penalty` is the exponent of the
    hypothesis length by which its summed log-probability is divided (Wu et al. 2016, simplified
    as transformers does).
    """

    beam: int = 4
    max_length: int = 511
    min_length: int = 0
    no_repeat_ngram: int = 0
    length_penalty: float = 1.0
    early_stopping: bool = False


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One decoded target.

    `tokens` hold no start, end or padding token. `score` is the mean log-probability of a token,
    end token included, among the tokens that the options allow at that place. `finished` is false
    where the decoder met `max_length` before its end token.
    """

    tokens: tuple[str, ...]
    score: float
    finished: bool


class Engine(Protocol):
    """Runs one encoder-decoder model."""

    @property
    def name(self) -> str:
        """What decides the output besides the weights: engine-version-precision."""

    def generate(self, batch: Sequence[Tokens], options: DecodeOptions) -> list[Hypothesis]:
        """Decode every source of `batch` (with its special tokens), answers in input order.

        Raises ValueError where a source has more tokens than the model has positions.
        """


def check_lengths(batch: Sequence[Tokens], positions: int) -> None:
    """Refuse a source that the model has no positions for: ValueError says which and by how much.

    Engines never cut a source; whoever makes the batch splits the text first.
    """
    for index, source in enumerate(batch):
        if len(source) > positions:
            raise ValueError(
                f"source {index} has {len(source)} tokens; the model takes {positions}"
            )


def partition(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Cut work into batches: indexes of `lengths`, longest first, at most `budget` tokens each.

    A batch costs its longest member times its size, as padding does. A source longer than the
    budget is a batch of its own. Every index comes out exactly once.
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
