"""The line to the hub: what it announces, who hears what arrives, how long it may be silent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file as the hub announces it, `size` in bytes: large ones by sha256, small by git's id."""

    size: int
    sha256: str | None = None
    git: str | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """What the hub has now of a model: its commit, and the files that we need, by name."""

    commit: str
    files: Mapping[str, File]

    @property
    def total(self) -> int:
        """Bytes."""
        return sum(file.size for file in self.files.values())


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far the download of one model is, in bytes; what was here before counts as done.

    It goes back where a part of something else was found and removed.
    """

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
