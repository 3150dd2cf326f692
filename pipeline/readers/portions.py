"""Bytes of text to text, portion by portion: of a large file only one is held at a time."""

import codecs
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from pipeline.readers.content import LARGEST, TOO_LARGE, Unreadable

PORTION = 2**16  # bytes or characters
SAMPLE = 10_000  # characters that tell the encoding

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BYTES = bytes(range(256))
_LETTERS = bytes(byte for byte in _BYTES if _BYTES[byte : byte + 1].decode("cp1256").isalpha())
_ARABIC = bytes(byte for byte in _LETTERS if "ء" <= bytes([byte]).decode("cp1256") <= "ي")


def decode(data: bytes) -> str:
    """The text in bytes, as `decoded`."""
    return "".join(decoded(BytesIO(data)))


def decoded(file: BinaryIO) -> Iterator[str]:
    """The text of a file: UTF-8, UTF-16, UTF-32 by their marks, UTF-16 without one, Windows-1256.

    Raises Unreadable with the place of what is neither, before the first portion is given.
    """
    if file.seek(0, 2) > LARGEST:
        raise Unreadable(TOO_LARGE)
    encoding, marked = _encoding(file)
    for portion in _strictly(file, encoding):
        text = portion.removeprefix("\ufeff") if marked else portion
        marked = marked and not portion
        yield text


def _encoding(file: BinaryIO) -> tuple[str, bool]:
    """In which encoding all of a file can be read, and whether a mark says so."""
    file.seek(0)
    head = file.read(SAMPLE)
    for mark, encoding in BOMS:
        if head.startswith(mark):
            _require(file, encoding)
            return encoding, True
    if unmarked := _unmarked_utf16(head):
        _require(file, unmarked)
        return unmarked, False
    if any(b"\0" in chunk for chunk in _chunks(file)):
        raise Unreadable("is binary, not text")
    if _is_windows_1256(file):
        return "cp1256", False
    _require(file, "utf-8")
    return "utf-8", False


def _require(file: BinaryIO, encoding: str) -> None:
    for _ in _strictly(file, encoding):
        pass


def _strictly(file: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    fed = 0
    try:
        for chunk in _chunks(file):
            held = len(decoder.getstate()[0])
            yield decoder.decode(chunk)
            fed += len(chunk)
        held = len(decoder.getstate()[0])
        yield decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        place = fed - held + error.start
        raise Unreadable(
            f"byte {place} (line {_line(file, place)}) is not {encoding.upper()};"
            " save the file as UTF-8"
        ) from error


def _line(file: BinaryIO, place: int) -> int:
    """In which line a byte stands."""
    file.seek(0)
    return 1 + sum(
        file.read(min(PORTION, place - start)).count(b"\n") for start in range(0, place, PORTION)
    )


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(PORTION):
        yield chunk


def _unmarked_utf16(sample: bytes) -> str | None:
    """Spaces, digits and line ends of any language have a zero byte on one side in UTF-16."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < max(1, len(sample) // 40) or min(even, odd) > 0:
        return None
    return "utf-16-be" if even else "utf-16-le"


def _is_windows_1256(file: BinaryIO) -> bool:
    """What is not UTF-8, and what Windows-1256 makes of it is Arabic words.

    Damaged UTF-8 is told apart by its many intact sequences: real Windows-1256 text has nearly
    none by chance.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    broken = beyond = letters = arabic = 0
    for chunk in _chunks(file):
        damaged = decoder.decode(chunk)
        broken += damaged.count("\ufffd")
        beyond += len(damaged) - len(damaged.encode("ascii", "ignore"))
        letters += len(chunk) - len(chunk.translate(None, _LETTERS))
        arabic += len(chunk) - len(chunk.translate(None, _ARABIC))
    intact = beyond - broken
    broken += bool(decoder.getstate()[0])  # a sequence that the end cuts off
    return 0 < broken >= intact and arabic * 2 > letters
