"""Damaged files, and what holds of every document that a reader makes of one."""

import unicodedata
from collections.abc import Iterator, Sequence
from io import BytesIO

from hypothesis import strategies as st

from pipeline.readers import reader
from pipeline.readers.content import Content, Unreadable

Edit = tuple[str, int, int, bytes]

_PIECES = (
    b"<div>",
    b"</table>",
    b"<![CDATA[",
    b"<!--",
    b"&#0;&#xD800;",
    b"\0",
    b"\xff\xfe",
    b"\x1b[2J",
    "\u202ee\u0301".encode(),
    b"charset=punycode",
    b"\r\n\r\n",
    b"Content-Length: -1\r\n",
    b"99999999999999999999",
    b"=?utf-8?b?",
)


def damaged(files: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of the files with bytes flipped, cut out, doubled, put in, or with its end missing."""
    edit = st.tuples(
        st.sampled_from(("flip", "cut", "double", "put", "end")),
        st.integers(0, 1 << 20),
        st.integers(1, 200),
        st.sampled_from(_PIECES) | st.sampled_from(files).map(lambda data: data[-200:]),
    )
    return st.builds(_edited, st.sampled_from(files), st.lists(edit, max_size=6))


def _edited(data: bytes, edits: list[Edit]) -> bytes:
    for what, place, length, piece in edits:
        at = place % (len(data) + 1)
        inside = data[at : at + length]
        new = {
            "flip": bytes(byte ^ 1 << length % 8 for byte in inside),
            "cut": b"",
            "double": inside * 2,
            "put": piece + inside,
            "end": b"",
        }[what]
        data = data[:at] + new + (b"" if what == "end" else data[at + length :])
    return data


def holds(data: bytes, ending: str) -> None:
    """Read the bytes: nothing is raised but Unreadable, and what is read is as promised."""
    for found in _each(data, ending):
        if isinstance(found, Unreadable):
            assert found.reason
            assert "\n" not in found.reason
        else:
            _holds(found)


def _each(data: bytes, ending: str) -> Iterator[Content | Unreadable]:
    try:
        yield from reader(ending)(BytesIO(data))
    except Unreadable as error:
        yield error


def _holds(found: Content) -> None:
    assert unicodedata.is_normalized("NFC", found.text)
    assert found.text.startswith(found.title)
    lines = found.text.split("\n")
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for line in lines for char in line)
    if found.blocks:
        assert len(lines) == len(found.blocks)
        assert all(line.strip() for line in lines)
