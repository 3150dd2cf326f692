"""Web archives: every page that was fetched a document, by warcio, one record at a time.

Decompression is ours: warcio unpacks a chunk whole, however much comes out of it, and takes the end
of a file that is cut off for its end.
"""

import gzip
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, BinaryIO

from models.errors import one_line
from pipeline.readers import html, reader
from pipeline.readers.content import LARGEST, Content, Unreadable, flat
from pipeline.readers.encoding import decode
from pipeline.readers.text import plain

LARGEST_RECORD = 2**30
"""Bytes that are passed over in one record, unpacked; a short file can unpack to much more."""
LARGEST_HEADERS = 2**20
MOST_CHUNKS = 100_000
LARGEST_PLAIN = 16 * 2**20
"""Bytes of a page of plain text; what decodes it takes ten times as much."""
CUT_OFF = "is cut off here; what follows is missing"

_BLOCK = 2**18
_GZIP = b"\x1f\x8b"
_KINDS = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/pdf"})
_CHUNK = re.compile(rb"(?:\r?\n)?([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
_PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class _Metered:
    """A file that is read up to an allowance: between two records there are headers, no more."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._position = 0
        self.allowance = LARGEST_HEADERS

    def read(self, size: int) -> bytes:
        """Up to `size` bytes. Raises Unreadable where there are no more, but should be."""
        try:
            # Not `read`, which keeps for itself what comes before the damage.
            data: bytes = self._file.read1(size)
        except EOFError as error:
            raise Unreadable(CUT_OFF) from error
        except (OSError, zlib.error) as error:
            raise Unreadable(f"is damaged here: {one_line(error)}") from error
        self._position += len(data)
        self.allowance -= len(data)
        if self.allowance < 0:
            raise Unreadable("has headers or a record beyond all measure; the rest is not read")
        return data

    def tell(self) -> int:
        return self._position


def read(file: BinaryIO) -> Iterator[Content | Unreadable]:
    """Every page of an archive, packed or not. Raises Unreadable where the rest is damaged."""
    metered = _Metered(_opened(file))
    pages = 0
    for record in _records(metered):
        kind = _kind(record)
        if kind in _KINDS:
            pages += 1
            yield from _pages(record, kind)
    if not pages:
        raise Unreadable("holds no page that was fetched")


def _opened(file: BinaryIO) -> BinaryIO | gzip.GzipFile:
    """The file as it was before it was packed."""
    packed = file.read(2) == _GZIP
    file.seek(0)
    if not packed:
        return file
    unpacked = gzip.GzipFile(fileobj=file)
    # warcio would unpack it again, without a limit.
    twice = _Metered(unpacked).read(2) == _GZIP
    unpacked.seek(0)
    if twice:
        raise Unreadable("is packed twice; unpack it once")
    return unpacked


def _records(metered: _Metered) -> Iterator[Any]:
    """The records, each to be read before the next one. Raises Unreadable where they break off."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    logging.getLogger("warcio").setLevel(logging.CRITICAL + 1)
    records = ArchiveIterator(metered)
    records.INC_RECORD = ""  # what it would write on the terminal
    try:
        while (record := _next(records, metered)) is not None:
            yield record
            while record.raw_stream.read(_BLOCK):
                pass
            if _cut(record):
                raise Unreadable(CUT_OFF)
    except (
        ArchiveLoadFailed,
        StatusAndHeadersParserException,
        ValueError,
        OverflowError,  # a length beyond what a machine can count
    ) as error:
        raise Unreadable(f"is no web archive, or is damaged here: {one_line(error)}") from error
    except AttributeError as error:  # it takes for granted what the standard asks for
        raise Unreadable("has a record here without its headers; the rest is not read") from error


def _cut(record: Any) -> bool:
    """Whether a record that was read to its end is shorter than it says, or could not say."""
    return record.length is None or getattr(record.raw_stream, "limit", 0) > 0


def _next(records: Any, metered: _Metered) -> Any:
    metered.allowance = LARGEST_HEADERS
    record = next(records, None)
    metered.allowance = LARGEST_RECORD
    return record


def _kind(record: Any) -> str:
    """The media type of a page that was fetched; empty for all other records."""
    if not _url(record).lower().startswith(("http:", "https:")):
        return ""  # such as what wget notes of itself
    if record.rec_type == "resource":
        said = record.content_type
    elif record.rec_type == "response" and record.http_headers:
        fetched = record.http_headers.get_statuscode() == "200"
        said = record.http_headers.get_header("content-type") if fetched else ""
    else:
        return ""
    return (said or "").partition(";")[0].strip().lower()


def _pages(record: Any, kind: str) -> Iterator[Content | Unreadable]:
    url = _url(record)
    time = flat(record.rec_headers.get_header("WARC-Date") or "")
    try:
        for found in _READ[kind](_payload(record, _MOST.get(kind, LARGEST)), _charset(record)):
            if isinstance(found, Unreadable):
                raise found
            yield replace(found, url=url, id=url, time=found.time or time)
    except Unreadable as error:
        yield Unreadable(f"{url[:200]} {error.reason}".lstrip())


def _url(record: Any) -> str:
    return flat(record.rec_headers.get_header("WARC-Target-URI") or "")


def _html(data: bytes, charset: str) -> Iterator[Content | Unreadable]:
    yield html.page(html.unpictured(data, charset))


def _plain(data: bytes, charset: str) -> Iterator[Content | Unreadable]:
    yield plain(decode(data, charset))


def _pdf(data: bytes, _charset: str) -> Iterator[Content | Unreadable]:
    yield from reader("pdf")(BytesIO(data))


_READ: dict[str, Callable[[bytes, str], Iterator[Content | Unreadable]]] = {
    "text/html": _html,
    "application/xhtml+xml": _html,
    "text/plain": _plain,
    "application/pdf": _pdf,
}


def _charset(record: Any) -> str:
    said = record.http_headers.get_header("content-type") if record.http_headers else ""
    return (said or "").lower().partition("charset=")[2].partition(";")[0].strip(" \"'")


_MOST = {"text/plain": LARGEST_PLAIN}


def _payload(record: Any, most: int) -> bytes:
    """What was fetched, unpacked. Raises Unreadable for what is too large or packed otherwise."""
    data: bytes = record.raw_stream.read(most + 1)
    if len(data) > most:
        raise Unreadable(_too_large(most))
    if _cut(record):
        raise Unreadable(CUT_OFF)
    headers = record.http_headers
    if headers and (headers.get_header("transfer-encoding") or "").lower() == "chunked":
        data = _joined(data)
    packing = (headers.get_header("content-encoding") or "").lower().strip() if headers else ""
    if packing in ("", "identity", "none", "utf-8"):
        return data
    if packing not in _PACKED:
        raise Unreadable(f"is packed as {packing[:20]}, which is not read; archive it unpacked")
    return _unpacked(data, _PACKED[packing], most)


def _too_large(most: int) -> str:
    return f"larger than {most >> 20} MB; cut it into documents"


def _joined(data: bytes) -> bytes:
    """The body of chunks, each after its length; archives keep the header of what they joined.

    Format: https://www.rfc-editor.org/rfc/rfc9112#section-7.1
    """
    body, place, chunks = bytearray(), 0, 0
    while found := _CHUNK.match(data, place):
        length = int(found[1], 16)
        body += memoryview(data)[found.end() : found.end() + length]
        place, chunks = found.end() + length, chunks + 1
        if not length:
            break
        if chunks > MOST_CHUNKS:
            raise Unreadable(f"is in more than {MOST_CHUNKS:,} chunks; it is not read")
    if not chunks:
        return data
    # What follows no length is no chunk: the rest stands as it is.
    return bytes(body) if found else bytes(body + data[place:])


def _unpacked(data: bytes, window: int, most: int) -> bytes:
    """As much as a document may hold; archives often keep the header of what they unpacked."""
    for bits in (window, -15):  # servers send deflate with its header, and without
        try:
            unpacked = zlib.decompressobj(bits).decompress(data, most + 1)
        except zlib.error:
            continue
        if len(unpacked) > most:
            raise Unreadable(_too_large(most))
        return unpacked
    return data
