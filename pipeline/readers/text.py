"""Plain text: decoded, NFC, one line a headline or paragraph; blank lines stay."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import BinaryIO

from pipeline.readers.content import (
    LARGEST,
    LONGEST_TITLE,
    TOO_LARGE,
    Content,
    Unreadable,
    composed,
    require_text,
    without_controls,
)
from pipeline.readers.portions import PORTION, decoded

# Where text is wrapped by hand or by a mail program it is at 60 to 80 columns; paragraphs that a
# program writes on one line are longer than this.
WIDEST_WRAP = 120
NARROWEST_WRAP = 40
MOST_LINES = 1_000_000
"""A book of a million words has a tenth; each takes a hundred bytes while it is read."""
LARGEST_HELD = 120 * 2**20
"""Bytes of a text in memory: one rare sign makes each of the others take two or four."""
LONGEST_PIECE = 2**18
LONGEST_RUN = 2**20
"""Characters of a line that is cleaned as a whole, and of one that cannot be cut for it."""

# A long line is cut before these: they never join what stands before them to one sign.
_CUT = re.compile(
    r"[!-~\u00a1-\u02ff\u0400-\u0482\u0621-\u064a\u3041-\u3096\u4e00-\u9fff\uac00-\ud7a3]|(?<=\s)\w"
)
_WIDE, _WIDEST = re.compile("[\u0100-\U0010ffff]"), re.compile("[\U00010000-\U0010ffff]")


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a file of text. Raises Unreadable with the reason."""
    text = _clean(decoded(file))
    yield Content(_required(text), title=_title(text))


def plain(text: str, title: str = "") -> Content:
    """What decoded text holds; a `title` stands above it, unless it begins with it."""
    if len(text) > LARGEST:
        raise Unreadable(TOO_LARGE)
    text = _required(_clean(_portions(text)))
    if title := " ".join(_clean(_portions(title)).split()):
        text = text if text.startswith(title) else f"{title}\n{text}"
    return Content(text, title=title or _title(text))


def _portions(text: str) -> Iterator[str]:
    return (text[start : start + PORTION] for start in range(0, len(text), PORTION))


def _required(text: str) -> str:
    if not text:
        raise Unreadable("is empty")
    return text


def _clean(portions: Iterable[str]) -> str:
    """NFC without control characters, one line a headline or paragraph; empty where all blank."""
    pieces = _held(_stripped(composed(piece)) for piece in _pieces(_printable(portions)))
    text = ""
    for piece in _unwrapped(_trimmed(pieces)):
        text += piece  # grows where it is: lists of pieces, old and new, would not fit beside it
    return text


def _printable(portions: Iterable[str]) -> Iterator[str]:
    """The portions without control characters. Raises Unreadable where these are many."""
    length = controls = 0
    for portion in portions:
        cleaned, found = without_controls(portion)
        length, controls = length + len(portion), controls + found
        yield cleaned
    require_text(length, controls)


def _pieces(portions: Iterable[str]) -> Iterator[str]:
    """The same text, cut after lines, or where a line is long where it can be cleaned in parts."""
    rest = ""
    for portion in portions:
        rest += portion
        *whole, last = rest.splitlines(keepends=True) or [""]
        if whole:
            yield "".join(whole)
            rest = last
        elif len(rest) > LONGEST_PIECE:
            cut = _CUT.search(rest, LONGEST_PIECE // 2)
            if cut:
                yield rest[: cut.start()]
                rest = rest[cut.start() :]
            elif len(rest) > LONGEST_RUN:
                raise Unreadable(f"holds {LONGEST_RUN:,} signs in a row that make no words")
    yield rest


def _stripped(piece: str) -> str:
    """Each line of a piece without the spaces around it; a line that goes on has no end."""
    lines = piece.splitlines(keepends=True)
    return "".join(f"{line.strip()}\n" for line in lines[:-1]) + "".join(map(_last, lines[-1:]))


def _last(line: str) -> str:
    ended = len(line.splitlines()[0]) < len(line)
    return f"{line.strip()}\n" if ended else line.lstrip()


def _held(pieces: Iterable[str]) -> list[str]:
    """All pieces at once. Raises Unreadable where they would be too much as one."""
    kept: list[str] = []
    lines, length, width = 0, 0, 1
    for piece in pieces:
        lines, length = lines + piece.count("\n"), length + len(piece)
        if lines > MOST_LINES:
            raise Unreadable(f"has more than {MOST_LINES:,} lines; cut it into documents")
        if not piece.isascii() and _WIDE.search(piece):
            width = max(width, 4 if _WIDEST.search(piece) else 2)
        if length * width > LARGEST_HELD:
            raise Unreadable(f"takes more than {LARGEST_HELD >> 20} MB; cut it into documents")
        kept.append(piece)
    return kept


def _trimmed(pieces: list[str]) -> list[str]:
    """The pieces without what is blank at the beginning and the end of all."""
    for at, trim in ((0, str.lstrip), (-1, str.rstrip)):
        while pieces and not trim(pieces[at]):
            pieces.pop(at)
        if pieces:
            pieces[at] = trim(pieces[at])
    return pieces


def _unwrapped(pieces: list[str]) -> Iterable[str]:
    """Join lines that were broken at a fixed width; other line breaks are kept as they are.

    A program that fills lines breaks where the next word no longer fits. A text is taken as
    wrapped where most of its line breaks are such, at the width of its longest line.
    """
    width = max((len(line) for line in _lines(pieces)), default=0)
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return pieces
    filled = inner = 0
    for line, after in pairwise(_lines(pieces)):
        filled += _is_filled(line, after, width)
        inner += bool(line and after)
    return pieces if filled < max(3, 0.6 * inner) else _filled(pieces, width)


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    return (line for piece in pieces for line in piece.splitlines())


def _filled(pieces: list[str], width: int) -> Iterator[str]:
    """The pieces with their lines joined, the last of each to the first of the next."""
    for piece, after in pairwise([*pieces, ""]):
        pairs = pairwise([*piece.splitlines(), after.partition("\n")[0]])
        joined = (line + (" " if _is_filled(line, n, width) else "\n") for line, n in pairs)
        yield "".join(joined) if after else "".join(joined).rstrip("\n")


def _is_filled(line: str, after: str, width: int) -> bool:
    return bool(line and after) and len(line) + 1 + len(after.split(maxsplit=1)[0]) > width


def _title(text: str) -> str:
    """The first line, where it is short and something follows it."""
    end = text.find("\n", 0, LONGEST_TITLE + 1)
    return text[: max(0, end)]
