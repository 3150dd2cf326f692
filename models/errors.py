"""What can go wrong, as a tree. The exit code is part of the interface of the command line.

KhulasaError            2   wrong usage or unreadable input
└── ModelError          3   a model is missing or unfit
    ├── ModelMissing        not here, and the hub does not have or give it
    ├── ModelUnfit          here, but it does not load, or does not translate what it must
    └── DeviceMissing       asked for, but this machine or its libraries have none
"""

import errno

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

    def __init__(self, device: str, library: str) -> None:
        super().__init__(f"{library} finds no {device} device here; leave --device {device} out")


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
