"""Markdown by its grammar: the words without the marks, one line a block, and what each is."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from pipeline.document import Block
from pipeline.readers.about import iso
from pipeline.readers.content import (
    LONGEST_TITLE,
    Content,
    Unreadable,
    content,
    flat,
    printable,
)
from pipeline.readers.portions import decode
from pipeline.readers.text import read as as_text

if TYPE_CHECKING:
    from markdown_it.token import Token

DEEPEST = 20
"""Blocks in each other: the limit of the grammar's own library, which leaves the rest out."""

LARGEST_PARSED = 2**18
MOST_BRACKETS = 10_000
"""Characters, and brackets in them: the time of the parser grows with their square."""

_LISTS = {"bullet_list_open": 1, "ordered_list_open": 1} | {
    "bullet_list_close": -1,
    "ordered_list_close": -1,
}
# A key with a value on its line or a list below; no other forms of YAML.
_KEY = r"[A-Za-z][\w-]{0,40}:(?:[ \t]+[^\s|>&*!{][^\r\n]*|[ \t]*)"
_ENTRY = r"[ \t]*-[ \t]+[^\s-][^\r\n]*"
_FRONT = re.compile(rf"---[ \t]*\r?\n((?:(?:{_KEY}|{_ENTRY})\r?\n){{1,50}})---[ \t]*(?:\r?\n|\Z)")
_VERBATIM = frozenset({"fence", "code_block", "html_block"})


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a file of Markdown; of a very large one the text with its marks.

    Raises Unreadable with the reason.
    """
    data = file.read(4 * LARGEST_PARSED + 1)  # no encoding takes more for a character
    text = decode(data) if len(data) <= 4 * LARGEST_PARSED else ""
    if not text or len(text) > LARGEST_PARSED or text.count("[") > MOST_BRACKETS:
        yield from as_text(file)
        return
    said, body = _front(printable(text))
    lines = [(flat(text), block) for text, block in _lines(body)]
    lines = [line for line in lines if line[0]]
    first = lines[0][0] if lines[1:] and len(lines[0][0]) <= LONGEST_TITLE else ""
    yield content(
        lines,
        title=said.get("title", "") or first,
        lang=said.get("lang", "") or said.get("language", ""),
        time=iso(said.get("date", "")),
    )


def _front(text: str) -> tuple[dict[str, str], str]:
    """What is said above the text of it, as site generators have it, and the text.

    Only plain keys with values or lists are taken for such; all else is text.
    """
    found = _FRONT.match(text)
    if not found:
        return {}, text
    pairs = (line.partition(":") for line in found[1].splitlines())
    said = {key.strip().lower(): flat(value).strip("\"'") for key, _, value in pairs}
    return said, text[found.end() :]


def _lines(text: str) -> Iterator[tuple[str, Block]]:
    from markdown_it import MarkdownIt

    block, lists = Block(), 0
    grammar = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table")
    for token in grammar.parse(text):
        if token.level >= DEEPEST - 1:  # what is deeper is left out without a word
            raise Unreadable(f"nests more than {DEEPEST} blocks in each other")
        lists += _LISTS.get(token.type, 0)
        if token.type == "heading_open":
            block = Block("heading", int(token.tag[1:]))
        elif token.type in ("th_open", "td_open"):
            block = Block("cell")
        elif token.type == "paragraph_open":
            block = Block("item", lists) if lists else Block()
        elif token.type == "inline":
            yield _words(token), block
        elif token.type in _VERBATIM:
            yield from ((line, Block()) for line in token.content.splitlines())


def _words(token: "Token") -> str:
    """The text of a paragraph without its marks, on one line."""
    parts = (
        " " if child.type.endswith("break") else child.content for child in token.children or ()
    )
    return "".join(parts)
