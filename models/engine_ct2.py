"""The fast engine: CTranslate2 over a converted model, one worker a core.

How the options map, measured against transformers (tests/models/test_engines.py holds it):
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
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.convert import LIMITS
from models.engine import (
    DecodeOptions,
    Engine,
    Hypothesis,
    Tokens,
    check_lengths,
    partition,
)
from models.errors import DeviceMissing, ModelUnfit, one_line

COMPUTES = ("int8", "float32")

_WORKERS = 8
# Batches beyond those in work: what a worker goes on with while its last batch is handed over.
_WAITING = 1
# Tokens of targets scored at once: 128 MB of logits where the vocabulary has 62,000.
_SCORED = 512
# Seconds between two looks for a batch that is done: CTranslate2 wakes nobody.
_GLANCE = 0.003


def name(compute: str = "int8") -> str:
    """The signature component of this engine, without importing it."""
    from importlib.metadata import version

    release = ".".join(version("ctranslate2").split(".")[:2])
    return f"ctranslate2-{release}-{compute}"


def load(
    folder: Path, *, compute: str = "int8", device: str = "cpu", threads: int | None = None
) -> Engine:
    """Load a folder that `models.convert.convert` wrote; "auto" is the processor.

    `threads` is how many to compute with, one for each core that this process may use if None.
    Raises ModelUnfit where the files are damaged, DeviceMissing where `device` is not here.
    """
    import ctranslate2

    if device not in ("auto", "cpu") and not ctranslate2.get_cuda_device_count():
        raise DeviceMissing(device, "CTranslate2")
    threads = threads or available_cores()
    workers = min(threads, _WORKERS)
    try:
        limits = json.loads((folder / LIMITS).read_text("utf-8"))
        translator = ctranslate2.Translator(
            str(folder),
            device="cpu" if device == "auto" else device,
            compute_type=compute,
            inter_threads=workers,
            intra_threads=threads // workers,
        )
        return CTranslate2Engine(translator, limits, workers, name(compute))
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ModelUnfit(f"{folder}: cannot be loaded ({one_line(error)})") from None


def available_cores() -> int:
    """The processor cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class CTranslate2Engine(Engine):
    """One converted model. Each worker has a batch; one more waits for the first to be free."""

    def __init__(self, translator: Any, limits: dict[str, Any], workers: int, engine: str) -> None:
        self.name = engine
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
        return self._portions(sources, options)

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """As Engine says."""
        first = len(self._first)
        check_lengths(sources, self._positions)
        check_lengths(targets, self._positions - 1 - first, "target")
        longest = max(map(len, targets), default=0) + first + 1
        found = self._translator.score_batch(
            [list(source) for source in sources],
            [[*self._first, *target] for target in targets],
            max_batch_size=max(1, _SCORED // longest),
            max_input_length=0,
        )
        return [tuple(one.log_probs[first:]) for one in found]

    def _portions(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        lengths = [len(source) for source in sources]
        ahead: list[dict[int, Any]] = []
        for indexes in partition(lengths, options.beam, self._workers):
            results = self._submit([sources[index] for index in indexes], options)
            ahead.append(dict(zip(indexes, results, strict=True)))
            if len(ahead) >= self._workers + _WAITING:
                yield self._collect(_first_done(ahead), options)
        while ahead:
            yield self._collect(_first_done(ahead), options)

    def _collect(self, results: dict[int, Any], options: DecodeOptions) -> dict[int, Hypothesis]:
        return {
            index: self._hypothesis(result.result(), options) for index, result in results.items()
        }

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


def _first_done(ahead: list[dict[int, Any]]) -> dict[int, Any]:
    """Wait for any of the batches, and take it out: what is done is to be kept before a kill."""
    while True:
        for number, results in enumerate(ahead):
            if all(result.done() for result in results.values()):
                return ahead.pop(number)
        time.sleep(_GLANCE)
