"""Plain text is cleaned portion by portion, as if it were cleaned at once."""

import re
import tracemalloc
from io import BytesIO

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.readers import portions, text
from pipeline.readers.content import Content, Unreadable

ARABIC = "قال الوزير إن الجسر مفتوح. "
WRAPPED = "words and more words of a line that is wrapped\n"
PIECES = st.sampled_from(
    [
        *"ab ا\u0654\u0653\u0301\u0323\n\r\t\x0b\x1c\x85\u2028\u1100\u1161\u11a8\x01か😀\u2000.é",
        *("\r\n", "\n\n", "word ", WRAPPED * 2, "أ\u0654 " * 90, "か" * 200, " " * 150, "a " * 99),
    ]
)
TEXTS = st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=60).map("".join)
SIZES = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1256")


def read(data: bytes) -> Content | str:
    try:
        [found] = text.read(BytesIO(data))
    except Unreadable as error:
        return error.reason
    return found


@given(TEXTS, st.sampled_from(SIZES), st.integers(1, 40), st.binary(max_size=2))
def test_the_size_of_a_portion_changes_nothing(
    words: str, encoding: str, size: int, end: bytes
) -> None:
    assume(not re.search("[\u0300-\u0323\u0653\u0654]{40}", words))  # where runs are counted
    data = words.encode(encoding, "ignore") + end
    whole = read(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portions, "PORTION", size)
        patch.setattr(text, "LONGEST_PIECE", 300)
        assert read(data) == whole


@pytest.mark.parametrize(
    "line",
    [ARABIC * 10, ARABIC * 3, "a line of words in ASCII and more, as long as a paragraph is " * 3],
)
@pytest.mark.parametrize("end", ["\n", "\n\n", " "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1256"])
def test_a_text_takes_little_more_than_twice_its_memory(line: str, end: str, encoding: str) -> None:
    data = ((line + end) * (2**21 // len(line))).encode(encoding)
    tracemalloc.start()
    found = read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Content)
    held = len(found.text) * (1 if found.text.isascii() else 2)
    assert peak < 2.2 * held + 3 * 2**20


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("word " * 10_000 + "😀", "takes more than 0 MB; cut it into documents"),
        ("\r" * 1_000_001 + "a", "has more than 1,000,000 lines; cut it into documents"),
        (" " * 1_200_000 + "a", "holds 1,048,576 signs in a row that make no words"),
    ],
)
def test_what_is_beyond_measure(words: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "😀" in words:
        monkeypatch.setattr(text, "LARGEST_HELD", 200_000)
    assert read(words.encode()) == reason


def test_the_place_of_what_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "PORTION", 7)
    assert read("é\n".encode() * 9 + b"\xc3(") == (
        "byte 27 (line 10) is not UTF-8; save the file as UTF-8"
    )
    assert read(b"\xff\xfea") == "byte 2 (line 1) is not UTF-16; save the file as UTF-8"
