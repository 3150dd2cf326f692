"""Files and streams to documents: read by their format, named, their language told."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.document import Document
from pipeline.identify import SURE, identify
from pipeline.readers import FORMATS, reader
from pipeline.readers.content import LARGEST, Content, Unreadable, composed, printable
from pipeline.readers.portions import decode

STDIN = "-"
NO_LANGUAGE = "en"  # of numbers and signs alone: what needs no model

_ENDING = re.compile(rf"(?<=.)\.({'|'.join(map(re.escape, FORMATS))})\Z", re.I | re.S)
_MAGIC = (
    (re.compile(rb"%PDF-"), "pdf"),
    (re.compile(rb"PK\x03\x04.{4,200}mimetypeapplication/epub", re.S), "epub"),
    (re.compile(rb"PK\x03\x04.{4,200}mimetypeapplication/vnd.oasis", re.S), "odt"),
    (re.compile(rb"PK\x03\x04"), "docx"),
    (re.compile(rb"\s*<(?:!doctype html|html)\b", re.I), "html"),
    (re.compile(rb"\s*<\?xml|\s*<(?:rss|feed)\b"), "xml"),
    (re.compile(rb"WARC/1\.\d"), "warc"),
    (re.compile(rb"\x1f\x8b"), "warc.gz"),
    (re.compile(rb"(?:\xef\xbb\xbf)?(?:WEBVTT\s|\s*\d+\r?\n\d\d:\d\d:\d\d,\d{3} -->)"), "srt"),
    # Mail begins with headers, among them at least one that only mail has.
    (
        re.compile(
            rb"(?:[!-9;-~]+:.*\n(?:[ \t].*\n)*){0,40}?"
            rb"(?:MIME-Version|Message-ID|Received|Return-Path|DKIM-Signature):",
            re.I,
        ),
        "eml",
    ),
)


def read(path: Path, lang: str | None = None) -> Document:
    """The one document in a file, taken as text where the name does not say otherwise.

    Where `lang` is not given, it is told from the text. Raises Unreadable with the reason, also
    where the file holds several documents.
    """
    documents = read_each(path, lang)
    first = next(documents)
    if isinstance(first, Unreadable):
        raise first
    if next(documents, None) is not None:
        raise Unreadable("holds several documents; read it with read_each", str(path))
    return first


def read_each(
    path: Path, lang: str | None = None, identity: str | None = None
) -> Iterator[Document | Unreadable]:
    """Every document in a file, or why one cannot be read: what ends the file early comes last.

    Where documents have no id of their own they get `identity`, the name of the file if None.
    """
    try:
        if path.is_dir():
            raise Unreadable("is a folder; name the files in it", str(path))
        with path.open("rb") as file:
            yield from each(file, str(path), lang, identity)
    except Unreadable as error:
        yield error
    except OSError as error:
        yield Unreadable(os.strerror(error.errno or 0).lower(), str(path))


def each(
    file: BinaryIO, name: str, lang: str | None = None, identity: str | None = None
) -> Iterator[Document | Unreadable]:
    """Every document in what came from `name`, STDIN where it has none; as `read_each`.

    `file` can be sought in. Its format is told by the name, without one by how it begins.
    """
    kind = _kind_of_stream(file) if name == STDIN else ending(name) or "txt"
    identity = identity or ("stdin" if name == STDIN else stem(Path(name).name))
    try:
        for number, found in enumerate(reader(kind)(file), 1):
            if isinstance(found, Unreadable):
                yield Unreadable(found.reason, name)
            else:
                usual = identity if number == 1 else f"{identity}:{number}"
                yield document(found, found.id or usual, lang, name)
    except Unreadable as error:
        yield Unreadable(error.reason, name)


def document(found: Content, identity: str, lang: str | None, path: str | None = None) -> Document:
    """The document that content makes; its language is told from the text where it is not given."""
    guess = None if lang else identify(found.text, found.lang)
    unsure = guess is not None and guess.score < SURE
    return Document(
        identity,
        lang or (guess.lang if guess else "") or NO_LANGUAGE,
        found.title,
        found.text,
        path,
        round(guess.score, 3) if guess else None,
        time=found.time or None,
        flags=(*found.flags, *(["unsure-language"] * unsure)),
        url=found.url or None,
        blocks=found.blocks,
        cues=found.cues,
    )


def ending(name: str) -> str | None:
    """The ending of a file's name, a key of `readers.FORMATS`; None where it has none of them."""
    found = _ENDING.search(name)
    return found[1].lower() if found else None


def stem(name: str) -> str:
    """The name of a file without its ending."""
    return _ENDING.sub("", name)


def _kind_of_stream(file: BinaryIO) -> str:
    head = file.read(1024)
    file.seek(0)
    return next((kind for magic, kind in _MAGIC if magic.match(head)), "txt")


def read_lines(path: Path) -> list[str]:
    r"""The lines of a text file that are not blank, as they stand: NFC, none joined to another.

    A line ends at `\n` and nowhere else. Raises Unreadable with the reason.
    """
    try:
        with path.open("rb") as file:
            text = composed(printable(decode(file.read(LARGEST + 1))))
    except Unreadable as error:
        raise Unreadable(error.reason, str(path)) from error
    except OSError as error:
        raise Unreadable(os.strerror(error.errno or 0).lower(), str(path)) from error
    return [stripped for line in text.split("\n") if (stripped := line.strip())]
