"""Word files (Office Open XML): body, text boxes, notes, headers and footers, each once."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from pipeline.document import Block
from pipeline.readers.about import About, about
from pipeline.readers.content import Content, content, flat
from pipeline.readers.disguise import packed
from pipeline.readers.packed import Packed
from pipeline.readers.paragraphs import Line, Paragraphs, in_cell
from pipeline.readers.stream import Event, events, without

TITLE = Block("heading", 1)

# What is deleted, moved away or said twice: alternatives for older programs, and readings of
# characters that stand above them.
_UNSEEN = frozenset({"w:del", "w:moveFrom", "mc:Fallback", "w:rt"})
_BREAKS = frozenset({"w:tab", "w:br", "w:cr", "w:ptab"})
# What comes after the body, in this order. A note that only parts notes from text has a type.
_AFTER = ("diagramData", "footnotes", "endnotes", "header", "footer")
_ONCE = frozenset({"header", "footer"})
_OFF = frozenset({"0", "false", "off", "none"})


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a Word file. Raises Unreadable with the reason."""
    archive = packed(file, "docx")
    main = next((path for kind, path in _related(archive, "") if kind == "officeDocument"), "")
    main = main or "word/document.xml"
    parts = _related(archive, main)
    styles = next((_styles(archive, path) for kind, path in parts if kind == "styles"), {})
    says = next(
        (about(archive, path) for kind, path in _related(archive, "") if kind == "core-properties"),
        About(),
    )
    reading = _Reading(styles)
    lines = [*reading.lines(archive, main), *_after(archive, parts, styles)]
    flags = ("attachments",) if any(kind == "aFChunk" for kind, _ in parts) else ()
    yield content(
        lines, title=reading.title or says.title, lang=says.lang, time=says.time, flags=flags
    )


def _after(archive: Packed, parts: list[tuple[str, str]], styles: dict[str, Block]) -> list[Line]:
    """The lines of what stands around the body; of headers and footers each only once."""
    found: list[Line] = []
    said: set[str] = set()
    for wanted in _AFTER:
        for kind, path in parts:
            if kind != wanted:
                continue
            for line in _Reading(styles).lines(archive, path):
                text = flat(line[0])
                if kind in _ONCE and (text in said or not any(map(str.isalpha, text))):
                    continue
                said.add(text)
                found.append(line)
    return found


class _Reading:
    """One part of the file, and what holds at the place that was reached."""

    def __init__(self, styles: dict[str, Block]) -> None:
        self.title = ""
        self._styles = styles
        self._paragraphs = Paragraphs()
        self._cells = 0
        self._in_run = self._in_text = self._hidden = False

    def lines(self, archive: Packed, path: str) -> Iterator[Line]:
        """The lines of a part, in order."""
        for event in without(events(archive.chunks(path)), _UNSEEN):
            if event.kind == "text":
                if self._in_text and not self._hidden:
                    self._paragraphs.add(event.value)
            elif event.kind == "start":
                self._start(event)
            else:
                yield from self._end(event.value)

    def _start(self, event: Event) -> None:
        name, value = event.value, event.attributes.get("val", "")
        if name in ("w:t", "m:t"):
            self._in_text = True
        elif name == "w:p":
            self._paragraphs.begin(Block())
        elif name == "w:tc":
            self._cells += 1
        elif name == "w:r":
            self._in_run, self._hidden = True, False
        elif name == "w:vanish" and self._in_run:
            self._hidden = value not in _OFF
        elif name in _BREAKS:
            # The stops of tabs are tags of the same name, in what is said of a paragraph.
            self._paragraphs.add(" " if self._in_run or name != "w:tab" else "")
        elif name == "w:noBreakHyphen":
            self._paragraphs.add("\u2011")
        else:
            self._style(name, value)

    def _style(self, name: str, value: str) -> None:
        block = self._paragraphs.block
        if name == "w:pStyle":
            self._paragraphs.become(self._styles.get(value, block))
        elif name == "w:outlineLvl" and value.isdecimal() and int(value) < 9:
            self._paragraphs.become(Block("heading", int(value) + 1))
        elif name == "w:ilvl" and block.kind != "heading":
            self._paragraphs.become(Block("item", _level(value)))
        elif name == "w:numId" and value == "0" and block.kind == "item":
            self._paragraphs.become(Block())
        elif name == "w:numId" and block.kind == "paragraph":
            self._paragraphs.become(Block("item", 1))

    def _end(self, name: str) -> Iterator[Line]:
        if name in ("w:t", "m:t"):
            self._in_text = False
        elif name == "w:r":
            self._in_run = self._hidden = False
        elif name == "w:tc":
            self._cells = max(0, self._cells - 1)
        elif name == "w:p":
            if self._cells:
                self._paragraphs.become(in_cell(self._paragraphs.block))
            for text, block in self._paragraphs.end():
                if block.kind == "heading" and block.level == 0:
                    self.title, block = self.title or text, TITLE
                yield text, block


def _related(archive: Packed, part: str) -> list[tuple[str, str]]:
    """The parts that a part names: the last word of what they are, and their paths."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.names:
        return []
    found = []
    for event in events(archive.chunks(path)):
        said = event.attributes
        if event.value != "Relationship" or not said or said.get("TargetMode") == "External":
            continue
        target = posixpath.normpath(posixpath.join("/", folder, said.get("Target", "")))
        kind = said.get("Type", "").rpartition("/")[2]
        if target[1:] in archive.names:
            found.append((kind, target.lstrip("/")))
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says: the one that it stands on, and what its paragraphs are."""

    name: str = ""
    base: str = ""
    block: Block | None = None


def _styles(archive: Packed, path: str) -> dict[str, Block]:
    """What the paragraphs of each style are, by its id. A heading of level 0 is the title."""
    found: dict[str, _Style] = {}
    here = ""
    for event in events(archive.chunks(path)):
        value = event.attributes.get("val", "")
        if event.kind != "start":
            continue
        if event.value == "w:style":
            here = event.attributes.get("styleId", "")
            found[here] = _Style()
        elif here:
            found[here] = _told(found[here], event.value, value)
    return {style: block for style in found if (block := _of_style(found, style))}


def _told(style: _Style, name: str, value: str) -> _Style:
    if name == "w:name":
        named = _by_name(value.lower())
        return replace(style, name=value, block=named or style.block)
    if name == "w:basedOn":
        return replace(style, base=value)
    if name == "w:outlineLvl" and value.isdecimal() and int(value) < 9:
        return replace(style, block=style.block or Block("heading", int(value) + 1))
    if name in ("w:ilvl", "w:numId") and value != "0" and style.block is None:
        return replace(style, block=Block("item", _level(value) if name == "w:ilvl" else 1))
    return style


def _by_name(name: str) -> Block | None:
    """Built-in styles have their English names in every language; only the ids are translated."""
    head, _, level = name.rpartition(" ")
    if head == "heading" and level.isdecimal():
        return Block("heading", _level(level) - 1)
    return Block("heading", 0) if name == "title" else None


def _of_style(styles: dict[str, _Style], style: str) -> Block | None:
    """What a style says itself, or the first that it stands on."""
    seen: set[str] = set()
    while style in styles and style not in seen:
        seen.add(style)
        if block := styles[style].block:
            return block
        style = styles[style].base
    return None


def _level(value: str) -> int:
    """A level counted from 0, as one of 1 to 10."""
    return min(int(value), 9) + 1 if value.isdecimal() and len(value) < 4 else 1
