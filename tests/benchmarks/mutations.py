"""Files with faults in them: what a mutation makes of bytes depends on nothing but the dice."""

import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from io import BytesIO
from random import Random
from typing import Any
from warnings import catch_warnings, simplefilter
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from backports import zstd

ZSTD = b"\x28\xb5\x2f\xfd"
MOST_ELEMENTS = 3000  # a larger tree is not made larger
MOST_MEMBER = 2**20  # bytes: what a mutation makes of a member is no larger

_TAG = re.compile(rb"<[^<>]{1,300}>")
_ELEMENT = re.compile(rb"<(/?)([\w:.-]+)(?:\s[^<>]*)?/?>")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"1", b"255", b"65536", b"2147483648", b"99999999999999999999", b"1e999")

# What breaks readers of text: half characters, turned words, other encodings, open ends.
_PIECES = (
    *(
        "\u202e",
        "\u2028",
        "\x85",
        "\ufeff",
        "\ufffe",
        "e\u0301",
        "\u0627\u0653",
        "\ufdfa",
        "\U0001f600",
    ),
    *(
        "\0",
        "\x1b[31m",
        "\x07",
        "\r",
        "\r\n\r\n",
        "\n\n\n",
        "\t",
        "\v",
        "\f",
        "\xa0",
        "\u200b",
        "\x1c",
    ),
    *(
        "&#0;",
        "&#xD800;",
        "&#xDFFF;",
        "&#1114112;",
        "&#x85;",
        "&lt;",
        "&amp;amp;",
        "&nope;",
        "&#27;",
    ),
    *(
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<!DOCTYPE x [",
        "<!ENTITY a 'b'>",
    ),
    *('"', "'", "=", "\\", "%00", "%", "{", "}", "[", "]", "(", ")", "--", "```", "~~~", "|", "#"),
    *("<script>", "<table><tr><td>", "<p>", "</p>", "<br/>", "<title>", "<base href='file:///'>"),
    *(
        "<meta charset='utf-7'>",
        "<meta charset='x'>",
        "<meta http-equiv=refresh content=0>",
        "<svg>",
    ),
    *(
        "\nContent-Type: text/html; charset=xqz\n",
        "\nContent-Transfer-Encoding: base64\n",
        "=?utf-8?b?//?=",
    ),
    *(
        "\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
        "=?xqz?q?=FF?=",
        "\nDate: x\n",
        "=ED=A0=80",
    ),
    *(
        "\n\n1\n00:00:01,000 --> 00:00:00,000\n",
        " --> ",
        "\n99:99:99.999 --> 00:00:00.000\n",
        "NOTE\n",
    ),
    *('encoding="utf-16"', 'encoding="xqz"', 'encoding="idna"', 'version="9.9"', 'xml:lang="\n"'),
    *(
        "\nContent-Length: 99999999999\n",
        "WARC/1.0\r\n",
        "\nContent-Length: -1\n",
        "HTTP/1.1 999 \r\n",
    ),
    *(
        "{\\an8}",
        "<c.x>",
        "<00:00:01.000>",
        "endobj",
        "stream\n",
        "/Length 1",
        "9 0 R",
        "<<",
        ">>",
        "xref",
    ),
)
# What XML may hold, and does not look like text.
_HARMLESS = (
    *("\u202e", "\u2028", "\x85", "\ufeff", "e\u0301", "\r", "\t", "<script>", "&", "", " ", "خبر"),
    *("\u00c5\u0301", "\u0627\u0653", "\ufffd", "\u200f\u200f", "\ufe8d", "\U000e0001"),
)
_VALUES = (*(one.decode() for one in _NUMBERS), "", "x", "\u0663", "\u00b2", "../../x", "#", "ar\n")
PIECES = tuple(piece.encode("utf-8", "surrogatepass") for piece in _PIECES)

Mutation = Callable[[bytes, Random], bytes]


def _span(data: bytes, dice: Random, most: int = 4096) -> tuple[int, int]:
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + dice.randint(1, 1 << dice.randint(0, most.bit_length())))


