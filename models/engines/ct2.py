"""The fast engine: CTranslate2 over a converted model, one worker a core.

How the options map, measured against transformers (tests/models/engines/test_engines.py holds it):
- `max_decoding_length` and `min_decoding_length` count a given first token, the former the end
  token too. Left alone, the latter is 1 and forbids an empty hypothesis.
- Scores are sums divided by length ** length_penalty, in greedy search too, where the length
  counts a given first token and the end token.
- The search ends when `beam` hypotheses have ended, which is `early_stopping`. What transformers
  does without it, going on while a running hypothesis could still win, has no counterpart. More
  `patience` is none: it agrees less often and lets hypotheses run on to the greatest length.
- `max_input_length`, left alone, cuts a source without a word.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_args

from models.engines.batches import Memory, Pending, exhausted, in_batches, in_order
from models.engines.compute import Compute, check
from models.engines.device import PROCESSOR, Device
from models.engines.engine import (
    DecodeOptions,
    Engine,
    Hypothesis,
    Tokens,
    check_lengths,
)
from models.errors import ModelUnfit, OutOfMemory, one_line

LIMITS = "limits.json"
"""Stands in a conversion: what this engine must know of a model besides."""

# What `auto` takes on a card: the second of the first pair whose first is supported there, which
# tells the compute capability (8.0, 7.0, 6.1). tests/benchmarks/tuning.md has the measurements.
_BEST_OF_CARDS = (
    ("bfloat16", "float16"),
    ("int8_float16", "int8_float16"),
    ("int8", "int8"),
    ("float32", "float32"),
)

_WORKERS = 8
# Batches beyond those in work: what a worker goes on with while its last batch is handed over.
_WAITING = 1
# A token of a target that is scored takes the memory of so many decoded: all its logits are held,
# 128 MB for 512 tokens where the vocabulary has 62,000.
_SCORED = 4


T = TypeVar("T")


def name(compute: str = "int8") -> str:
    """The signature component of this engine, without importing it."""
    from importlib.metadata import version

    release = ".".join(version("ctranslate2").split(".")[:2])
    return f"ctranslate2-{release}-{compute}"


def automatic(device: Device) -> str:
    """The fastest precision of the device, which loses next to nothing of the translation.

    A processor is not asked: CTranslate2 computes int8 on all. Raises DeviceMissing.
    """
    if device.kind == "cpu":
        return "int8"
    there = supported(device)
    return next(best for mark, best in _BEST_OF_CARDS if mark in there)


def supported(device: Device) -> tuple[str, ...]:
    """The precisions that the processor, or each of the cards, computes in.

    Raises DeviceMissing.
    """
    import ctranslate2

    if device.kind == "cpu":
        there = ctranslate2.get_supported_compute_types("cpu")
    else:
        cards = ctranslate2.get_cuda_device_count() if device.kind == "cuda" else 0
        device.check(cards, "CTranslate2")
        ask = partial(ctranslate2.get_supported_compute_types, "cuda")
        there = set.intersection(*map(ask, device.cards))
    return tuple(compute for compute in get_args(Compute) if compute in there)


def load(
    folder: Path,
    *,
    compute: str = "int8",
    device: Device = PROCESSOR,
    threads: int | None = None,
) -> Engine:
    """Load a folder that `models.conversion.convert.convert` wrote.

    `threads` is how many to compute with, one for each core that this process may use if None;
    a card has one worker. Raises ModelUnfit where the files are damaged, DeviceMissing where
    `device` is not here, PrecisionMissing where it does not compute so.
    """
    import ctranslate2

    check(compute, supported(device), device, "CTranslate2")
    threads = threads or available_cores()
    workers = min(threads, _WORKERS) if device.kind == "cpu" else 1
    try:
        limits = json.loads((folder / LIMITS).read_text("utf-8"))
        translator = ctranslate2.Translator(
            str(folder),
            device=device.kind,
            device_index=list(device.cards),
            compute_type=compute,
            inter_threads=workers,
            intra_threads=threads // workers,
        )
        workers *= len(device.cards)
        return CTranslate2Engine(translator, limits, workers, name(compute), Memory.of(device))
    except (OSError, ValueError, RuntimeError, KeyError, MemoryError) as error:
        if exhausted(error):
            raise OutOfMemory(str(folder), str(device)) from None
        raise ModelUnfit(f"{folder}: cannot be loaded ({one_line(error)})") from None


def available_cores() -> int:
    """The processor cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class CTranslate2Engine(Engine):
    """One converted model on one device or several cards of a kind.

    Each worker has a batch; one more waits for the first to be free.
    """

    def __init__(
        self, translator: Any, limits: dict[str, Any], workers: int, engine: str, memory: Memory
    ) -> None:
        self.name = engine
        self._memory = memory
        self._translator = translator
        self._workers = workers
        self._positions: int = limits["positions"]
        self._first: list[str] = limits["first"]
        self._end: str = limits["end"]
        self._banned = [[token] for token in limits["banned"]]

    def stream(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        """As Engine says."""
        check_lengths(sources, self._positions)

        def begin(indexes: list[int]) -> Pending[Hypothesis]:
            results = self._submit([sources[index] for index in indexes], options)
            return _Batch(results, partial(self._hypothesis, options=options))

        return self._portions(sources, options.beam, begin)

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """As Engine says."""
        first = len(self._first)
        check_lengths(sources, self._positions)
        check_lengths(targets, self._positions - 1 - first, "target")

        def begin(indexes: list[int]) -> Pending[tuple[float, ...]]:
            results = self._translator.score_batch(
                [list(sources[index]) for index in indexes],
                [[*self._first, *targets[index]] for index in indexes],
                asynchronous=True,
                max_input_length=0,
            )
            return _Batch(results, lambda result: tuple(result.log_probs[first:]))

        return in_order(self._portions(targets, 1, begin, _SCORED))

    def _portions(
        self,
        texts: Sequence[Tokens],
        beam: int,
        begin: Callable[[list[int]], Pending[T]],
        weight: int = 1,
    ) -> Iterator[dict[int, T]]:
        lengths = [len(text) for text in texts]
        ahead = self._workers + _WAITING
        return in_batches(lengths, beam, begin, self._memory, self._workers, ahead, weight)

    def _submit(self, batch: Sequence[Tokens], options: DecodeOptions) -> list[Any]:
        prefix = len(self._first)
        longest = min(options.max_length + prefix, self._positions)
        results: list[Any] = self._translator.translate_batch(
            [list(source) for source in batch],
            target_prefix=[self._first] * len(batch) if prefix else None,
            asynchronous=True,
            beam_size=options.beam,
            length_penalty=options.length_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram,
            suppress_sequences=self._banned or None,
            return_end_token=True,
            max_input_length=0,
            max_decoding_length=longest,
            min_decoding_length=options.min_length + prefix if options.min_length else 0,
            return_scores=True,
        )
        return results

    def _hypothesis(self, result: Any, options: DecodeOptions) -> Hypothesis:
        """Undo the length penalty, which counts a given first token too."""
        tokens: list[str] = result.hypotheses[0]
        own = tokens[len(self._first) :]
        mean = result.scores[0] * len(tokens) ** options.length_penalty / len(own)
        finished = own[-1] == self._end
        skipped = {self._end, *self._first}
        return Hypothesis(tuple(t for t in own if t not in skipped), mean, finished)


@dataclass(frozen=True, slots=True)
class _Batch(Pending[T]):
    """What CTranslate2 has promised for the sources of a batch, and how it is read."""

    promises: list[Any]
    read: Callable[[Any], T]

    def done(self) -> bool:
        return all(promise.done() for promise in self.promises)

    def result(self) -> list[T]:
        return [self.read(promise.result()) for promise in self.promises]
