"""XML as a stream of tags and text: no tree is built, no entity expanded, nothing fetched."""

from collections.abc import Iterable, Iterator, Mapping
from html.entities import html5
from typing import Any, Literal, NamedTuple

from pipeline.readers.content import Unreadable

DEEPEST = 1000
"""Elements in each other. Office documents reach some dozens, with tables in tables."""

LARGEST_TAG = 2**20
"""Bytes of one tag or comment, which older versions of expat read again with every chunk."""

NAMESPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w:",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w:",
    # Text in drawings has the tags of text in documents: paragraphs p, runs r, text t.
    "http://schemas.openxmlformats.org/drawingml/2006/main": "w:",
    "http://purl.oclc.org/ooxml/drawingml/main": "w:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office:",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text:",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table:",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style:",
    "urn:oasis:names:tc:opendocument:xmlns:meta:1.0": "meta:",
    "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0": "svg:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
}
"""The prefixes by which readers know the names of tags; names of other namespaces have none."""


class Event(NamedTuple):
    """A tag that opens or closes, by its name, or text. `attributes` have local names."""

    kind: Literal["start", "end", "text"]
    value: str
    attributes: Mapping[str, str] = {}


def events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The events of one XML file. Raises Unreadable where it is broken or made to do harm."""
    from xml.parsers import expat

    reading = _Reading(expat.ParserCreate(namespace_separator=" "))
    try:
        for chunk in chunks:
            yield from reading.feed(chunk, last=False)
        yield from reading.feed(b"", last=True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable("holds XML that is broken; get it again from where it came") from error


class _Reading:
    """The parser with what it found in one chunk."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser
        self._found: list[Event] = []
        self._depth = self._fed = 0
        parser.buffer_text = True
        # Names as &nbsp; are defined in files elsewhere, which are not fetched.
        parser.UseForeignDTD(True)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _refuse
        parser.SkippedEntityHandler = self._skipped

    def feed(self, chunk: bytes, *, last: bool) -> list[Event]:
        self._found = []
        self._parser.Parse(chunk, last)
        self._fed += len(chunk)
        if self._fed - max(0, self._parser.CurrentByteIndex) > LARGEST_TAG:
            raise Unreadable(f"holds a tag of more than {LARGEST_TAG >> 20} MB")
        return self._found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable(f"nests more than {DEEPEST:,} elements in each other")
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._found.append(Event("start", _short(name), local))

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._found.append(Event("end", _short(name)))

    def _text(self, text: str) -> None:
        self._found.append(Event("text", text))

    def _skipped(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self._text(html5.get(f"{name};", f"&{name};"))


def _refuse(*_: object) -> None:
    raise Unreadable("defines entities, which no document needs; it is not read")


def _short(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return NAMESPACES.get(space, "") + local


def without(found: Iterator[Event], unseen: frozenset[str]) -> Iterator[Event]:
    """The events that are not within one of the `unseen` tags."""
    depth = 0
    for event in found:
        if depth or (event.kind == "start" and event.value in unseen):
            depth += {"start": 1, "end": -1, "text": 0}[event.kind]
        else:
            yield event