def flip(data: bytes, dice: Random) -> bytes:
    """Turn single bits."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 8) if data else 0):
        changed[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(data: bytes, dice: Random) -> bytes:
    """Only the beginning, as of a broken download."""
    return data[: dice.randrange(len(data) + 1)]


def drop(data: bytes, dice: Random) -> bytes:
    """A block is missing."""
    start, end = _span(data, dice)
    return data[:start] + data[end:]


def double(data: bytes, dice: Random) -> bytes:
    """A block stands there several times."""
    start, end = _span(data, dice)
    return data[:end] + data[start:end] * dice.choice((1, 2, 30)) + data[end:]


def overwrite(data: bytes, dice: Random) -> bytes:
    """Other bytes in the place of some."""
    start, end = _span(data, dice, 64)
    return data[:start] + dice.randbytes(end - start) + data[end:]


def length(data: bytes, dice: Random) -> bytes:
    """A field of two or four bytes says something else."""
    size = dice.choice((2, 4, 8))
    at = dice.randrange(max(1, len(data) - size))
    value = dice.choice((0, 1, 255, 2**15, 2 ** (8 * size) - 1, 2 ** (8 * size - 1)))
    return data[:at] + value.to_bytes(size, dice.choice(("little", "big"))) + data[at + size :]


def piece(data: bytes, dice: Random) -> bytes:
    """Pieces that break readers of text stand in it."""
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice(PIECES) * dice.choice((1, 1, 1, 2, 200)) + data[at:]
    return data


def number(data: bytes, dice: Random) -> bytes:
    """A number is another one."""
    found = list(_NUMBER.finditer(data[:65536]))
    if not found:
        return flip(data, dice)
    one = dice.choice(found)
    return data[: one.start()] + dice.choice(_NUMBERS) + data[one.end() :]


def tags(data: bytes, dice: Random) -> bytes:
    """A tag is missing, doubled, nested in itself, renamed or in another place."""
    found = [match.span() for match in _TAG.finditer(data[:200_000])]
    if not found:
        return piece(data, dice)
    for _ in range(dice.randint(1, 3)):
        (start, end), way = dice.choice(found), dice.randrange(5)
        tag, other = data[start:end], data[slice(*dice.choice(found))]
        new = (b"", tag * 2, tag * dice.choice((50, 3000)), other, tag + other)[way]
        data = data[:start] + new + data[end:]
    return data


def tree(data: bytes, dice: Random) -> bytes:
    """XML that stays XML: elements are missing, doubled, nested, moved, renamed, other inside."""
    from lxml import etree

    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return tags(data, dice)
    for _ in range(dice.randint(1, 4)):
        elements = [one for one in root.iter(etree.Element) if one.getparent() is not None]
        if elements and len(elements) < MOST_ELEMENTS:
            _graft(dice.choice(elements), dice.choice(elements), dice)
    return bytes(etree.tostring(root, encoding=dice.choice(("utf-8", "utf-8", "utf-16", "ascii"))))


def _graft(one: Any, other: Any, dice: Random) -> None:
    """Change an element, some with the help of another."""
    parent, way = one.getparent(), dice.randrange(8)
    if way == 0:
        parent.remove(one)
    elif way == 1:
        parent.extend([deepcopy(one) for _ in range(dice.choice((1, 3, 40)))])
    elif way == 2:
        _nest(one, dice.choice((1, 3, 60, 1500)))
    elif way == 3:
        one.append(deepcopy(other))
    elif way == 4:
        one.tag = other.tag
    elif way == 5 and one.attrib:
        one.set(dice.choice(list(one.attrib)), dice.choice(_VALUES))
    else:
        one.text = dice.choice(_HARMLESS) * dice.choice((1, 1, 20))


def _nest(one: Any, times: int) -> None:
    """An element stands in others of its kind."""
    parent = one.getparent()
    for _ in range(times):
        around = one.makeelement(one.tag, one.attrib)
        parent.replace(one, around)
        around.append(one)
        parent = around


def move(data: bytes, dice: Random) -> bytes:
    """A block stands elsewhere."""
    start, end = _span(data, dice)
    rest = data[:start] + data[end:]
    at = dice.randrange(len(rest) + 1)
    return rest[:at] + data[start:end] + rest[at:]


OF_BYTES: tuple[Mutation, ...] = (flip, cut, drop, double, overwrite, length, move, piece)
OF_TEXT: tuple[Mutation, ...] = (piece, piece, tags, tags, tags, number, drop, double, move, flip)
OF_XML: tuple[Mutation, ...] = (*[tree] * 12, tags, tags, piece, number, drop)


def splice(data: bytes, other: bytes, dice: Random) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]


def member(data: bytes, dice: Random, main: Sequence[str]) -> bytes:
    """One member of a ZIP archive is mutated, missing, renamed, doubled or empty.

    Half of the time it is one whose name ends as one of `main`.
    """
    try:
        with ZipFile(BytesIO(data)) as old:
            members = [(one.filename, old.read(one)) for one in old.infolist()]
    except (BadZipFile, OSError, zlib.error, NotImplementedError, ValueError, EOFError):
        return flip(data, dice)
    chosen = [n for n, (name, _) in enumerate(members) if name.endswith(tuple(main))]
    at = dice.choice(chosen if chosen and dice.random() < 0.75 else range(len(members)))
    name, content = members[at]
    way = dice.random()
    if way < 0.88:
        for _ in range(dice.randint(1, 2)):
            content = dice.choice(OF_XML)(content, dice)[:MOST_MEMBER]
        members[at] = (name, content)
    elif way < 0.92:
        del members[at]
    elif way < 0.95:
        members[at] = (
            dice.choice(("../x", "/x", "x/", "x" * 300, name.upper(), f"a/{name}")),
            content,
        )
    elif way < 0.98:
        members.insert(at, (name, dice.choice(members)[1]))
    else:
        members[at] = (name, b"")
    return _zip(members, dice)


def _zip(members: Sequence[tuple[str, bytes]], dice: Random) -> bytes:
    out = BytesIO()
    packing = ZIP_STORED if dice.random() < 0.5 else ZIP_DEFLATED
    with catch_warnings(), ZipFile(out, "w", packing, compresslevel=1) as new:
        simplefilter("ignore")  # of names that are there twice: that is what is wanted
        for name, content in members:
            new.writestr(name, content)
    return out.getvalue()


def unpacked(data: bytes, dice: Random) -> bytes:
    """What is in a file of gzip or Zstandard is mutated."""
    try:
        content = zstd.decompress(data) if data.startswith(ZSTD) else gzip.decompress(data)
    except (OSError, EOFError, zlib.error, zstd.ZstdError):
        return flip(data, dice)
    changed = dice.choice(OF_TEXT)(content, dice)
    return zstd.compress(changed) if data.startswith(ZSTD) else gzip.compress(changed, 1, mtime=0)


def stream(data: bytes, dice: Random) -> bytes:
    """A stream of a PDF file is unpacked, mutated and packed."""
    found = list(_STREAM.finditer(data))
    if not found:
        return number(data, dice)
    one = dice.choice(found)
    try:
        content = zlib.decompress(one[1])
    except zlib.error:
        return data[: one.start(1)] + dice.choice(OF_BYTES)(one[1], dice) + data[one.end(1) :]
    changed = dice.choice((number, flip, drop, double, move, piece))(content, dice)
    return data[: one.start(1)] + zlib.compress(changed, 1) + data[one.end(1) :]


def noise(dice: Random, head: bytes) -> bytes:
    """Random bytes, often under the right beginning."""
    data = dice.randbytes(dice.choice((0, 1, 16, 300, 5000)))
    return head[: dice.choice((0, 4, 16, 64))] + data


def balanced(data: bytes) -> bytes:
    """Without ends of elements that did not begin, and with those that are missing."""
    open_, kept, at = [], [], 0
    for found in _ELEMENT.finditer(data):
        kept.append(data[at : found.start()])
        at = found.end()
        if not found[1]:
            kept.append(found[0])
            open_ += [] if found[0].endswith(b"/>") else [found[2]]
        elif open_ and open_[-1] == found[2]:
            kept.append(found[0])
            open_.pop()
    ends = [b"</" + name + b">" for name in reversed(open_)]
    return b"".join([*kept, data[at:], *ends])


def composed(dice: Random, tokens: Sequence[bytes]) -> bytes:
    """Tokens of a format and breaking pieces in any order, some very often."""
    parts, odd = [], dice.choice((0.8, 1.0))
    for _ in range(dice.randint(0, 60)):
        token = dice.choice(tokens if dice.random() < odd else PIECES)
        parts.append(token * dice.choice((1, 1, 1, 1, 1, 1, 2, 5, 2000)))
    return b"".join(parts)
