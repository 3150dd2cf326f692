"""Files and streams to documents: decoded, NFC, one line a headline or paragraph.

Nothing of the text is dropped: what cannot be decoded is an error that says where.
"""

import codecs
import os
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from models.errors import KhulasaError
from pipeline.document import Document

# A book of a million words is about 12 MB in UTF-8: what is larger is not one document.
LARGEST = 64 * 2**20
# Where text is wrapped by hand or by a mail program it is at 60 to 80 columns; paragraphs that a
# program writes on one line are longer than this.
WIDEST_WRAP = 120
NARROWEST_WRAP = 40
LONGEST_TITLE = 250
SAMPLE = 10_000  # characters that tell encoding and script

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")


class Unreadable(KhulasaError):
    """An input that is not a readable text document. `reason` is the message without the name."""

    def __init__(self, reason: str, name: str | None = None) -> None:
        super().__init__(reason if name is None else f"{name}: {reason}")
        self.reason = reason


def read(path: Path, lang: str | None = None) -> Document:
    """The document in a .txt or .md file. Raises Unreadable with the reason.

    Where `lang` is not given, a text in Arabic script is taken as Arabic.
    """
    return parse(_bytes(path), name=str(path), lang=lang)


def read_lines(path: Path) -> list[str]:
    r"""The lines of a text file that are not blank, as they stand: NFC, none joined to another.

    A line ends at `\n` and nowhere else. Raises Unreadable with the reason.
    """
    data = _bytes(path)
    try:
        text = unicodedata.normalize("NFC", _printable(_decode(data)))
    except Unreadable as error:
        raise Unreadable(error.reason, str(path)) from error
    return [stripped for line in text.split("\n") if (stripped := line.strip())]


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Unreadable("is a folder; name the files in it", str(path))
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(os.strerror(error.errno or 0).lower(), str(path)) from error


def parse(data: bytes, name: str, lang: str | None = None) -> Document:
    """The document in bytes that came from `name` (`-` for standard input); as `read`."""
    identity = "stdin" if name == "-" else Path(name).stem
    try:
        text = _decode(data)
        if name.lower().endswith((".md", ".markdown")):
            text = _markdown_text(_printable(text))
        return replace(document(text, identity, lang), path=name)
    except Unreadable as error:
        raise Unreadable(error.reason, name) from error


def document(text: str, identity: str, lang: str | None, title: str = "") -> Document:
    """The document that decoded text makes. Raises Unreadable with a reason that names no place.

    `title` stands above the text, to be translated with it, unless the text begins with it.
    """
    if len(text) > LARGEST:
        raise Unreadable(f"larger than {LARGEST >> 20} MB; cut it into documents")
    text = _clean(text)
    if not text:
        raise Unreadable("is empty")
    if title := " ".join(_clean(title).split()):
        text = text if text.startswith(title) else f"{title}\n{text}"
    return Document(identity, lang or _language(text), title or _title(text), text)


def _language(text: str) -> str:
    """Arabic where most letters are Arabic, or where there are no letters to tell by."""
    sample = text[:SAMPLE]
    arabic = sum(map(len, _ARABIC.findall(sample)))
    # Only a text that is not full of Arabic letters is worth the slower count of all letters.
    if arabic * 2 < len(sample) and arabic * 2 < sum(map(str.isalpha, sample)):
        raise Unreadable("is not in Arabic script; name its language, as in --from fr")
    return "ar"


def _decode(data: bytes) -> str:
    """UTF-8, UTF-16 and UTF-32 by their marks, UTF-16 without one, Windows-1256."""
    if len(data) > LARGEST:
        raise Unreadable(f"larger than {LARGEST >> 20} MB; cut it into documents")
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return _strictly(data, marked).removeprefix("\ufeff")
    if unmarked := _unmarked_utf16(data):
        return _strictly(data, unmarked)
    if b"\0" in data:
        raise Unreadable("is binary, not text")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1256") if _is_windows_1256(data) else _strictly(data, "utf-8")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"byte {error.start} (line {line}) is not {encoding.upper()}; save the file as UTF-8"
        ) from error


def _clean(text: str) -> str:
    """NFC without control characters, one line a headline or paragraph; empty where all blank."""
    text = _unwrap(unicodedata.normalize("NFC", _printable(text)))
    return "" if text.isspace() else text


def _printable(text: str) -> str:
    """Stray control characters, terminal escapes among them, become spaces; many mean no text."""
    printable, controls = _CONTROL.subn(" ", text)
    if "\0" in text or controls * 20 > len(text):
        raise Unreadable("is binary, not text")
    return printable


def _unmarked_utf16(data: bytes) -> str | None:
    """Spaces, digits and line ends of any language have a zero byte on one side in UTF-16."""
    even, odd = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
    if max(even, odd) < max(1, len(data[:SAMPLE]) // 40) or min(even, odd) > 0:
        return None
    return "utf-16-be" if even else "utf-16-le"


def _is_windows_1256(data: bytes) -> bool:
    """What is not UTF-8, and what Windows-1256 makes of it is Arabic words.

    Damaged UTF-8 is told apart by its many intact sequences: real Windows-1256 text has nearly
    none by chance.
    """
    damaged = data.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    intact = sum(char > "\x7f" for char in damaged) - broken
    if not broken or intact > broken:
        return False
    letters = [char for char in data.decode("cp1256") if char.isalpha()]
    return sum("\u0621" <= char <= "\u064a" for char in letters) * 2 > len(letters)


def _unwrap(text: str) -> str:
    """Join lines that were broken at a fixed width; other line breaks are kept as they are.

    A program that fills lines breaks where the next word no longer fits. A text is taken as
    wrapped where most of its line breaks are such, at the width of its longest line.
    """
    lines = [line.strip() for line in text.splitlines()]
    width = max(map(len, lines), default=0)
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return "\n".join(lines).strip("\n")
    filled = [_is_filled(line, after, width) for line, after in pairwise(lines)]
    inner = sum(bool(line and after) for line, after in pairwise(lines))
    if sum(filled) < max(3, 0.6 * inner):
        return "\n".join(lines).strip("\n")
    joints = [" " if fill else "\n" for fill in filled]
    return "".join(map("".join, zip(lines, [*joints, ""], strict=True))).strip("\n")


def _is_filled(line: str, after: str, width: int) -> bool:
    return bool(line and after) and len(line) + 1 + len(after.split(maxsplit=1)[0]) > width


def _title(text: str) -> str:
    """The first line, where it is short and something follows it."""
    first, _, rest = text.partition("\n")
    return first if rest.strip() and len(first) <= LONGEST_TITLE else ""


def _markdown_text(text: str) -> str:
    """The words of a Markdown document, without its marks: one line a block."""
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "inline":
            parts = (
                " " if child.type.endswith("break") else child.content
                for child in token.children or ()
            )
            blocks.append("".join(parts).strip())
        elif token.type in ("fence", "code_block", "html_block"):
            blocks.append(token.content.rstrip())
    return "\n\n".join(blocks)
