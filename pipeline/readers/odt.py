"""OpenDocument text: body, text boxes, notes, headers and footers, each once."""

from collections.abc import Iterator
from typing import BinaryIO

from pipeline.document import Block
from pipeline.readers.about import About, about
from pipeline.readers.content import Content, Unreadable, content, flat
from pipeline.readers.disguise import packed
from pipeline.readers.packed import Packed
from pipeline.readers.paragraphs import Line, Paragraphs, in_cell
from pipeline.readers.stream import Event, events, without

# What is deleted, commented, hidden under another cell, or a description of a picture.
_UNSEEN = frozenset(
    {
        *("text:tracked-changes", "text:note-citation", "text:ruby-text", "text:hidden-text"),
        *("text:hidden-paragraph", "office:annotation", "office:forms", "office:binary-data"),
        *("table:covered-table-cell", "svg:title", "svg:desc", "desc", "title"),
        *("text:table-of-content-source", "text:illustration-index-source"),
        *("text:table-index-source", "text:object-index-source", "text:user-index-source"),
        *("text:alphabetical-index-source", "text:bibliography-source"),
    }
)
_PARAGRAPHS = frozenset({"text:p", "text:h"})
_BREAKS = frozenset({"text:s", "text:tab", "text:line-break"})
_MARGINS = frozenset({"header", "footer", "header-left", "footer-left", "header-first"})
_AROUND = frozenset({f"style:{name}" for name in _MARGINS} | {"style:footer-first"})


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of an OpenDocument text. Raises Unreadable with the reason."""
    archive = packed(file, "odt")
    _require_open(archive)
    says = about(archive, "meta.xml") if "meta.xml" in archive.names else About()
    body = _Reading()
    lines = [*body.lines(archive, "content.xml", frozenset({"office:text"})), *body.notes]
    lines += _around(archive)
    yield content(lines, title=body.title or says.title, lang=says.lang, time=says.time)


def _require_open(archive: Packed) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest not in archive.names:
        return
    if any(event.value == "encryption-data" for event in events(archive.chunks(manifest))):
        raise Unreadable("is encrypted; save it without a password")


def _around(archive: Packed) -> Iterator[Line]:
    """Headers and footers, those with words, each once."""
    if "styles.xml" not in archive.names:
        return
    said: set[str] = set()
    for text, block in _Reading().lines(archive, "styles.xml", _AROUND):
        if flat(text) not in said and any(map(str.isalpha, text)):
            said.add(flat(text))
            yield text, block


class _Reading:
    """One part of the file, and what holds at the place that was reached."""

    def __init__(self) -> None:
        self.title = ""
        self.notes: list[Line] = []
        self._paragraphs = Paragraphs()
        self._bases: dict[str, str] = {}
        self._lists: list[int] = [0]  # in the body, and in each note
        self._cells = self._seen = 0

    def lines(self, archive: Packed, path: str, seen: frozenset[str]) -> Iterator[Line]:
        """The lines of a part within the tags that are `seen`, in order; `notes` come to be."""
        for event in without(events(archive.chunks(path)), _UNSEEN):
            if event.value in seen and event.kind != "text":
                self._seen += 1 if event.kind == "start" else -1
            elif event.kind == "start" and event.value == "style:style":
                self._style(event)
            elif not self._seen:
                continue
            elif event.kind == "text":
                self._paragraphs.add(event.value)
            elif event.kind == "start":
                self._start(event)
            else:
                yield from self._end(event.value)

    def _style(self, event: Event) -> None:
        said = event.attributes
        self._bases[said.get("name", "")] = said.get("parent-style-name", "")

    def _start(self, event: Event) -> None:
        name = event.value
        if name in _PARAGRAPHS:
            self._paragraphs.begin(self._block(event))
        elif name in _BREAKS:
            self._paragraphs.add(" ")
        elif name == "text:list":
            self._lists[-1] += 1
        elif name == "table:table-cell":
            self._cells += 1
        elif name == "text:note-body":
            self._lists.append(0)

    def _block(self, event: Event) -> Block:
        style = event.attributes.get("style-name", "")
        if "Title" in (style, self._bases.get(style)):
            block = Block("heading", 0)
        elif event.value == "text:h":
            block = Block("heading", _level(event.attributes.get("outline-level", "")))
        elif self._lists[-1]:
            block = Block("item", self._lists[-1])
        else:
            block = Block()
        return in_cell(block) if self._cells else block

    def _end(self, name: str) -> Iterator[Line]:
        if name in _PARAGRAPHS:
            if len(self._lists) > 1:
                self.notes += self._paragraphs.end_apart()
            else:
                yield from map(self._known, self._paragraphs.end())
        elif name == "text:list":
            self._lists[-1] = max(0, self._lists[-1] - 1)
        elif name == "table:table-cell":
            self._cells = max(0, self._cells - 1)
        elif name == "text:note-body" and len(self._lists) > 1:
            self._lists.pop()

    def _known(self, line: Line) -> Line:
        text, block = line
        if block != Block("heading", 0):
            return line
        self.title = self.title or text
        return text, Block("heading", 1)


def _level(value: str) -> int:
    return min(int(value), 10) if value.isdecimal() and 0 < len(value) < 4 and int(value) else 1
