"""Mail: the subject and the words of the message, and of messages that it forwards.

The parser is Python's, with its older policy: the newer one reads each header by the whole grammar,
which takes minutes for a long one.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
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
MOST_STEPS = 20_000_000
"""Lines times parts that hold parts: the parser hands each line through all that are open."""
LONGEST_HEADER = 10_000
DEEPEST = 50

_QUOTED = re.compile("(?:> ?)*")
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")

# The parser takes the square of the length of these.
_LONG_HEADER = re.compile(
    rb"^content-(?:type|disposition|transfer-encoding):(?:[^\n]|\n[ \t]){20000}", re.I | re.M
)

Lines = list[tuple[str, Block]]


def read(file: BinaryIO) -> Iterator[Content]:
    """The one message of a file. Raises Unreadable with the reason."""
    data = file.read(LARGEST_MAIL + 1).lstrip(b"\r\n")
    if reason := _unfit(data):
        raise Unreadable(reason)
    try:
        message = message_from_bytes(data)
        lines, attached = _read(message)
    except (MessageError, RecursionError) as error:
        raise Unreadable("is mail that is damaged, or nests too deep") from error
    subject = _header(message, "subject")
    yield content(
        lines or [(subject, Block("heading", 1))],
        subject,
        lang=_header(message, "content-language").partition(",")[0].strip(),
        time=_time(message),
        flags=("attachments",) if attached else (),
    )


def _unfit(data: bytes) -> str:
    """Why this is not for the parser; empty where it is."""
    if not (data.startswith(b"From ") or _HEADER.match(data)):
        return "is no mail: it does not begin with headers such as Subject"
    if len(data) > LARGEST_MAIL:
        return f"is larger than {LARGEST_MAIL >> 20} MB; save it without its attachments"
    if _LONG_HEADER.search(data):
        return "has a header beyond all measure"
    lines = data.count(b"\n")
    if lines > MOST_LINES:
        return f"has more than {MOST_LINES:,} lines"
    if data.lower().count(b"boundary=") * lines > MOST_STEPS:
        return "has too many parts for its length; save them one by one"
    return ""


def _read(message: Message, depth: int = 0) -> tuple[Lines, bool]:
    """The lines of a part and the parts in it, and whether there are others that are not read."""
    if depth > DEEPEST:
        raise Unreadable(f"has parts nested more than {DEEPEST} deep")
    kind = message.get_content_type()
    if message.is_multipart():
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        if kind == "message/rfc822":
            return _forwarded(parts, depth)
        read = (_read(part, depth + 1) for part in parts)
        return _preferred(parts, read) if kind == "multipart/alternative" else _all(read)
    if message.get_content_disposition() == "attachment" or not kind.startswith("text/"):
        return [], True
    return _text(message, kind), False


def _all(read: Iterator[tuple[Lines, bool]]) -> tuple[Lines, bool]:
    lines: Lines = []
    attached = False
    for more, others in read:
        lines += more
        attached |= others
    return lines, attached


def _preferred(parts: list[Message], read: Iterator[tuple[Lines, bool]]) -> tuple[Lines, bool]:
    """Of the same text in several forms: plain where it says something, else the last that does."""
    plainly: Lines = []
    best: Lines = []
    attached = False
    for part, (lines, others) in zip(parts, read, strict=True):
        plainly = plainly or (lines if part.get_content_type() == "text/plain" else [])
        best = lines or best
        attached |= others and part.get_content_type() != "text/calendar"
    return plainly or best, attached


def _forwarded(parts: list[Message], depth: int) -> tuple[Lines, bool]:
    lines, attached = _all(_read(part, depth + 1) for part in parts)
    subjects = [
        (subject, Block("heading", 2)) for part in parts if (subject := _header(part, "subject"))
    ]
    return subjects + lines, attached


def _text(message: Message, kind: str) -> Lines:
    data = message.get_payload(decode=True)
    if not isinstance(data, bytes):
        return []
    text = decode(data, message.get_content_charset() or "").replace("\0", "")
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
    flowing, depth = "", 0
    for line in text.splitlines():
        quotes = _QUOTED.match(line)
        marks = quotes[0].count(">") if quotes else 0
        line = line.lstrip(">") if marks < 2 else line[quotes.end() if quotes else 0 :]
        line = line.removeprefix(" ")
        if flowing and marks != depth:
            yield flowing
            flowing = ""
        soft = line.endswith(" ") and line != "-- "
        flowing, depth = flowing + (line[:-1] if soft and delete else line), marks
        if not soft:
            yield flowing
            flowing = ""
    yield flowing


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
