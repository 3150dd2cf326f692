"""What a reader makes of a file: clean text, one line a headline or paragraph, and what each is."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from models.errors import KhulasaError
from pipeline.document import Block, Cue

# A book of a million words is about 12 MB in UTF-8: what is larger is not one document.
LARGEST = 64 * 2**20
LONGEST_TITLE = 250  # characters of a line that is no heading

LONGEST_SAID = 2000  # characters of an address, an id, a time

MOST_MARKS = 64

_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(KhulasaError):
    """An input that is not a readable document. `reason` is the message without the name."""

    def __init__(self, reason: str, name: str | None = None) -> None:
        super().__init__(reason if name is None else f"{name}: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Content:
    """One document in a file, read but not yet named.

    `text` is NFC and begins with the title where there is one; `blocks` tells of each line of it
    that is not blank what it is, or is empty where the file does not say. `lang` is what the file
    says of its language, for nobody to trust; `time`, `url` and `id` are as the file gives them.
    `cues` are of subtitles: spans of `text`, in order.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    title: str = ""
    lang: str = ""
    time: str = ""
    url: str = ""
    id: str = ""
    cues: tuple[Cue, ...] = ()
    flags: tuple[str, ...] = ()


def content(lines: Iterable[tuple[str, Block]], title: str = "", **about: Any) -> Content:
    """The content of lines as they stand in a file: cleaned, blank ones left out.

    A title that is not the first line is set above it. Without one the first line is it, where it
    is a heading, or short and above others. Raises Unreadable where nothing is left or where there
    is too much.
    """
    given = [(flat(text), block) for text, block in lines]
    kept = [(text, block) for text, block in given if text]
    if not kept:
        raise Unreadable("holds no text")
    title = flat(title)
    if title and kept[0][0] != title:
        kept.insert(0, (title, Block("heading", 1)))
    if sum(len(text) + 1 for text, _ in kept) > LARGEST:
        raise Unreadable(TOO_LARGE)
    title = title or _title(*kept[0], alone=len(kept) == 1)
    text = "\n".join(text for text, _ in kept)
    told: dict[str, Any] = {
        name: _told(value) if isinstance(value, str) else value for name, value in about.items()
    }
    return Content(text, tuple(block for _, block in kept), title, **told)


def _told(value: str) -> str:
    """What a file says of itself, on one line; what is longer than any name or address is none."""
    line = flat(value)
    return line if len(line) <= LONGEST_SAID else ""


def _title(first: str, block: Block, alone: bool) -> str:
    above = block.kind == "paragraph" and not alone and len(first) <= LONGEST_TITLE
    return first if block.kind == "heading" or above else ""


TOO_LARGE = f"larger than {LARGEST >> 20} MB; cut it into documents"


def flat(text: str) -> str:
    """The text on one line: NFC, no control characters, single spaces."""
    whole = _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))
    return " ".join(composed(whole).split())


def composed(text: str) -> str:
    """The text as NFC. Raises Unreadable where no language stacks so many marks.

    Marks in a row are put in order in the square of their number: a minute for a small file.
    """
    sparse = map(unicodedata.combining, text[::MOST_MARKS])  # every such run is met twice
    for number, (one, other) in enumerate(pairwise(sparse)):
        run = text[number * MOST_MARKS : (number + 1) * MOST_MARKS] if one and other else ""
        if run and all(map(unicodedata.combining, run)):
            raise Unreadable(f"holds over {MOST_MARKS} combining marks in a row; it is no text")
    return unicodedata.normalize("NFC", text)


def printable(text: str) -> str:
    """Stray control characters, terminal escapes among them, become spaces; many mean no text."""
    cleaned, controls = without_controls(text)
    require_text(len(text), controls)
    return cleaned


def without_controls(text: str) -> tuple[str, int]:
    """Text with spaces for stray control characters, and how many these were."""
    if "\0" in text:
        raise Unreadable("is binary, not text")
    return _CONTROL.subn(" ", text)


def require_text(length: int, controls: int) -> None:
    """Raises Unreadable where so many control characters mean no text."""
    if controls * 20 > length:
        raise Unreadable("is binary, not text")
