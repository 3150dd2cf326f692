"""Records to what people, tools and programs read: one module a format, found by its name.

A module of a format offers one of

    render(record: Record, out: TextIO) -> None
    writing(out: BinaryIO) -> AbstractContextManager[Callable[[Record], None]]

The first writes a record after the other; the second writes a file that has a head and an end
around all of its records. `out` need not be seekable. Memory does not grow with the records.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from typing import BinaryIO

from pipeline.document import Record

Write = Callable[[Record], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of output: the endings of its files, the usual first.

    `alone`: a file holds one document, where a person is to find it, or where it cannot hold more.
    `binary`: nothing for a terminal.
    """

    endings: tuple[str, ...]
    meaning: str
    alone: bool = False
    binary: bool = False


FORMATS = {
    "text": Format((".txt",), "columns for people"),
    "json": Format((".json", ".jsonl"), "records, one a line"),
    "markdown": Format((".md",), "Markdown"),
    "html": Format((".html", ".htm"), "a page to read in a browser", alone=True),
    "tmx": Format((".tmx",), "translation memory, TMX 1.4b"),
    "xliff": Format((".xlf", ".xliff"), "for translators' tools, XLIFF 2.1", alone=True),
    "tsv": Format((".tsv",), "a segment a row"),
    "docx": Format((".docx",), "a table of both languages, for Word", alone=True, binary=True),
    "srt": Format((".srt",), "English subtitles", alone=True),
    "parquet": Format((".parquet",), "a segment a row, for data tools", binary=True),
    "documents": Format((".documents.parquet",), "a document a row, for data tools", binary=True),
}


def format_of(name: str) -> str | None:
    """The format of a file by its name; None where no ending fits."""
    endings = {end: form for form, one in FORMATS.items() for end in one.endings}
    fitting = [end for end in endings if name.lower().endswith(end)]
    return endings[max(fitting, key=len)] if fitting else None


def opened(form: str, out: BinaryIO) -> AbstractContextManager[Write]:
    """What writes records to `out` in a format, a key of FORMATS; all is written at its end."""
    module = import_module(f"pipeline.render.{form}")
    if hasattr(module, "writing"):
        written: AbstractContextManager[Write] = module.writing(out)
        return written
    return _as_text(module.render, out)


@contextmanager
def _as_text(render: Callable[..., None], out: BinaryIO) -> Iterator[Write]:
    text = TextIOWrapper(out, encoding="utf-8", newline="\n", write_through=True)
    try:
        yield lambda record: render(record, text)
    finally:
        text.detach()  # or it would close what is not ours
