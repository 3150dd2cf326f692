"""What holds for every format."""

from io import BytesIO

import pytest

from pipeline.render import FORMATS, format_of, opened
from tests.pipeline.render.records import record


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_every_format_holds_every_translation(form: str) -> None:
    out = BytesIO()
    with opened(form, out) as write:
        write(record(["جسر"], ["Bridge"]))
        write(record(["نهر"], ["River"], name="second"))
    assert b"Bridge" in out.getvalue()
    assert b"River" in out.getvalue()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.txt", "text"),
        ("a.JSONL", "json"),
        ("a.json", "json"),
        ("a.md", "markdown"),
        ("a.html", "html"),
        ("a.tmx", "tmx"),
        ("a.xlf", "xliff"),
        ("a.parquet", "parquet"),
        ("a.documents.parquet", "documents"),
        ("a.exe", None),
        ("html", None),
    ],
)
def test_the_ending_tells_the_format(name: str, form: str | None) -> None:
    assert format_of(name) == form


def test_no_ending_is_of_two_formats() -> None:
    endings = [ending for one in FORMATS.values() for ending in one.endings]
    assert len(endings) == len(set(endings))
