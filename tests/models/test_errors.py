"""What a library says, in a message of ours."""

import pytest

from models.errors import one_line


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("no such column", "no such column"),
        ("", "ValueError"),
        ("\n  first \nsecond", "first"),
        ("'\t' expected after '\u202e'", "'\\t' expected after '\\u202e'"),
        ("type: \x0e", "type: \\x0e"),
        ("نص", "نص"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "…"),
        ("\x9e" * 51, "\\x9e" * 50 + "…"),
    ],
)
def test_what_a_library_says_is_a_line_that_harms_nobody(said: str, shown: str) -> None:
    assert one_line(ValueError(said)) == shown
