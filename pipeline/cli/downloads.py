"""Downloads on a terminal: a line for each model, with its bytes, its speed and the time left."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from models.hub.line import Arrival, Heard, silent

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextmanager
def downloads(shown: bool) -> Iterator[Heard]:
    """What hears of downloads while the context lasts, and draws them on stderr if `shown`."""
    if not shown:
        yield silent
        return
    drawn = _Drawn()
    try:
        yield drawn.heard
    finally:
        drawn.stop()


class _Drawn:
    """Lines that are there as long as something comes. Several threads may download."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def heard(self, arrival: Arrival) -> None:
        """Draw how far a download is; one that is complete goes away."""
        with self._lock:
            progress = self._start()
            if arrival.repo not in self._tasks:
                self._tasks[arrival.repo] = progress.add_task(arrival.repo, total=arrival.total)
            task = self._tasks[arrival.repo]
            progress.update(task, completed=arrival.done, total=arrival.total)
            if arrival.done == arrival.total:
                progress.remove_task(self._tasks.pop(arrival.repo))
            if not self._tasks:
                self._stop()

    def stop(self) -> None:
        """Take away what is left, as after a failure."""
        with self._lock:
            self._stop()

    def _start(self) -> "Progress":
        if self._progress is None:
            self._progress = _progress()
            self._progress.start()
        return self._progress

    def _stop(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
            self._tasks.clear()


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        expand=True,
    )
