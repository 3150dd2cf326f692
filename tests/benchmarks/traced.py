"""khulasa with a trace of what it does, for measuring what a killed job loses.

    python -m tests.benchmarks.traced TRACE batch …

TRACE gets a line an event, in one write each, so that a line is there or is not however the
process ends: `stage NAME SECONDS` where a new one begins, and `sentence KEY…` or `summary KEY…`
for each batch that an engine has decoded to its end, whether anybody took it or not. A key is a
digest of the source's tokens. Self-tests are left out. Windows are small: a job of 300 short
articles has several, as long jobs have.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from io import StringIO
from threading import Thread
from typing import Any

from models import golden
from models.engines.ct2 import CTranslate2Engine
from models.model import Model
from pipeline import again, batch, cli, flow, output

WINDOW = 25_000  # characters
POLL = 0.001  # seconds


class Trace:
    """The file, the stage that was written last, and the batches that are being decoded."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._stage = ""
        self._started = time.monotonic()
        self._batches: list[tuple[str, list[Any]]] = []
        self.testing = False

    def stage(self, name: str) -> None:
        if name != self._stage:
            self._stage = name
            self._write(f"stage {name} {time.monotonic() - self._started:.3f}")

    def batch(self, kind: str, sources: Sequence[Sequence[str]], results: list[Any]) -> None:
        if not self.testing:
            self.stage("translating" if kind == "sentence" else "summarising")
            keys = [sha256(" ".join(source).encode()).hexdigest()[:16] for source in sources]
            self._batches.append((" ".join([kind, *keys]), results))

    def look(self) -> None:
        """Write the batches that are done by now."""
        for one in list(self._batches):
            line, results = one
            if all(map(_done, results)):
                self._write(line)
                self._batches.remove(one)

    def watch(self) -> None:
        while True:
            self.look()
            time.sleep(POLL)

    def _write(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())


def _done(result: Any) -> bool:
    try:
        return bool(result.done())
    except RuntimeError:  # its owner took it meanwhile
        return True


def announced(trace: Trace, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, told as the beginning of a stage."""

    def told(*given: Any, **named: Any) -> Any:
        trace.stage(name)
        return function(*given, **named)

    return told


def follow(trace: Trace) -> None:
    """Have the engine and the stages around it write to the trace."""
    submit, examine = CTranslate2Engine._submit, golden.examine

    def submitted(self: Any, sources: Any, *how: Any) -> list[Any]:
        results = submit(self, sources, *how)
        trace.batch("summary" if self._first else "sentence", sources, results)
        return results

    def examined(*given: Any) -> None:
        trace.testing = True
        examine(*given)
        trace.testing = False

    vars(flow)["WINDOW"] = WINDOW
    vars(again)["LADDER"] = ()  # or a sentence decoded twice would say nothing
    vars(golden)["examine"] = examined
    vars(batch)["write_report"] = announced(trace, "report", batch.write_report)
    vars(output)["StringIO"] = announced(trace, "writing", StringIO)
    type.__setattr__(CTranslate2Engine, "_submit", submitted)
    type.__setattr__(Model, "_load", announced(trace, "loading", Model._load))


if __name__ == "__main__":
    trace = Trace(sys.argv[1])
    trace.stage("starting")
    follow(trace)
    Thread(target=trace.watch, daemon=True).start()
    try:
        cli.app(sys.argv[2:])
    finally:
        trace.look()
