"""How far a job is, on stderr: a line that moves on a terminal, a line now and then elsewhere."""

import logging
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from models.hub.line import Arrival
from pipeline import logs
from pipeline.figures import count, duration, rate, share
from pipeline.report import Progress

if TYPE_CHECKING:
    from rich.table import Table

RECENT = 30.0  # seconds over which the speed of decoding is told
HORIZON = 300.0  # seconds over which the remaining time is reckoned: some windows of documents
REFRESH = 4  # a second, on a terminal
FIRST_LINE, NEXT_LINE, LAST_PAUSE = 5.0, 30.0, 600.0  # seconds, elsewhere
PAUSE_SHARE = 20  # a night's log stays readable: a pause is at least a 20th of the time so far

UNITS = {"translate": "sentences/s", "summarize": "summaries/s"}

log = logging.getLogger(__name__)


class Gauge:
    """A sum that grows, and how fast it did over the last `span` seconds. Times are seconds."""

    def __init__(self, span: float, now: float) -> None:
        self.total = 0
        self._span = span
        self._marks = deque([(now, 0)])

    def rise(self, total: int, now: float) -> None:
        """Note the sum as it is now; a hundred marks a span are enough to tell the speed."""
        self.total = total
        if now - self._marks[-1][0] >= self._span / 100:
            self._marks.append((now, total))
            self._forget(now)

    def per_second(self, now: float) -> float:
        """The speed of late; 0 where nothing happened."""
        self._forget(now)
        begin, before = self._marks[0]
        elapsed = min(now - begin, self._span)
        return (self.total - before) / elapsed if elapsed > 0 else 0.0

    def _forget(self, now: float) -> None:
        while len(self._marks) > 1 and self._marks[1][0] <= now - self._span:
            self._marks.popleft()


class Shown:
    """What there is to show of a job. Every method may be called from any thread.

    `total` is the size of the sources in bytes, None where nobody knows it beforehand.
    """

    def __init__(self, total: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self._clock = clock
        self._start = clock()
        self._lock = Lock()
        self._counted = Progress(0, 0, 0, 0)
        self._consumed = Gauge(HORIZON, self._start)
        self._decoded = {stage: Gauge(RECENT, self._start) for stage in UNITS}
        self._arrival: tuple[Arrival, float] | None = None

    def decoded(self, stage: str, count: int) -> None:
        """So many more sentences ("translate") or summaries ("summarize") are decoded."""
        with self._lock:
            gauge = self._decoded[stage]
            gauge.rise(gauge.total + count, self._clock())

    def arrived(self, arrival: Arrival) -> None:
        """So much of a model is downloaded."""
        with self._lock:
            self._arrival = arrival, self._clock()

    def update(self, consumed: int, counted: Progress) -> None:
        """An outcome is written; `consumed` bytes of the sources are behind it."""
        with self._lock:
            self._counted = counted
            self._consumed.rise(consumed, self._clock())

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    @property
    def fraction(self) -> float | None:
        """How much of the sources is done, 0 to 1; None where their size is not known."""
        return min(1.0, self._consumed.total / self.total) if self.total else None

    @property
    def left(self) -> float | None:
        """Seconds that the rest takes at the speed of late; None where that cannot be told yet."""
        with self._lock:
            speed = self._consumed.per_second(self._clock())
        if not self.total or speed <= 0 or self.elapsed < FIRST_LINE:
            return None
        return max(0, self.total - self._consumed.total) / speed

    @property
    def remaining(self) -> str:
        """`1 h 12 min left`, never less than 10 s; empty where it cannot be told."""
        left = self.left
        return "" if left is None else f"{duration(max(10.0, left))} left"

    @property
    def documents(self) -> str:
        """`1,240 documents, 3 failed`."""
        failed = f", {count(self._counted.failed)} failed" if self._counted.failed else ""
        return count(self._counted.done, "document") + failed

    @property
    def reused(self) -> str:
        """The share of sentences that were not decoded now; empty before the first."""
        sentences = self._counted.sentences
        return f"{share(self._counted.reused, sentences)} cached" if sentences else ""

    @property
    def speed(self) -> str:
        """What was decoded of late: `22.5 sentences/s`, or summaries, or both, or nothing."""
        with self._lock:
            now = self._clock()
            speeds = {unit: self._decoded[stage].per_second(now) for stage, unit in UNITS.items()}
        return ", ".join(f"{rate(speed, 1)} {unit}" for unit, speed in speeds.items() if speed)

    @property
    def downloading(self) -> str:
        """`downloading o/n, 34 %`; empty where nothing came of late."""
        if self._arrival is None:
            return ""
        arrival, when = self._arrival
        if arrival.done == arrival.total or self._clock() - when > RECENT:
            return ""
        return f"downloading {arrival.repo}, {share(arrival.done, arrival.total)}"

    @property
    def values(self) -> dict[str, float | None]:
        """The figures for programs that read the log."""
        known = {"seconds": round(self.elapsed, 1), "consumed": self._consumed.total}
        return {"total": self.total, **known, **self._counted._asdict()}


@contextmanager
def progress(total: int | None, quiet: bool) -> Iterator[Shown]:
    """Show on stderr how far a job is, while the context lasts; nothing where `quiet`.

    One line that moves on a terminal. Elsewhere, and where the log is for programs, messages of
    level INFO: the first after FIRST_LINE seconds, then every NEXT_LINE, in long jobs more rarely.
    The last message, everywhere, is what became of it all.
    """
    shown = Shown(total)
    if quiet:
        yield shown
        return
    moves = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not logs.for_programs()
    try:
        with (_moving_line if moves else _lines)(shown):
            yield shown
    finally:
        line = _plain(f"{shown.documents} in {duration(shown.elapsed)}", shown.reused)
        log.info(line, extra=shown.values)


@contextmanager
def _lines(shown: Shown) -> Iterator[None]:
    over = Event()
    teller = Thread(target=_tell, args=(shown, over), name="progress", daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def _tell(shown: Shown, over: Event) -> None:
    pause = FIRST_LINE
    while not over.wait(pause):
        done = "" if shown.fraction is None else f" ({share(shown.fraction, 1)} of the sources)"
        line = _plain(
            shown.documents + done, shown.downloading, shown.reused, shown.speed, shown.remaining
        )
        log.info(line, extra=shown.values)
        pause = min(max(NEXT_LINE, shown.elapsed / PAUSE_SHARE), LAST_PAUSE)


def _plain(*parts: str) -> str:
    return "; ".join(filter(None, parts))


@contextmanager
def _moving_line(shown: Shown) -> Iterator[None]:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True)
    # Live puts its own stream in the place of stderr: what others write appears above the line.
    with Live(
        console=console,
        get_renderable=lambda: _row(shown),
        refresh_per_second=REFRESH,
        redirect_stdout=False,
        transient=True,
    ):
        console.show_cursor()  # a killed job must not leave a terminal without one
        yield


def _row(shown: Shown) -> "Table":
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    row = Table.grid(padding=(0, 2), expand=True)
    row.add_column(no_wrap=True)
    cells: list[str | ProgressBar] = [
        _plain(shown.documents, shown.downloading, shown.reused, shown.speed)
    ]
    if shown.fraction is not None:
        row.add_column(ratio=1, min_width=8)
        cells.append(ProgressBar(total=1.0, completed=shown.fraction))
        row.add_column(no_wrap=True, justify="right")
        cells.append(shown.remaining)
    row.add_row(*cells)
    return row
