"""The lines of HTML as a browser would show them, read as a stream: no tree is built.

A tree of libxml2 ends without a word where elements nest more than 256 deep; a stream does not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.document import Block
from pipeline.readers.content import Unreadable, flat

DEEPEST = 2_000
"""Elements in each other. Old pages that never end a <font> reach some hundreds."""
MOST_TAGS = 300_000
MOST_ENTITIES = 2_000_000
"""More take over five seconds; a book of a million words has some ten thousand."""
MOST_ATTRIBUTES = 1_000_000
"""The parser keeps a hundred bytes of each that is not as it should be."""
LONGEST_TITLE = 1_000
LONGEST = 2**18
"""Characters of a line; what is longer is no paragraph, and is cut between two words."""


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_UNSEEN = _names(
    "script style template title noscript noframes head svg canvas audio video object embed "
    "applet iframe map select datalist option optgroup textarea button progress meter rt rp "
    "annotation annotation-xml"
)
_BLOCKS = _names(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html "
    "legend li main menu nav ol p pre search section summary table tbody td tfoot th "
    "thead tr ul"
)
# What begins in a drawing ends it: the drawing was never ended, and what follows is seen.
_ENDS_DRAWING = _names(
    "blockquote body center dd div dl dt h1 h2 h3 h4 h5 h6 hr li menu ol p pre table ul"
)
_LISTS = _names("ul ol dl menu dir")
_ITEMS = _names("li dd dt")
_CELLS = _names("td th")
_CHROME = _names("nav footer aside dialog")
_ROLES = _names(
    "navigation banner contentinfo complementary search dialog alertdialog menu menubar"
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
# Words in the class or id of what stands around the text on many sites.
_AROUND = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|cookies?|consent|gdpr|related|share|sharing|social|newsletter"
    r"|breadcrumbs?|ads?|advert\w*|sponsored|promo|popup|paywall|menu|sidebar|tags)(?:$|[\s_-])",
    re.I,
)
_WHOLE = frozenset({"html", "body", "main", "article"})

_CLOSED = re.compile(r"<(?!(?:br|hr|img|meta|link|input|col|wbr|area|base)\b)(\w+)([^<>]*)/>", re.I)
_PIECE = 2**16
_MOST_SAID = 200

Place = Literal["text", "around", "chrome"]


PARAGRAPH = Block()


@dataclass(frozen=True, slots=True)
class Line:
    """A line as shown. `linked`: characters of it that lead to another page.

    `place`: within an element of navigation is chrome; around is what only its class says.
    """

    text: str
    block: Block
    linked: int = 0
    place: Place = "text"


@dataclass(frozen=True, slots=True)
class Page:
    """What markup shows, and what it `says` of itself: by the names of meta, lang, canonical.

    `elements` counts tags, `depth` the most in each other.
    """

    lines: tuple[Line, ...]
    title: str
    says: dict[str, str]
    elements: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Element:
    """What holds within an element; in a drawing also what holds `around` it."""

    seen: bool = True
    place: Place = "text"
    block: Block = PARAGRAPH
    lists: int = 0
    linked: bool = False
    verbatim: bool = False
    around: "_Element | None" = None


def shown(markup: str) -> Page:
    """What markup shows. Raises Unreadable where it nests too deep or has too much markup."""
    from lxml import etree

    if markup.count("<") > MOST_TAGS or markup.count("&") > MOST_ENTITIES:
        raise Unreadable(f"has more than {MOST_TAGS:,} tags or {MOST_ENTITIES:,} entities")
    if markup.count("=") > MOST_ATTRIBUTES:
        raise Unreadable(f"has more than {MOST_ATTRIBUTES:,} attributes")
    markup = closed(markup)
    parser = etree.HTMLParser(target=_Stream(), encoding="utf-8", no_network=True)
    parser.feed(b"<!doctype html>")  # where the rest is empty, that is no error
    for start in range(0, len(markup), _PIECE):
        parser.feed(markup[start : start + _PIECE].encode("utf-8", "replace"))
    page: Page = parser.close()
    return page


def closed(markup: str) -> str:
    """Without null characters; elements that XHTML ends where they begin get an end as in HTML."""
    markup = markup.replace("\0", "")
    if not markup[:200].lstrip().startswith("<?xml"):
        return markup
    return _CLOSED.sub(r"<\1\2></\1>", markup)


class _Stream:
    """A target of the parser: what is called for each tag and each piece of text."""

    def __init__(self) -> None:
        self._open = [_Element()]
        self._pieces: list[str] = []
        self._length = self._linked = 0
        self._lines: list[Line] = []
        self._title: list[str] = []
        self._in_title = False
        self._said: dict[str, str] = {}
        self._elements = self._depth = self._drawn = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        self._elements += 1
        self._depth = max(self._depth, len(self._open))
        if len(self._open) > DEEPEST:
            raise Unreadable(f"nests more than {DEEPEST:,} elements in each other")
        if tag in _BLOCKS:
            self._end_line()
        for name, value in _said(tag, attributes):
            if len(self._said) < _MOST_SAID:
                self._said.setdefault(name, value)
        self._drawn += tag == "svg"  # a drawing has a title of its own
        self._in_title = tag == "title" and not self._title and not self._drawn
        here = self._open[-1]
        outer = here.around if here.around and tag in _ENDS_DRAWING else here
        self._open.append(_within(outer, tag, attributes))
        if tag == "q":
            self.data("“")

    def end(self, tag: str) -> None:
        """A tag closes."""
        self._drawn -= tag == "svg"
        self._in_title = False
        if tag == "q":
            self.data("”")
        if tag in _BLOCKS:
            self._end_line()
        if len(self._open) > 1:
            self._open.pop()

    def data(self, text: str) -> None:
        """Text within the innermost open tag."""
        here = self._open[-1]
        if self._in_title:
            self._title.append(text)
        if not here.seen:
            return
        if here.verbatim and "\n" in text:
            *ended, text = text.split("\n")
            for line in ended:
                self._add(line, here)
                self._end_line()
        self._add(text, here)

    def close(self) -> Page:
        """The end of the markup."""
        self._end_line()
        title = flat("".join(self._title))
        title = title if len(title) <= LONGEST_TITLE else ""
        return Page(tuple(self._lines), title, self._said, self._elements, self._depth)

    def _add(self, text: str, here: _Element) -> None:
        if self._length + len(text) > LONGEST:
            fitting, _, text = text.rpartition(" ")
            self._pieces.append(fitting)
            self._end_line()
        self._pieces.append(text)
        self._length += len(text)
        if here.linked:
            self._linked += len("".join(text.split()))

    def _end_line(self) -> None:
        """What was shown since the last line is a line of the innermost open tag."""
        if text := flat("".join(self._pieces)):
            here = self._open[-1]
            self._lines.append(Line(text, here.block, self._linked, here.place))
        self._pieces.clear()
        self._length = self._linked = 0


def _said(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a tag says of the page, by the name under which it says so."""
    if tag in ("html", "body"):
        yield "lang", attributes.get("lang") or attributes.get("xml:lang") or ""
    elif tag == "link" and "canonical" in (attributes.get("rel") or "").lower().split():
        yield "canonical", attributes.get("href") or ""
    elif tag == "script":
        yield "script", "yes"
    elif tag == "meta":
        for key in ("name", "property", "itemprop", "http-equiv"):
            if name := attributes.get(key):
                yield name.strip().lower()[:100], (attributes.get("content") or "")[:2000]


