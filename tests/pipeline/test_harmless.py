"""What others wrote, in a place of ours."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.harmless import visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("in/خبر.txt", "in/خبر.txt"),
        ("می\u200cخواهم\u200f", "می\u200cخواهم\u200f"),
        ("evil\u202etxt.exe", "evil\\u202etxt.exe"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("bad\udcff.txt", "bad\\udcff.txt"),
        ("two\n\tlines \r\n", "two\\n\\tlines \\r\\n"),
        ("a\u2028b\x85c", "a\\u2028b\\x85c"),
        ("\ufeffid\u2067", "\\ufeffid\\u2067"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(st.text(st.characters(categories=["L", "N", "C", "Z", "P"])))
def test_it_is_one_line_that_any_file_can_hold(text: str) -> None:
    seen = visible(text)
    seen.encode()
    assert len(seen.splitlines()) <= 1
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in seen)
    assert visible(seen) == seen
