"""The members of a zip file, unpacked within limits, whatever the file says of itself.

Only members that are asked for are unpacked, from the file to its reader and never to a disk: their
names lead nowhere, and an archive within an archive stays packed. The ratio is no limit, for honest
tables pack a hundred to one: what is counted are the bytes that come out.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from pipeline.readers.content import Unreadable

MOST_MEMBERS = 10_000
LARGEST_MEMBER = 64 * 2**20
LARGEST_WHOLE = 128 * 2**20
"""Bytes unpacked, of one member and of all that are read."""

MOST_TAGS = 1_000_000
"""A book of a million words has about half of them as a Word file; these take some seconds."""

LARGEST_LIST = 2 * 2**20
"""Bytes of the list of members, which zipfile reads at once."""

CHUNK = 2**16

_ENCRYPTED = 1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises over bytes that are not what they should be.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, ValueError, RuntimeError, OverflowError, OSError, IndexError),
)
_MANY = f"holds more than {MOST_MEMBERS:,} files; it is no document"


class Packed:
    """A zip file. Raises Unreadable with the reason, here and where its members are read."""

    def __init__(self, file: BinaryIO) -> None:
        with _sound():
            self._zip = zipfile.ZipFile(_Sparing(file))
        self.names = frozenset(self._zip.namelist())
        if len(self._zip.infolist()) > MOST_MEMBERS:
            raise Unreadable(_MANY)
        self._left = LARGEST_WHOLE
        self._tags = 0

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member as they are unpacked."""
        left = LARGEST_MEMBER
        with _sound(), self._opened(name) as member:
            while chunk := member.read(CHUNK):
                left -= len(chunk)
                self._left -= len(chunk)
                if min(left, self._left) < 0:
                    raise Unreadable(f"unpacks to more than {LARGEST_MEMBER >> 20} MB of text")
                self._tags += chunk.count(b"<") - chunk.count(b"</")
                if self._tags > MOST_TAGS:
                    raise Unreadable(f"holds more than {MOST_TAGS:,} tags; cut it into documents")
                yield chunk

    def read(self, name: str, most: int) -> bytes:
        """The whole of a member of at most so many bytes."""
        data = bytearray()
        for chunk in self.chunks(name):
            data += chunk
            if len(data) > most:
                raise Unreadable(f"holds a part of more than {most >> 20} MB")
        return bytes(data)

    def _opened(self, name: str) -> IO[bytes]:
        if name not in self.names:
            raise Unreadable(f"lacks its part {name[:80]!a}; get it again from where it came")
        info = self._zip.getinfo(name)
        if info.flag_bits & _ENCRYPTED:
            raise Unreadable("is encrypted; save it without a password")
        if info.compress_type not in _METHODS:
            raise Unreadable("is packed as no such document is; save it again")
        return self._zip.open(info)


class _Sparing(io.RawIOBase):
    """A file that gives no more at once than the list of members may be long."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        if size > LARGEST_LIST:
            raise Unreadable(_MANY)
        return self._file.read(LARGEST_LIST if size < 0 else size)


@contextmanager
def _sound() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Unreadable("is damaged or cut off; get it again from where it came") from error
