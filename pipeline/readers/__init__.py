"""Files of many formats to text: one module a format, found by the ending of a name.

A module of this room offers

    read(file: BinaryIO) -> Iterator[Content | Unreadable]

`file` can be sought in. Most formats hold one document; a feed or an archive holds many, and gives
Unreadable in the place of one that it cannot read. Raises Unreadable where the rest of the file
cannot be read; other errors are a fault of the reader. What it holds in memory is bounded, whatever
the file says of itself; nothing is fetched, and nothing in a file is run.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import BinaryIO

from pipeline.readers.content import Content, Unreadable

__all__ = ["FORMATS", "Content", "Unreadable", "reader"]

FORMATS = {
    "txt": "text",
    "md": "markdown",
    "markdown": "markdown",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "docx": "docx",
    "odt": "odt",
    "epub": "epub",
    "pdf": "pdf",
    "srt": "subtitles",
    "vtt": "subtitles",
    "eml": "mail",
    "rss": "feed",
    "atom": "feed",
    "xml": "feed",
    "warc": "warc",
    "warc.gz": "warc",
}
"""By ending, in lower case: the module of this room."""

Read = Callable[[BinaryIO], Iterator[Content | Unreadable]]


def reader(ending: str) -> Read:
    """What reads files of an ending, a key of FORMATS."""
    read: Read = import_module(f"pipeline.readers.{FORMATS[ending]}").read
    return read
