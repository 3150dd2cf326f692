"""What holds of all that readers make, whatever they are given."""

import math
import re
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path

from models.errors import KhulasaError
from pipeline.corpus import Corpus
from pipeline.document import Document, Failure
from pipeline.flags import FLAGS
from pipeline.glossary import Glossary
from pipeline.harmless import visible
from pipeline.readers import FORMATS, Content, Unreadable, reader
from pipeline.tmx import units
from tests.benchmarks.grammar import TARGETS

LONGEST_MESSAGE = 300
LONGEST_NAME = 4096  # characters of what a file says of itself
MOST_DOCUMENTS = 5000

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PLACES = (sys.prefix, str(Path(__file__).parents[2]), tempfile.gettempdir(), "object at 0x")


class Broken(Exception):
    """A promise that was not kept."""


def read(name: str, data: bytes, folder: Path) -> tuple[int, int]:
    """How many documents a target of the grammar reads and refuses in bytes.

    Raises Broken, and whatever the reader should not have raised. `folder` is for files of those
    that read nothing else.
    """
    ending = TARGETS[name].ending
    if name == "tmx":
        return _told(lambda: sum(1 for _ in units(BytesIO(data))))
    if ending in FORMATS:
        return _told_each(islice(reader(ending)(BytesIO(data)), MOST_DOCUMENTS))
    path = folder / f"input.{ending}"
    path.write_bytes(data)
    if name == "glossary":
        return _told(
            lambda: len(Glossary.read(path).occurrences("فتح الوزير الجسر 大桥 WHO") or "1")
        )
    return _table(path)


def _told(work: Callable[[], int]) -> tuple[int, int]:
    try:
        return work(), 0
    except KhulasaError as error:
        _message(str(error).replace(tempfile.gettempdir(), ""))
        return 0, 1


def _told_each(found: Iterator[Content | Unreadable]) -> tuple[int, int]:
    documents = refused = 0
    try:
        for one in found:
            if isinstance(one, Unreadable):
                _message(one.reason)
                refused += 1
            else:
                _content(one)
                documents += 1
    except Unreadable as error:
        _message(error.reason)
        refused += 1
    if not documents and not refused:
        raise Broken("gives nothing and says nothing")
    return documents, refused


def _table(path: Path) -> tuple[int, int]:
    documents = refused = 0
    for entry in islice(Corpus([str(path)], "ar"), MOST_DOCUMENTS):
        if isinstance(entry.outcome, Failure):
            _message(entry.outcome.reason)
            refused += 1
        else:
            _document(entry.outcome)
            documents += 1
    return documents, refused


def _message(reason: str) -> None:
    if len(reason.splitlines()) != 1 or not reason.strip():
        raise Broken(f"a message of {len(reason.splitlines())} lines")
    if len(reason) >= LONGEST_MESSAGE:
        raise Broken("a message that is too long")
    if visible(reason) != reason:
        raise Broken("a message with unseen characters")
    if found := next((place for place in _PLACES if place in reason), None):
        raise Broken(f"a message with {found}")


def _text(text: str, title: str) -> None:
    if not text.strip():
        raise Broken("an empty text")
    if not unicodedata.is_normalized("NFC", text):
        raise Broken("a text that is not NFC")
    if _CONTROL.search(text):
        raise Broken(f"a text with {_CONTROL.search(text)[0]!a}")  # type: ignore[index]
    if len(title.splitlines()) > 1 or _CONTROL.search(title):
        raise Broken("a title that is no line")
    if not text.startswith(title):
        raise Broken("a text that does not begin with its title")


def _document(document: Document) -> None:
    _text(document.text, document.title)
    for value in (document.id, document.time, document.url, document.lang):
        _name(value or "")


def _name(value: str) -> None:
    if _CONTROL.search(value) or len(value.splitlines()) > 1:
        raise Broken("unseen characters in what the file says of itself")
    if len(value) > LONGEST_NAME:
        raise Broken("too long what the file says of itself")


def _content(content: Content) -> None:
    _text(content.text, content.title)
    for value in (content.id, content.time, content.url, content.lang):
        _name(value)
    filled = sum(bool(line.strip()) for line in content.text.split("\n"))
    if content.blocks and len(content.blocks) != filled:
        raise Broken("blocks that are not the lines")
    if any(not 0 <= block.level <= 99 for block in content.blocks):
        raise Broken("a level out of range")
    if set(content.flags) - set(FLAGS):
        raise Broken("a flag that is none")
    _cues(content)


def _cues(content: Content) -> None:
    before = 0
    for cue in content.cues:
        if not (math.isfinite(cue.begin) and math.isfinite(cue.finish) and cue.begin >= 0):
            raise Broken("a cue at no time")
        if not 0 <= cue.start <= cue.end <= len(content.text):
            raise Broken("a cue out of the text")
        if cue.start < before:
            raise Broken("cues out of order")
        before = cue.start
