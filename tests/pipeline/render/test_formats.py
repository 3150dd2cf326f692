"""What holds for every format."""

from dataclasses import replace
from io import BytesIO, RawIOBase
from typing import Any, BinaryIO, cast
from zipfile import ZipFile

import pytest

from pipeline.document import Cue, Record, SummarySentence
from pipeline.render import FORMATS, format_of, opened
from tests.pipeline.render.records import record
from tests.pipeline.render.written import said, written


def film(name: str, source: str, target: str) -> Record:
    """A document that every format can hold."""
    given = record([source], [target], name=name)
    return said(given, cues=(Cue(0.0, 1.0, 0, len(source)),))


def words_of(form: str, data: bytes) -> bytes:
    """What is compressed in a file is not seen in its bytes."""
    if form == "docx":
        with ZipFile(BytesIO(data)) as file:
            return file.read("word/document.xml")
    if form in ("parquet", "documents"):
        table = pytest.importorskip("pyarrow.parquet").read_table(BytesIO(data))
        return str(table.to_pylist()).encode()
    return data


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "srt"])
def test_every_format_holds_every_document(form: str) -> None:
    data = written(form, film("first", "جسر", "Bridge"), film("second", "نهر", "River"))
    wanted = (b"first", b"second") if form == "documents" else (b"Bridge", b"River")
    assert [one for one in wanted if one in words_of(form, data)] == list(wanted)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "docx", "xliff", "json", "documents"])
def test_every_format_that_shows_a_summary_tells_how_it_was_made(form: str) -> None:
    claim = SummarySentence("A bridge was opened.", (0,))
    given = record(["جسر"], ["Bridge"], (claim,))
    summary = replace(given.summary, flags=("extractive",))
    labelled = words_of(form, written(form, replace(given, summary=summary, flags=summary.flags)))
    assert b"extractive" in labelled
    assert b"extractive" not in words_of(form, written(form, given))


@pytest.mark.parametrize("form", FORMATS)
def test_equal_documents_make_equal_files(form: str) -> None:
    given = film("first", "جسر", "Bridge")
    assert written(form, given) == written(form, given)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_need_not_be_a_file(form: str) -> None:
    """Standard output may be a pipe, which cannot say or choose where it stands."""
    out = BytesIO()

    class Pipe(RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return out.write(data)

    with opened(form, cast("BinaryIO", Pipe())) as write:
        write(film("first", "جسر", "Bridge"))
    wanted = b"first" if form == "documents" else b"Bridge"
    assert wanted in words_of(form, out.getvalue())


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
