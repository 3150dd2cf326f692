"""The lines of a file or of standard input, unpacked, in bounded memory."""

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any, BinaryIO

from models.errors import one_line
from pipeline.files import File
from pipeline.readers.content import LARGEST, Unreadable
from pipeline.sources import STDIN

BUFFER = 2**18  # bytes that are read at once, from a disk or out of a compressed file

_BOM = b"\xef\xbb\xbf"


class _Counted(io.RawIOBase):
    """The bytes of a stream as they come, counted."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # readinto1: what a pipe has is passed on at once, not when the buffer is full.
        read: int = self._stream.readinto1(buffer)  # type: ignore[attr-defined]
        self.count += read
        return read


class Lines:
    """Lines that end at `\\n` and nowhere else, each at most LARGEST bytes.

    `broken` are the errors by which the stream says that it cannot be read to its end.
    """

    def __init__(
        self,
        stream: BinaryIO | gzip.GzipFile,
        counted: _Counted,
        broken: tuple[type[Exception], ...],
    ) -> None:
        self._stream = stream
        self._counted = counted
        self._broken = broken
        self._over = False
        self.number = 0

    @property
    def consumed(self) -> int:
        return self._counted.count

    def read(self) -> bytes:
        """The next line, empty at the end.

        Raises Unreadable for a line that is too large, which is skipped, and where the stream
        breaks, which is its end.
        """
        if self._over:
            return b""
        number = self.number + 1
        try:
            line = self._stream.readline(LARGEST + 1)
            self.number = number if line else self.number
            if len(line) <= LARGEST or line.endswith(b"\n"):
                return line.removeprefix(_BOM) if self.number == 1 else line
            del line
            while (rest := self._stream.readline(BUFFER)) and not rest.endswith(b"\n"):
                pass
        except self._broken as error:
            self._over, self.number = True, number
            raise Unreadable(why(error)) from error
        raise Unreadable(f"larger than {LARGEST >> 20} MB; cut it into documents")


@contextmanager
def opened(file: File) -> Iterator[Lines]:
    """The lines of a file, unpacked. Raises OSError and Unreadable where it cannot be opened."""
    with ExitStack() as stack:
        if file.path == STDIN:
            raw: BinaryIO = sys.stdin.buffer
        else:
            raw = stack.enter_context(file.open())
        counted = _Counted(raw)
        stream = io.BufferedReader(counted, BUFFER)
        packing = file.name.lower().rpartition(".")[2]
        if packing in ("gz", "zst") and not stream.peek(1):
            raise Unreadable("is empty, which no compressed file is")
        if packing == "gz":
            yield Lines(gzip.GzipFile(fileobj=stream), counted, (OSError, EOFError, zlib.error))
        elif packing == "zst":
            zstd = _zstd()
            yield Lines(zstd.ZstdFile(stream), counted, (OSError, EOFError, zstd.ZstdError))
        else:
            yield Lines(stream, counted, (OSError,))


def _zstd() -> Any:
    """The module `compression.zstd` of Python 3.14, or what brings it to older ones.

    It refuses a frame that needs a window over 128 MB, as the command `zstd` does.
    """
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    return import_module(name)


def why(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "the compressed file is cut off here; what follows is missing"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return f"the compressed file is damaged here: {one_line(error)}"
