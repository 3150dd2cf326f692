"""The page of a whole job: search over all of its documents, and links to their pages.

One file that needs no other and no network, as the pages that it links to. The documents stand in
it as JSON, a line each, and the page shows a portion of them at a time.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import quote

from models.catalog import name_of
from pipeline.document import Record
from pipeline.flags import FLAGS
from pipeline.harmless import visible
from pipeline.render.page import filled, joined, part
from pipeline.render.reading import direction, english_title
from pipeline.report import OVERLOOKED

Add = Callable[[Record, str], None]


@contextmanager
def writing(out: BinaryIO) -> Iterator[Add]:
    """Write the page: `add(record, href)` a document, with the path of its page from here.

    Nothing is kept of a record but its language. `add` raises ValueError where a path leaves the
    folder of the page.
    """
    languages: set[str] = set()
    style, script = joined("page.css", "index.css"), joined("fold.js", "index.js")
    out.write(filled("index.html.jinja", style, script).encode("utf-8"))
    between = b""

    def add(record: Record, href: str) -> None:
        nonlocal between
        line = _json(_row(record, _inside(href)))
        out.write(between + line)
        between = b",\n"
        languages.add(record.document.lang)

    yield add
    known = {visible(code): [visible(name_of(code)), direction(code)] for code in languages}
    flags = {name: [flag.meaning, name in OVERLOOKED] for name, flag in FLAGS.items()}
    out.write(b']</script>\n<script type="application/json" id="known">')
    out.write(_json({"languages": known, "flags": flags}))
    out.write(part("index.end.html.jinja").encode("utf-8"))


def _row(record: Record, href: str) -> list[Any]:
    """What index.js reads, in this order."""
    document = record.document
    title = document.title or document.id
    english = english_title(record)
    return [
        href,
        visible(document.id),
        visible(document.lang),
        _line(title),
        _line(english),
        visible(document.time or ""),
        len(record.segments),
        {visible(flag): parts for flag, parts in _flags(record).items()},
        [_line(sentence.text) for sentence in record.summary.sentences],
    ]


def _flags(record: Record) -> dict[str, int]:
    """On how many parts of the document each flag stands, 1 where on the whole."""
    of_parts = (
        *(part.flags for part in record.translations),
        *(part.flags for part in record.summary.sentences),
    )
    parts = Counter(flag for flags in of_parts for flag in dict.fromkeys(flags))
    return {flag: parts[flag] or 1 for flag in (*record.all_flags, *record.summary.flags)}


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def _json(value: object) -> bytes:
    """JSON that cannot end the element that it stands in."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return written.replace("<", "\\u003c").encode("utf-8")


def _inside(href: str) -> str:
    """The path as a link that stays in the folder. Raises ValueError where it does not."""
    path = PurePosixPath(href)
    if path.is_absolute() or ".." in path.parts or not path.name or "\0" in href:
        raise ValueError(f"{href!r} is no path from the folder of the page")
    return quote(str(path), safe="/", encoding="utf-8", errors="surrogateescape")
