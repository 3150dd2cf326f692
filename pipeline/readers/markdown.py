"""Markdown by its grammar: the words without the marks, one line a block."""

from collections.abc import Iterator
from typing import BinaryIO

from pipeline.readers.content import LARGEST, Content, printable
from pipeline.readers.text import decode, plain


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a file of Markdown. Raises Unreadable with the reason."""
    yield plain(_words(printable(decode(file.read(LARGEST + 1)))))


def _words(text: str) -> str:
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
