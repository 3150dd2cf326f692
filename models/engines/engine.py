"""What every engine does: source tokens in, one hypothesis a source out, batch after batch."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Tokens = Sequence[str]

# The most of a batch: hypotheses, its sources times the beam, and source tokens, padding included.
# tests/benchmarks/tuning.md has the measurements.
BATCH = 48
BUDGET = 2048


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
    end token included, among the tokens that the options allow at that place; None where the
    engine tells none. `finished` is false where the decoder met `max_length` before its end token.
    """

    tokens: tuple[str, ...]
    score: float | None
    finished: bool


class Engine(ABC):
    """Runs one encoder-decoder model, from one thread at a time and not always the same.

    `name` is what decides the output besides the weights: engine-version-precision.
    """

    name: str

    @abstractmethod
    def stream(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        """Decode all `sources` (with their special tokens): hypotheses by index in `sources`.

        Longest first, batch after batch as each is done, every index exactly once. The engine
        cuts the batches and works ahead by as few as keep its device busy; once the iterator is
        closed it begins no other. Raises ValueError at once, before anything is decoded, where a
        source has more tokens than the model has positions; TextTooLarge at the very end, where
        one by itself is too much for the memory of the device, and is missing.
        """

    @abstractmethod
    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """Log-probability of every token of each target after its source, among all tokens.

        That of the end token after them comes last. One pass a pair, far cheaper than decoding
        it. Raises ValueError where the model has not the positions, NotImplementedError where the
        engine tells no probabilities, TextTooLarge as `stream`.
        """

    def generate(self, batch: Sequence[Tokens], options: DecodeOptions) -> list[Hypothesis]:
        """Decode every source of `batch` as `stream` does, answers in input order."""
        found: dict[int, Hypothesis] = {}
        for portion in self.stream(batch, options):
            found |= portion
        return [found[index] for index in range(len(batch))]


def check_lengths(batch: Sequence[Tokens], positions: int, kind: str = "source") -> None:
    """Refuse a source that the model has no positions for: ValueError says which and by how much.

    Engines never cut a source; whoever makes the batch splits the text first.
    """
    for index, tokens in enumerate(batch):
        if len(tokens) > positions:
            raise ValueError(
                f"{kind} {index} has {len(tokens)} tokens; the model takes {positions}"
            )


@dataclass(slots=True)
class Limits:
    """The most of a batch: hypotheses, its sources times the beam, and tokens, padding included.

    Whoever finds that so many tokens are too much may lower them at any time.
    """

    hypotheses: int = BATCH
    tokens: int = BUDGET


def partition(
    lengths: Sequence[int], beam: int, workers: int = 1, limits: Limits | None = None
) -> Iterator[list[int]]:
    """Cut work into batches: indexes of `lengths`, longest first, every index exactly once.

    A batch is at most what the limits are when it is cut, `beam` hypotheses a source, and of
    tokens its longest member times its size, as padding does. It takes no more than one worker's
    share of the tokens that are left, so that `workers` end together (guided self-scheduling,
    Polychronopoulos and Kuck 1987). A source that is too much by itself is a batch of its own.
    """
    limits = limits or Limits()
    left = sum(lengths)
    batch: list[int] = []
    taken = 0
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        size = len(batch) + 1
        if batch and (
            size * beam > limits.hypotheses
            or size * lengths[batch[0]] > limits.tokens
            or (taken + lengths[index]) * workers > left
        ):
            yield batch
            left -= taken
            batch, taken = [], 0
        batch.append(index)
        taken += lengths[index]
    if batch:
        yield batch
