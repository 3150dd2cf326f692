"""khulasa whose translations are as long as their sources, and a log of what it decodes.

    python -m tests.benchmarks.mirror LOG batch …

Random weights never end a sentence. Here every translation is as long as the longest source of
its batch: in sorted batches that is about as long as its own source, as real ones are, and whoever
decodes the same batches does the same work. Summaries are left to their options.

LOG gets a line of JSON a stream: `summary` (whether it was one), `options`, `sources`, and the
`seconds` for which somebody waited for it.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import IO, Any
from unittest.mock import patch

from models.engines.ct2 import CTranslate2Engine
from models.engines.engine import DecodeOptions, Hypothesis, Tokens
from pipeline import again
from pipeline.cli import app


@contextmanager
def mirroring() -> Iterator[None]:
    """Within this, CTranslate2 engines mirror."""
    submit = CTranslate2Engine._submit

    def mirrored(
        self: CTranslate2Engine, batch: Sequence[Tokens], options: DecodeOptions
    ) -> list[Any]:
        if self._first:  # a summariser's given first token
            return submit(self, batch, options)
        length = max(map(len, batch))
        return submit(self, batch, replace(options, min_length=length, max_length=length))

    # What random weights write looks wrong, and other searches would not mend it.
    once = patch.object(again, "LADDER", ())
    with patch.object(CTranslate2Engine, "_submit", mirrored), once:
        yield


@contextmanager
def logged(log: IO[str]) -> Iterator[None]:
    """Within this, CTranslate2 engines log."""
    stream = CTranslate2Engine.stream

    def streamed(
        self: CTranslate2Engine, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        portions = stream(self, sources, options)
        seconds, started = 0.0, perf_counter()
        for portion in portions:
            seconds += perf_counter() - started
            yield portion
            started = perf_counter()
        line = {
            "summary": bool(self._first),
            "options": asdict(options),
            "sources": sources,
            "seconds": seconds,
        }
        log.write(json.dumps(line) + "\n")

    with patch.object(CTranslate2Engine, "stream", streamed):
        yield


if __name__ == "__main__":
    with Path(sys.argv[1]).open("w", encoding="utf-8") as file, mirroring(), logged(file):
        app(sys.argv[2:], prog_name="khulasa")
