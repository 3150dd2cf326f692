"""The fast engine: CTranslate2 over a converted model, one worker a core.

How the options map, measured against transformers (tests/models/test_engines.py holds it):
- `max_decoding_length` and `min_decoding_length` count a given first token, the former the end
  token too. Left alone, the latter is 1 and forbids an empty hypothesis. Both count a prefix.
- Scores are sums divided by length ** length_penalty, in greedy search too, where the length
  counts a given first token and the end token. Tokens of a prefix count in the length and add
  nothing to the sum: what they add, `score_batch` tells.
- Right after a prefix a beam search hardly ends unless the end token is the likeliest of all.
- The search ends when `beam` hypotheses have ended, which is `early_stopping`. What transformers
  does without it, going on while a running hypothesis could still win, has no counterpart. More
  `patience` is none: it agrees less often and lets hypotheses run on to the greatest length.
- `max_input_length`, left alone, cuts a source without a word.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.convert import LIMITS
from models.engine import (
    DecodeOptions,
    Engine,
    Hypothesis,
    Tokens,
    check_lengths,
    check_prefixes,
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


@dataclass(frozen=True, slots=True)
class _Running:
    """One source in work: the hypothesis to come, and what its prefix scores, if it has one."""

    result: Any
    given: Any | None

    def done(self) -> bool:
        return self.result.done() and (self.given is None or self.given.done())


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
        self,
        sources: Sequence[Tokens],
        options: DecodeOptions,
        prefixes: Sequence[Tokens] | None = None,
    ) -> Iterator[dict[int, Hypothesis]]:
        """As Engine says."""
        check_lengths(sources, self._positions)
        if prefixes is None:
            prefixes = [()] * len(sources)
        check_prefixes(prefixes, len(sources), self._longest(options) - len(self._first))
        return self._portions(sources, options, prefixes)

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """As Engine says."""
        first = len(self._first)
        check_lengths(sources, self._positions)
        check_lengths(targets, self._positions - 1 - first, "target")
        begun = [[*self._first, *target] for target in targets]
        running = self._submit_scores([list(source) for source in sources], begun)
        return [tuple(one.result().log_probs[first:]) for one in running]

    def _longest(self, options: DecodeOptions) -> int:
        """Tokens of the longest hypothesis, a given first token included."""
        return min(options.max_length + len(self._first), self._positions)

    def _portions(
        self, sources: Sequence[Tokens], options: DecodeOptions, prefixes: Sequence[Tokens]
    ) -> Iterator[dict[int, Hypothesis]]:
        lengths = [len(source) for source in sources]
        ahead: list[dict[int, _Running]] = []
        for indexes in partition(lengths, options.beam, self._workers):
            batch = [list(sources[index]) for index in indexes]
            begun = [[*self._first, *prefixes[index]] for index in indexes]
            results = self._submit(batch, options, begun)
            given = self._score(batch, begun)
            running = map(_Running, results, given)
            ahead.append(dict(zip(indexes, running, strict=True)))
            if len(ahead) >= self._workers + _WAITING:
                yield self._collect(_first_done(ahead), options)
        while ahead:
            yield self._collect(_first_done(ahead), options)

    def _collect(
        self, running: dict[int, _Running], options: DecodeOptions
    ) -> dict[int, Hypothesis]:
        return {index: self._hypothesis(one, options) for index, one in running.items()}

    def _submit(
        self, batch: list[list[str]], options: DecodeOptions, begun: list[list[str]]
    ) -> list[Any]:
        first = len(self._first)
        results: list[Any] = self._translator.translate_batch(
            batch,
            target_prefix=begun if any(begun) else None,
            asynchronous=True,
            beam_size=options.beam,
            length_penalty=options.length_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram,
            suppress_sequences=self._banned or None,
            return_end_token=True,
            max_input_length=0,
            max_decoding_length=self._longest(options),
            min_decoding_length=options.min_length + first if options.min_length else 0,
            return_scores=True,
        )
        return results

    def _score(self, batch: list[list[str]], begun: list[list[str]]) -> list[Any | None]:
        """Have the prefixes scored that are more than the given first token."""
        given: list[Any | None] = [None] * len(batch)
        prefixed = [at for at, tokens in enumerate(begun) if len(tokens) > len(self._first)]
        results = self._submit_scores(
            [batch[at] for at in prefixed], [begun[at] for at in prefixed]
        )
        for at, result in zip(prefixed, results, strict=True):
            given[at] = result
        return given

    def _submit_scores(self, batch: list[list[str]], targets: list[list[str]]) -> list[Any]:
        if not batch:
            return []
        results: list[Any] = self._translator.score_batch(
            batch,
            targets,
            asynchronous=True,
            max_batch_size=max(1, _SCORED // (1 + max(map(len, targets)))),
            max_input_length=0,
        )
        return results

    def _hypothesis(self, running: _Running, options: DecodeOptions) -> Hypothesis:
        """Undo the length penalty, which counts a given first token too; add the prefix's score."""
        result = running.result.result()
        tokens: list[str] = result.hypotheses[0]
        own = tokens[len(self._first) :]
        total = result.scores[0] * len(tokens) ** options.length_penalty
        if running.given is not None:  # scored with an end token after it
            total += sum(running.given.result().log_probs[len(self._first) : -1])
        mean = total / len(own)
        finished = own[-1] == self._end
        skipped = {self._end, *self._first}
        return Hypothesis(tuple(t for t in own if t not in skipped), mean, finished)


def _first_done(ahead: list[dict[int, _Running]]) -> dict[int, _Running]:
    """Wait for any of the batches, and take it out: what is done is to be kept before a kill."""
    while True:
        for number, results in enumerate(ahead):
            if all(result.done() for result in results.values()):
                return ahead.pop(number)
        time.sleep(_GLANCE)
