"""Electronic books: the chapters in the order in which they are read, each with its structure."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import unquote

from pipeline.readers.about import about
from pipeline.readers.content import Content, Unreadable, content
from pipeline.readers.disguise import packed
from pipeline.readers.encoding import decode
from pipeline.readers.markup import shown
from pipeline.readers.packed import Packed
from pipeline.readers.paragraphs import Line
from pipeline.readers.stream import Event, events

LARGEST_CHAPTER = 16 * 2**20
MOST_CHAPTERS = 5000

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_MARKUP = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document", ""})
# Fonts that are scrambled so that nobody takes them out of the book: no protection of text.
_SCRAMBLED = frozenset(
    {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"},
)
_SAME = re.compile(r"[\W_]+")


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a book. Raises Unreadable with the reason."""
    archive = packed(file, "epub")
    _require_open(archive)
    package = _package(archive)
    says = about(archive, package)
    lines = [line for path in _chapters(archive, package) for line in _lines(archive, path)]
    yield content(lines, title=_as_shown(says.title, lines), lang=says.lang, time=says.time)


def _require_open(archive: Packed) -> None:
    if _ENCRYPTION not in archive.names:
        return
    for event in events(archive.chunks(_ENCRYPTION)):
        method = event.attributes.get("Algorithm")
        if event.value == "EncryptionMethod" and method and method not in _SCRAMBLED:
            raise Unreadable("is protected against copying (DRM); get it without protection")


def _package(archive: Packed) -> str:
    for event in events(archive.chunks(_CONTAINER)):
        path = event.attributes.get("full-path") if event.value == "rootfile" else None
        if path:
            return path
    raise Unreadable("names no book in its container; get it again from where it came")


@dataclass(slots=True)
class _Parts:
    """The parts of a book that are text, by id, and the ids in the order of reading."""

    paths: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def take(self, event: Event, folder: str) -> None:
        said = event.attributes
        if event.value == "item" and said.get("media-type", "").strip() in _MARKUP:
            # The table of contents says only what the headings say.
            if "nav" not in said.get("properties", "").split():
                path = unquote(said.get("href", "").partition("#")[0])
                self.paths[said.get("id", "")] = posixpath.normpath(posixpath.join(folder, path))
        elif event.value == "itemref":
            self.order.append(said.get("idref", ""))


def _chapters(archive: Packed, package: str) -> list[str]:
    """The paths of the chapters, each once, in order."""
    parts = _Parts()
    for event in events(archive.chunks(package)):
        if event.kind == "start":
            parts.take(event, posixpath.dirname(package))
    paths = dict.fromkeys(parts.paths[one] for one in parts.order if one in parts.paths)
    if len(paths) > MOST_CHAPTERS:
        raise Unreadable(f"holds more than {MOST_CHAPTERS:,} chapters; cut it into documents")
    return list(paths)


def _lines(archive: Packed, path: str) -> Iterator[Line]:
    markup = decode(archive.read(path, LARGEST_CHAPTER))
    for line in shown(markup).lines:
        yield line.text, line.block


def _as_shown(title: str, lines: list[Line]) -> str:
    """The title as it begins the book, where that differs from what is said only in signs."""
    first = lines[0][0] if lines else ""
    return first if _SAME.sub("", first) == _SAME.sub("", title) else title
