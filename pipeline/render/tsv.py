"""A table of tab-separated values, a segment a row, with the names of the columns above.

A cell that holds a tab, a line end or a quotation mark stands in quotation marks, which are doubled
within it, as Python's `excel-tab`, pandas and LibreOffice read it. Cells hold what the document
holds and nothing else, also one that begins with `=`, `+`, `-` or `@`: a mark in front of it would
be one more character for every program, to save a spreadsheet from its guess. Import the columns as
text there.

The last column is by what we know, when the table comes back, which translations a person changed.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from pipeline.document import Record
from pipeline.harmless import whole
from pipeline.provenance import MARK, fingerprint
from pipeline.render import Write

COLUMNS = (
    *("document", "index", "paragraph", "lang"),
    *("source", "target", "flags", "score", "by", MARK),
)
HEADER = "\t".join(COLUMNS)

_QUOTED = re.compile('[\t\n\r"]')


@contextmanager
def writing(out: BinaryIO) -> Iterator[Write]:
    """Write the header, then the segments of every record."""
    out.write(f"{HEADER}\n".encode())

    def write(record: Record) -> None:
        for row in _rows(record):
            out.write(whole("\t".join(map(_cell, row)) + "\n").encode())

    yield write


def _rows(record: Record) -> Iterator[Iterable[str]]:
    document = record.document
    for segment, translation in zip(record.segments, record.translations, strict=True):
        score = translation.score
        yield (
            document.id,
            str(segment.index),
            str(segment.paragraph),
            segment.lang or document.lang,
            segment.text,
            translation.text,
            " ".join(translation.flags),
            "" if score is None else f"{score:.4f}",
            translation.by,
            "" if translation.by == "memory" else fingerprint(translation.text),
        )


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
