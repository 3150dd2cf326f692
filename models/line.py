"""The line to the hub: who hears what arrives on it, and how long it may be silent."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far the download of one model is, in bytes; what was here before counts as done."""

    repo: str
    done: int
    total: int


Heard = Callable[[Arrival], None]
"""Called a few times a second, by the thread that downloads."""


def silent(_: Arrival) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a caller asks of downloads; `timeout` in seconds, None as the environment says."""

    heard: Heard = silent
    timeout: float | None = None


QUIET = Line()
