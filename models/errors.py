"""What can go wrong, as a tree. The exit code is part of the interface of the command line.

KhulasaError            2   wrong usage or unreadable input
├── TextTooLarge            one text alone is too much for the device's memory; others may not be
└── ModelError          3   a model is missing or unfit
    ├── ModelMissing        not here, and the hub does not have or give it
    ├── ModelUnfit          here, but it does not load, or does not translate what it must
    ├── DeviceMissing       asked for, but this machine or its libraries have none
    ├── PrecisionMissing    asked for, but the device does not compute in it
    ├── OutOfMemory         the device's memory does not hold the model
    └── EngineMissing       asked for, but its package is not installed
"""

import errno
from collections.abc import Iterable

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What the system says where a disk takes no more."""

LONGEST = 200  # characters of what a library says

# What a command ends with where no error of ours ends it.
ALL_WELL, SOME_FAILED, INTERRUPTED = 0, 1, 130


class KhulasaError(Exception):
    """A failure that a person can act on: the message is one line, what, where and what to do."""

    exit_code = 2


class ModelError(KhulasaError):
    """A model cannot be used."""

    exit_code = 3


class ModelMissing(ModelError):
    """The model is not on this machine and could not be fetched."""


class ModelUnfit(ModelError):
    """The files are here, but they are damaged, of an unknown kind, or give wrong results."""


class DeviceMissing(ModelError):
    """The device that was asked for cannot be used here."""

    def __init__(self, device: str, library: str, there: int = 0) -> None:
        """Say so; the library finds `there` of its kind."""
        kind = device.partition(":")[0]
        found = (
            f"{there} {kind} devices here, numbered from 0" if there else f"no {kind} device here"
        )
        super().__init__(f"{library} finds {found}; leave --device {device} out")


class PrecisionMissing(ModelError):
    """The device does not compute in the precision that was asked for."""

    def __init__(self, compute: str, device: str, engine: str, there: Iterable[str]) -> None:
        super().__init__(
            f"{engine} does not compute {compute} on this {device}; "
            f"--compute takes auto, {', '.join(there)} here"
        )


class OutOfMemory(ModelError):
    """The memory of the device does not hold the model."""

    def __init__(self, name: str, device: str) -> None:
        super().__init__(f"the memory of {device} does not hold {name}; --device cpu may have more")


class TextTooLarge(KhulasaError):
    """The memory of the device does not hold what decoding this one text takes."""


class EngineMissing(ModelError):
    """The engine that was asked for is not installed."""

    def __init__(self, engine: str, extra: str) -> None:
        super().__init__(f"--engine {engine} is not installed: pip install 'khulasa[{extra}]'")


def one_line(error: Exception) -> str:
    """What a library's error says, for a message of ours: its first line, or else its name.

    It may quote the input: what cannot be seen is escaped, and what is long is cut.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    seen = "".join(
        char if char.isprintable() else ascii(char)[1:-1] for char in said[: LONGEST + 1]
    )
    return seen if len(seen) <= LONGEST else f"{seen[:LONGEST]}…"
