"""Plain text: decoded, NFC, one line a headline or paragraph; blank lines stay."""

import codecs
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from pipeline.readers.content import LARGEST, TOO_LARGE, Content, Unreadable, composed, printable

# Where text is wrapped by hand or by a mail program it is at 60 to 80 columns; paragraphs that a
# program writes on one line are longer than this.
WIDEST_WRAP = 120
NARROWEST_WRAP = 40
LONGEST_TITLE = 250
SAMPLE = 10_000  # characters that tell the encoding

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a file of text. Raises Unreadable with the reason."""
    yield plain(decode(file.read(LARGEST + 1)))


def plain(text: str, title: str = "") -> Content:
    """What decoded text holds; a `title` stands above it, unless it begins with it."""
    if len(text) > LARGEST:
        raise Unreadable(TOO_LARGE)
    text = _clean(text)
    if not text:
        raise Unreadable("is empty")
    if title := " ".join(_clean(title).split()):
        text = text if text.startswith(title) else f"{title}\n{text}"
    return Content(text, title=title or _title(text))


def decode(data: bytes) -> str:
    """The text in bytes: UTF-8, UTF-16 and UTF-32 by their marks, UTF-16 without one, Windows-1256.

    Raises Unreadable with the place of what is neither.
    """
    if len(data) > LARGEST:
        raise Unreadable(TOO_LARGE)
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return _strictly(data, marked).removeprefix("\ufeff")
    if unmarked := _unmarked_utf16(data):
        return _strictly(data, unmarked)
    if b"\0" in data:
        raise Unreadable("is binary, not text")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1256") if _is_windows_1256(data) else _strictly(data, "utf-8")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"byte {error.start} (line {line}) is not {encoding.upper()}; save the file as UTF-8"
        ) from error


def _clean(text: str) -> str:
    """NFC without control characters, one line a headline or paragraph; empty where all blank."""
    text = _unwrap(composed(printable(text)))
    return "" if text.isspace() else text


def _unmarked_utf16(data: bytes) -> str | None:
    """Spaces, digits and line ends of any language have a zero byte on one side in UTF-16."""
    even, odd = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
    if max(even, odd) < max(1, len(data[:SAMPLE]) // 40) or min(even, odd) > 0:
        return None
    return "utf-16-be" if even else "utf-16-le"


def _is_windows_1256(data: bytes) -> bool:
    """What is not UTF-8, and what Windows-1256 makes of it is Arabic words.

    Damaged UTF-8 is told apart by its many intact sequences: real Windows-1256 text has nearly
    none by chance.
    """
    damaged = data.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    intact = sum(char > "\x7f" for char in damaged) - broken
    if not broken or intact > broken:
        return False
    letters = [char for char in data.decode("cp1256") if char.isalpha()]
    return sum("\u0621" <= char <= "\u064a" for char in letters) * 2 > len(letters)


def _unwrap(text: str) -> str:
    """Join lines that were broken at a fixed width; other line breaks are kept as they are.

    A program that fills lines breaks where the next word no longer fits. A text is taken as
    wrapped where most of its line breaks are such, at the width of its longest line.
    """
    lines = [line.strip() for line in text.splitlines()]
    width = max(map(len, lines), default=0)
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return "\n".join(lines).strip("\n")
    filled = [_is_filled(line, after, width) for line, after in pairwise(lines)]
    inner = sum(bool(line and after) for line, after in pairwise(lines))
    if sum(filled) < max(3, 0.6 * inner):
        return "\n".join(lines).strip("\n")
    joints = [" " if fill else "\n" for fill in filled]
    return "".join(map("".join, zip(lines, [*joints, ""], strict=True))).strip("\n")


def _is_filled(line: str, after: str, width: int) -> bool:
    return bool(line and after) and len(line) + 1 + len(after.split(maxsplit=1)[0]) > width


def _title(text: str) -> str:
    """The first line, where it is short and something follows it."""
    first, _, rest = text.partition("\n")
    return first if rest.strip() and len(first) <= LONGEST_TITLE else ""