def _within(outer: _Element, tag: str, attributes: Mapping[str, str]) -> _Element:
    """What holds within a tag in another; the same object where nothing is new."""
    if not outer.seen:
        return outer
    if tag in _UNSEEN or _hidden(attributes):
        return replace(outer, seen=False, around=outer if tag == "svg" else None)
    new = outer
    if tag in _BLOCKS:
        new = _placed(new, tag, attributes)
        if block := _block(tag, new):
            new = replace(new, block=block)
    if tag in _LISTS:
        new = replace(new, lists=new.lists + 1)
    elif tag == "pre":
        new = replace(new, verbatim=True)
    elif tag == "a" and not (attributes.get("href") or "#").startswith("#"):
        new = replace(new, linked=True)
    return new


def _placed(outer: _Element, tag: str, attributes: Mapping[str, str]) -> _Element:
    if outer.place == "chrome":
        return outer
    if tag in _CHROME or (attributes.get("role") or "").strip().lower() in _ROLES:
        return replace(outer, place="chrome")
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if tag not in _WHOLE and _AROUND.search(named[:1000]):
        return replace(outer, place="around")
    return outer


def _block(tag: str, outer: _Element) -> Block | None:
    if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        return Block("heading", int(tag[1]))
    if tag in _ITEMS:
        return Block("item", min(max(1, outer.lists), 10))
    if tag in _CELLS:
        return Block("cell")
    return None


def _hidden(attributes: Mapping[str, str]) -> bool:
    style = attributes.get("style")
    if "hidden" in attributes or attributes.get("role") == "doc-backlink":
        return True
    return bool(style and _HIDDEN_STYLE.search(style[:1000]))
