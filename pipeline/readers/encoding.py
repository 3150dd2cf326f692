"""Bytes that came with a word on their encoding, or should have: web pages, feeds, mail."""

import codecs
import re
from io import BytesIO, TextIOWrapper

from pipeline.readers.content import LARGEST, TOO_LARGE, Unreadable
from pipeline.readers.portions import BOMS

SAMPLE = 2**16  # bytes that a guess is made from
_HEAD = 4096  # bytes in which a page names its encoding: 1,024 by the standard, more in the wild

# Markup without a mark: https://www.w3.org/TR/xml/#sec-guessing
_BEGINNINGS = (*BOMS, (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
# Codecs of Python that are no encodings of text, or that take more than linear time.
_REFUSED = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "utf-7"})
# What the names mean on the web: https://encoding.spec.whatwg.org/#names-and-labels
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift-jis": "cp932",
    "euc-kr": "cp949",
    # A page that can name its encoding in single bytes is not in UTF-16.
    "utf-16": "utf-8",
    "utf-32": "utf-8",
}


def decode(data: bytes, declared: str = "") -> str:
    """The text in bytes that were `declared` to be in an encoding, by a header or in themselves.

    A byte order mark is believed before valid UTF-8, that before what is declared, and that before
    a guess; what does not fit becomes U+FFFD. Raises Unreadable for too much.
    """
    if len(data) > LARGEST:
        raise Unreadable(TOO_LARGE)
    for mark, encoding in _BEGINNINGS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    try:
        return data.decode()
    except UnicodeDecodeError:
        inside = _DECLARED.search(data, 0, _HEAD)
        named = inside[1].decode("latin-1") if inside else ""
        encoding = _known(declared) or _known(named) or _guess(data)
        return data.decode(encoding, "replace")


def _known(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name.replace("_", "-")
        TextIOWrapper(BytesIO(), encoding=found)  # which refuses what is none of text, as uu
    except (LookupError, ValueError):
        return None
    return None if found in _REFUSED else _MEANT.get(found, found)


def _guess(data: bytes) -> str:
    """UTF-8 where most of it is; else what makes words of the bytes that are not ASCII."""
    from charset_normalizer import from_bytes

    sample = data[:SAMPLE]
    damaged = sample.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    if sum(char > "\x7f" for char in damaged) > 2 * broken:
        return "utf-8"
    best = from_bytes(sample).best()
    return (_known(best.encoding) if best else None) or "cp1252"
