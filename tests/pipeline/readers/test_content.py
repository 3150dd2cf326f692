"""What holds of all that readers make."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.readers.content import MOST_MARKS, Content, Unreadable, composed, content

MARKS = "\u0301\u0323"  # the second belongs before the first


@given(st.text(), st.integers(0, MOST_MARKS // 2), st.text())
def test_it_is_nfc_with_as_many_marks_as_any_language_has(
    before: str, marks: int, after: str
) -> None:
    text = f"{before}x{MARKS * marks}x{after}"
    assert composed(text) == unicodedata.normalize("NFC", text)


@given(st.integers(0, 300), st.integers(MOST_MARKS, 10 * MOST_MARKS))
def test_marks_that_would_take_minutes_to_sort_are_refused(before: int, marks: int) -> None:
    with pytest.raises(Unreadable, match=r"^holds over 64 combining marks in a row; it is no text"):
        composed(f"{'x' * before}{MARKS * marks}")


def test_every_line_of_a_document_is_tried() -> None:
    with pytest.raises(Unreadable, match="combining marks"):
        content([("text", Block()), (MARKS * 999, Block())])


def test_what_a_file_says_of_itself_is_a_line_or_nothing() -> None:
    said = {"lang": "e\u2028n", "url": "https://x\n/1", "time": "a\x02b", "id": "x" * 2001}
    found = content([("text", Block())], **said)
    assert found == Content(
        "text", (Block(),), lang="e n", url="https://x /1", time="a b", id="", title=""
    )
