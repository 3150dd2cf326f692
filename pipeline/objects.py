"""Files in object stores, found and opened by Arrow: s3://, gs://, abfss:// and hdfs:// addresses.

Keys come from where each store looks for them (AWS_ACCESS_KEY_ID, GOOGLE_APPLICATION_CREDENTIALS,
a role of the machine), never from an address. What stands after its ? is for Arrow, as in
s3://bucket/inbox?region=eu-central-1&endpoint_override=https://minio.example.org.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import quote, unquote, urlsplit

from models.errors import one_line
from pipeline.readers.content import Unreadable

BUFFER = 2**20  # bytes of a request

_ADDRESS = re.compile(r"(?:s3|gs|gcs|abfss?|hdfs|viewfs)://")


class Stored(NamedTuple):
    """A file in a store: its address, its path below what was asked for, its size in bytes."""

    address: str
    below: PurePosixPath
    size: int


def is_address(source: str) -> bool:
    """Whether a source is in a store, not a path."""
    return bool(_ADDRESS.match(source))


def find(address: str) -> list[Stored]:
    """The file at an address, or all below it, in the order of their paths; nothing hidden.

    Raises Unreadable where there is none, or the store does not answer.
    """
    from pyarrow.fs import FileSelector, FileType

    with _told(address):
        store, path = _store(address)
        info = store.get_file_info(path)
        if info.type == FileType.NotFound:
            raise Unreadable("no such file or directory", plain(address))
        if info.type == FileType.File:
            return [Stored(address, PurePosixPath(info.base_name), info.size)]
        found = store.get_file_info(FileSelector(path, recursive=True))
    inside = [(PurePosixPath(one.path).relative_to(path), one.size) for one in found if one.is_file]
    return [
        Stored(_joined(address, below), below, size)
        for below, size in sorted(inside)
        if not any(part.startswith(".") for part in below.parts)
    ]


def opened(address: str) -> BinaryIO:
    """Its bytes, which can be sought in. Raises Unreadable."""
    with _told(address):
        store, path = _store(address)
        return cast("BinaryIO", io.BufferedReader(store.open_input_file(path), BUFFER))


def plain(address: str) -> str:
    """The address as it is told: without what stands after its ?, and with nothing escaped."""
    return unquote(urlsplit(address)._replace(query="").geturl())


def _store(address: str) -> tuple[Any, str]:
    if "@" in urlsplit(address).netloc.partition(":")[2]:
        raise Unreadable("an address holds no keys; give them by variables", "object store")
    from pyarrow.fs import FileSystem

    store, path = FileSystem.from_uri(address)
    return store, path.rstrip("/")


def _joined(address: str, below: PurePosixPath) -> str:
    parts = urlsplit(address)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{quote(str(below))}").geturl()


@contextmanager
def _told(address: str) -> Iterator[None]:
    """Errors of a store say where."""
    try:
        yield
    except ModuleNotFoundError as error:
        advice = "needs Arrow: pip install 'khulasa[parquet]'"
        raise Unreadable(advice, plain(address)) from error
    except (OSError, ValueError) as error:
        raise Unreadable(one_line(error), plain(address)) from error
