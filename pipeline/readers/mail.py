"""Mail: the subject and the words of the message, and of messages that it forwards.

The parser is Python's, with its older policy: the newer one reads each header by the whole grammar,
which takes minutes for a long one.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_binary_file
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import BinaryIO

from pipeline.document import Block
from pipeline.readers import html
from pipeline.readers.content import Content, Unreadable, content, flat
from pipeline.readers.encoding import decode
from pipeline.readers.text import plain

LARGEST_MAIL = 32 * 2**20
"""Servers refuse more than this; the parser takes ten times as much."""
MOST_LINES = 1_000_000
MOST_TEXT_LINES = 300_000
MOST_PARTS = 50_000
MOST_STEPS = 20_000_000
"""Lines times parts that hold parts: the parser hands each line through all that are open."""
LARGEST_PART = 16 * 2**20
"""Bytes of a text in memory; a book of a million words takes 12 MB."""
LONGEST_HEADER = 10_000
DEEPEST = 50

_QUOTED = re.compile("(?:> ?)*")
_PART = re.compile(rb"^--[^\s-]", re.M)
_BOUNDARY = re.compile(rb"boundary=", re.I)
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")

# The parser takes the square of the length of these.
_LONG_HEADER = re.compile(
    rb"^content-(?:type|disposition|transfer-encoding):(?:[^\n]|\n[ \t]){20000}", re.I | re.M
)

Lines = list[tuple[str, Block]]


@dataclass(frozen=True, slots=True)
class _Found:
    """The lines of parts, whether there are others that are not read, and why some cannot be."""

    lines: Lines = field(default_factory=list)
    attached: bool = False
    damage: list[Unreadable] = field(default_factory=list)


def read(file: BinaryIO) -> Iterator[Content]:
    """The one message of a file. Raises Unreadable with the reason."""
    file.seek(_fit(file.read(LARGEST_MAIL + 1)))
    try:
        message = message_from_binary_file(file)
        found = _read(message)
    except (MessageError, RecursionError) as error:
        raise Unreadable("is mail that is damaged, or nests too deep") from error
    subject = _header(message, "subject")
    if found.damage and not found.lines:
        raise found.damage[0]
    flags = ("attachments",) * found.attached + ("damaged-part",) * bool(found.damage)
    yield content(
        found.lines or [(subject, Block("heading", 1))],
        subject,
        lang=_header(message, "content-language").partition(",")[0].strip(),
        time=_time(message),
        flags=flags,
    )


def _fit(data: bytes) -> int:
    """Where the message begins. Raises Unreadable where it is none for the parser."""
    start = len(data) - len(data.lstrip(b"\r\n"))
    if reason := _unfit(data, start):
        raise Unreadable(reason)
    return start


def _unfit(data: bytes, start: int) -> str:
    """Why this is not for the parser; empty where it is."""
    if not (data.startswith(b"From ", start) or _HEADER.match(data, start)):
        return "is no mail: it does not begin with headers such as Subject"
    if len(data) > LARGEST_MAIL:
        return f"is larger than {LARGEST_MAIL >> 20} MB; save it without its attachments"
    if _LONG_HEADER.search(data):
        return "has a header beyond all measure"
    lines = data.count(b"\n")
    if lines > MOST_LINES:
        return f"has more than {MOST_LINES:,} lines"
    if sum(1 for _ in _PART.finditer(data)) > MOST_PARTS:
        return f"has more than {MOST_PARTS:,} parts"
    if sum(1 for _ in _BOUNDARY.finditer(data)) * lines > MOST_STEPS:
        return "has too many parts for its length; save them one by one"
    return ""


def _read(message: Message, depth: int = 0) -> _Found:
    """What is in a part and the parts in it."""
    if depth > DEEPEST:
        raise Unreadable(f"has parts nested more than {DEEPEST} deep")
    kind = message.get_content_type()
    if message.is_multipart():
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        if kind == "message/rfc822":
            return _forwarded(parts, depth)
        read = [_read(part, depth + 1) for part in parts]
        return _preferred(parts, read) if kind == "multipart/alternative" else _all(read)
    if message.get_content_disposition() == "attachment" or not kind.startswith("text/"):
        return _Found(attached=True)
    try:
        return _Found(_text(message, kind))
    except Unreadable as error:  # the other parts may be read
        return _Found(damage=[error])


def _all(read: list[_Found]) -> _Found:
    return _Found(
        [line for one in read for line in one.lines],
        any(one.attached for one in read),
        [error for one in read for error in one.damage],
    )


def _preferred(parts: list[Message], read: list[_Found]) -> _Found:
    """Of the same text in several forms: plain where it says something, else the last that does."""
    kinds = [part.get_content_type() for part in parts]
    plainly = (one.lines for one, kind in zip(read, kinds, strict=True) if kind == "text/plain")
    best = next(filter(None, plainly), None)
    best = best or next((one.lines for one in reversed(read) if one.lines), [])
    others = [one for one, kind in zip(read, kinds, strict=True) if kind != "text/calendar"]
    together = _all(read)
    return replace(together, lines=best, attached=any(one.attached for one in others))


def _forwarded(parts: list[Message], depth: int) -> _Found:
    found = _all([_read(part, depth + 1) for part in parts])
    subjects = [
        (subject, Block("heading", 2)) for part in parts if (subject := _header(part, "subject"))
    ]
    return replace(found, lines=subjects + found.lines)


def _text(message: Message, kind: str) -> Lines:
    data = message.get_payload(decode=True)
    message.set_payload("")  # for it is as large as what was made of it
    if not isinstance(data, bytes):
        return []
    text = decode(data, message.get_content_charset() or "").replace("\0", "")
    del data
    if sys.getsizeof(text) > LARGEST_PART:
        raise Unreadable(f"has a part of more than {LARGEST_PART >> 20} MB of text")
    if text.count("\n") > MOST_TEXT_LINES:
        raise Unreadable(f"has a part of more than {MOST_TEXT_LINES:,} lines")
    if kind == "text/html":
        return html.fragment(text)
    if str(message.get_param("format", "")).lower() == "flowed":
        delete = str(message.get_param("delsp", "")).lower() == "yes"
        return [(line, Block()) for line in _flowed(text, delete)]
    return [(line, Block()) for line in plain(text).text.splitlines()] if text.strip() else []


def _flowed(text: str, delete: bool) -> Iterator[str]:
    """The paragraphs of text whose soft line breaks end in a space (RFC 3676)."""
    flowing: list[str] = []
    depth = 0
    for line in text.splitlines():
        quotes = _QUOTED.match(line)
        marks = quotes[0].count(">") if quotes else 0
        line = line.lstrip(">") if marks < 2 else line[quotes.end() if quotes else 0 :]
        line = line.removeprefix(" ")
        if flowing and marks != depth:
            yield "".join(flowing)
            flowing.clear()
        soft = line.endswith(" ") and line != "-- "
        flowing.append(line[:-1] if soft and delete else line)
        depth = marks
        if not soft:
            yield "".join(flowing)
            flowing.clear()
    yield "".join(flowing)


def _header(message: Message, name: str) -> str:
    """A header in words; as it stands where its encoding is broken."""
    given = (value for key, value in message.raw_items() if key.lower() == name)
    # Unfolded first: the decoder takes the spaces off the beginning of each line.
    raw = " ".join(str(next(given, ""))[:LONGEST_HEADER].splitlines())
    if not raw.isascii():
        raw = decode(raw.encode("utf-8", "surrogateescape"))
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError):
        return flat(raw)
    words = (
        piece if isinstance(piece, str) else decode(piece, charset or "")
        for piece, charset in pieces
    )
    return flat("".join(words))


def _time(message: Message) -> str:
    try:
        return parsedate_to_datetime(_header(message, "date")).isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""
