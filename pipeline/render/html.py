"""A page to read in a browser: source and English side by side, and a summary with its evidence.

One file that needs no other and no network. The page's policy allows our style sheet and our
script and nothing else, and whatever a document holds is text in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.document import Record, SummarySentence
from pipeline.render import Write
from pipeline.render.page import components, filled, joined, part, stream
from pipeline.render.reading import (
    Mark,
    Words,
    direction,
    english_title,
    link,
    marks,
    parts,
    words,
)

LONGEST = 200  # characters of a title in the table of contents


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in the table of contents."""

    number: int
    title: Words
    english: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the summary. `evidence`: the numbers of the segments that support it."""

    number: int
    text: str
    evidence: tuple[int, ...]
    marks: tuple[Mark, ...]


@contextmanager
def writing(out: BinaryIO) -> Iterator[Write]:
    """Write records to one page: a section each, and a table of contents where there are several.

    The first record waits for the second, which decides the head of the page. Of what is written
    only the titles are kept.
    """
    waiting: list[Record] = []
    entries: list[Entry] = []

    def write(record: Record) -> None:
        if not waiting and not entries:
            waiting.append(record)
            return
        if waiting:
            out.write(_head("Documents in English", several=True))
            _write(out, waiting.pop(), entries)
        _write(out, record, entries)

    yield write
    if not entries:
        out.write(_head(_name(waiting[0]) if waiting else "No documents"))
        for record in waiting:
            _write(out, record, entries)
    out.write(_encoded(part("reader.end.html.jinja", entries=entries)))


def _head(title: str, several: bool = False) -> bytes:
    style = joined("page.css", "reader.css")
    script = joined("fold.js", "search.js", "reader.js")
    return _encoded(
        filled("reader.html.jinja", style, script, title=" ".join(title.split()), several=several)
    )


def _name(record: Record) -> str:
    return english_title(record) or record.document.title or record.document.id


def _write(out: BinaryIO, record: Record, entries: list[Entry]) -> None:
    """Write the part of the page about one document; its entry is added to `entries`."""
    document = record.document
    title = words(document.title or document.id, document.lang if document.title else "")
    english = " ".join(english_title(record).split())
    number = len(entries) + 1
    entries.append(Entry(number, words(title.text[:LONGEST], title.lang), english[:LONGEST]))
    flags = marks(record.flags, {})
    pieces = stream(
        "reader.document.html.jinja",
        n=number,
        document=document,
        title=title,
        english=english,
        link=link(document.url),
        direction=direction(document.lang),
        notices=[mark for mark in flags if not mark.note],
        remarks=[mark for mark in flags if mark.note],
        summary_marks=marks(record.summary.flags, {}),
        claims=[_claim(*one) for one in enumerate(record.summary.sentences, 1)],
        parts=parts(record),
        segments=len(record.segments),
        legend=marks(dict.fromkeys((*record.all_flags, *record.summary.flags)), {}),
        stages=[(name, one, components(one.signature)) for name, one in record.stages.items()],
    )
    for piece in pieces:
        out.write(_encoded(piece))


def _claim(number: int, sentence: SummarySentence) -> Claim:
    evidence = tuple(index + 1 for index in dict.fromkeys(sentence.supports))
    text = " ".join(sentence.text.split())
    return Claim(number, text, evidence, marks(sentence.flags, sentence.details))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8")
