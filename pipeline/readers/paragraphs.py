"""Paragraphs that stand in each other, as those of a text box do, to lines one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.document import Block
from pipeline.readers.content import Unreadable

DEEPEST = 50
LARGEST_PARAGRAPH = 2**22
LARGEST_TEXT = 2**24
MOST_PARAGRAPHS = 400_000
"""Characters, and paragraphs: a book of a million words has half as many, or a fourth."""

Line = tuple[str, Block]


@dataclass(slots=True)
class _Paragraph:
    block: Block
    pieces: list[str] = field(default_factory=list)
    within: list[Line] = field(default_factory=list)
    length: int = 0


class Paragraphs:
    """What is open, the innermost last. A line is told when its outermost paragraph ends.

    Raises Unreadable for too much text.
    """

    def __init__(self) -> None:
        self._open: list[_Paragraph] = []
        self._length = self._number = 0

    def begin(self, block: Block) -> None:
        """A paragraph opens."""
        if len(self._open) == DEEPEST:
            raise Unreadable(f"nests more than {DEEPEST} paragraphs in each other")
        self._number += 1
        if self._number > MOST_PARAGRAPHS:
            raise Unreadable(
                f"holds more than {MOST_PARAGRAPHS:,} paragraphs; cut it into documents"
            )
        self._open.append(_Paragraph(block))

    def become(self, block: Block) -> None:
        """What is known of the innermost paragraph after it opened."""
        if self._open:
            self._open[-1].block = block

    @property
    def block(self) -> Block:
        """What the innermost paragraph is."""
        return self._open[-1].block if self._open else Block()

    def add(self, text: str) -> None:
        """Text of the innermost paragraph; text that stands in none is no text of a document."""
        if not self._open:
            return
        self._length += len(text)
        last = self._open[-1]
        last.length += len(text)
        if last.length > LARGEST_PARAGRAPH or self._length > LARGEST_TEXT:
            raise Unreadable("holds more text than 16 million characters, or 4 in one paragraph")
        last.pieces.append(text)

    def end(self) -> Iterator[Line]:
        """The innermost paragraph closes. The lines that are complete with it."""
        lines = self.end_apart()
        if self._open:
            self._open[-1].within += lines
        else:
            yield from lines

    def end_apart(self) -> list[Line]:
        """The innermost paragraph closes. Its lines, which do not stand where it stood."""
        last = self._open.pop()
        text = "".join(last.pieces)
        return [*([] if not text or text.isspace() else [(text, last.block)]), *last.within]


def in_cell(block: Block) -> Block:
    """What a paragraph is where it stands in a table."""
    return block if block.kind == "heading" else replace(block, kind="cell", level=0)
