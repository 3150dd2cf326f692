"""Web pages: the main text by trafilatura, its structure from the page itself.

The extractor decides what of a page is its text. It also drops and joins pieces, so its words only
mark lines of the page: from the first marked line to the last, all is read that is no navigation.
A page that leads nowhere has no navigation, and is read as a whole.
"""

import logging
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from pipeline.document import Block
from pipeline.readers.content import (
    LARGEST,
    TOO_LARGE,
    Content,
    Unreadable,
    content,
    flat,
    printable,
)
from pipeline.readers.encoding import decode
from pipeline.readers.markup import LONGEST_TITLE, Line, Page, closed, shown

SAMPLE = 10_000  # characters that tell text from binary data
# What the extractor is given: its time grows faster than the page, and the tree that it works on
# ends at a depth of 256. Larger pages are read as a whole.
MOST_ELEMENTS = 10_000
MOST_CHARACTERS = 300_000
LARGEST_MARKUP = 4_000_000
LONGEST_ATTRIBUTE = 1_000
DEEPEST = 250

LARGEST_PAGE = 32 * 2**20
"""Bytes of markup without its pictures, and of it in memory: reading it takes six times as much."""

FEWEST_LINKS = 3  # lines that lead away, where there is navigation
PROSE = 40  # characters; what is shorter may be a label or a date
TELLING = 25  # letters; what is shorter may stand in a text by chance
# Where the extractor marks less than this of a page's prose, it took a part for the whole.
LEAST_SHARE = 1 / 3
_TOP = 12  # lines in which a title stands that the page shows

_DATES = (
    "article:published_time",
    "datepublished",
    "dcterms.created",
    "dcterms.date",
    "dc.date.issued",
    "dc.date",
    "date",
    "created",
    "parsely-pub-date",
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?", re.A)
_UNSEEN = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SITE = re.compile(r"\s+[-–—|:•·«»]\s+")  # between a headline and the name of its site
_PICTURE = re.compile(r"data:[\w/+.-]{1,100};base64,[A-Za-z0-9+/=]{200,}")
# Pages that a browser saves in one file hold their pictures so.
_PICTURES = re.compile(rb"data:[\w/+.-]{1,100};base64,[A-Za-z0-9+/=]{200,}")
_SPACES = re.compile(r"\s{8,}")  # its patterns take the square of the length of these
_MUCH = f"holds more than {LARGEST_PAGE >> 20} MB of markup; cut it into documents"
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}", re.I)


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a web page. Raises Unreadable with the reason."""
    yield page(unpictured(file.read(LARGEST + 1)))


def unpictured(data: bytes, charset: str = "") -> str:
    """The markup in bytes of a `charset`, without pictures. Raises Unreadable for too much."""
    if len(data) > LARGEST:
        raise Unreadable(TOO_LARGE)
    data = _PICTURES.sub(b"", data) if len(data) > LARGEST_MARKUP else data
    if len(data) > LARGEST_PAGE:
        raise Unreadable(_MUCH)
    return decode(data, charset)


def page(markup: str, url: str = "", time: str = "") -> Content:
    """The main text of a page; `url` and `time` hold where it does not tell its own.

    Raises Unreadable with the reason.
    """
    if sys.getsizeof(markup) > LARGEST_PAGE:
        raise Unreadable(_MUCH)
    printable(markup[:SAMPLE].replace("\0", "\1"))
    found = shown(markup)
    if not found.lines:
        scripted = "script" in found.says
        raise Unreadable(
            "shows no text before its scripts are run; save it from a browser, or as PDF"
            if scripted
            else "holds no text"
        )
    extracted = _extracted(markup, found)
    title = _title(found, extracted.title)
    return content(
        _titled(_read(found, extracted), title),
        title,
        lang=found.says.get("lang") or found.says.get("content-language", ""),
        time=_time(found) or extracted.date or time,
        url=_url(found) or url,
    )


def fragment(markup: str) -> list[tuple[str, Block]]:
    """All lines that markup shows, as in a mail or an entry of a feed."""
    return [(line.text, line.block) for line in shown(markup).lines]


class _Extracted:
    """What the extractor found: a title, a date, and pieces of the main text."""

    def __init__(self, title: str = "", date: str = "", texts: Iterable[str] = ()) -> None:
        self.title, self.date = title, date
        pieces = [_squeezed(line) for text in texts for line in text.split("\n")]
        self._pieces = frozenset(filter(None, pieces))
        self._whole = "".join(pieces)

    def __bool__(self) -> bool:
        return bool(self._whole)

    def marks(self, line: Line) -> bool:
        """Whether the line is of the main text."""
        text = _squeezed(line.text)
        return text in self._pieces or (len(text) >= TELLING and text in self._whole)


def _read(found: Page, extracted: _Extracted) -> tuple[Line, ...]:
    """The lines of a page that are its text."""
    lines = tuple(line for line in found.lines if line.place != "chrome") or found.lines
    if not extracted or not _navigates(found):
        return lines
    marked = [extracted.marks(line) for line in lines]
    if True not in marked:
        return lines
    # What the extractor takes for text is text, whatever a class may say.
    lines = tuple(
        replace(line, place="text") if mark else line
        for line, mark in zip(lines, marked, strict=True)
    )
    first = marked.index(True)
    last = len(marked) - marked[::-1].index(True)
    first = next((n for n in range(first) if lines[n].block == Block("heading", 1)), first)
    kept = tuple(
        line
        for number, line in enumerate(lines[first:last], first)
        if line.place == "text"
        if not _in_menu(number, lines) or (marked[number] and line.block.kind == "item")
    )
    prose = _prose(lines)
    return kept if prose and _prose(kept) >= LEAST_SHARE * prose else lines


def _in_menu(number: int, lines: tuple[Line, ...]) -> bool:
    """A line that leads away, next to another one; a link alone may be part of the text."""
    beside = lines[max(0, number - 1) : number] + lines[number + 1 : number + 2]
    return _leads_away(lines[number]) and any(map(_leads_away, beside))


def _navigates(found: Page) -> bool:
    return sum(map(_leads_away, found.lines)) >= FEWEST_LINKS


def _leads_away(line: Line) -> bool:
    return line.linked * 2 > len(line.text)


def _prose(lines: Sequence[Line]) -> int:
    return sum(
        len(line.text)
        for line in lines
        if line.place == "text" and len(line.text) >= PROSE and not _leads_away(line)
    )


def _squeezed(text: str) -> str:
    """What is left of a text for comparing: the extractor drops joiners and changes spaces."""
    return "".join(_UNSEEN.sub("", flat(text)).split())


def _extracted(markup: str, found: Page) -> _Extracted:
    """What the extractor finds; nothing where the page is too much for it."""
    size = sum(len(line.text) for line in found.lines)
    if found.elements > MOST_ELEMENTS or found.depth > DEEPEST or size > MOST_CHARACTERS:
        return _Extracted()
    markup = _SPACES.sub(" ", _PICTURE.sub("", closed(markup)))
    if len(markup) > LARGEST_MARKUP:
        return _Extracted()
    try:
        return _trafilatura(markup)
    except ImportError:  # not the page's fault
        raise
    except Exception:  # noqa: BLE001  whatever it stumbles over, the page itself can be read
        return _Extracted()


def _trafilatura(markup: str) -> _Extracted:
    from trafilatura import bare_extraction
    from trafilatura.metadata import extract_metadata

    for name in ("trafilatura", "htmldate", "justext", "charset_normalizer", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    tree = _tree(markup)
    # The default of the latest date is the day of the run: the same page must read the same later.
    dates = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}
    about = extract_metadata(tree, date_config=dates)
    main: Any = bare_extraction(tree, include_comments=False, deduplicate=False)
    texts = [str(text) for text in main.body.itertext()] if main else []
    return _Extracted(about.title or "", about.date or "", texts)


def _tree(markup: str) -> Any:
    """The tree of a page. Raises ValueError where it would not be whole."""
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    tree = document_fromstring(markup.encode("utf-8", "replace"), parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise ValueError("beyond the limits of the parser")
    for element in tree.iter():
        if element.tag == "title" and len(element.text or "") > LONGEST_TITLE:
            element.text = None
        for name, value in element.items():
            if len(value) > LONGEST_ATTRIBUTE:  # its patterns take long for these
                del element.attrib[name]
    return tree


def _title(found: Page, stated: str) -> str:
    """The title as the page writes it; `stated` is what the extractor makes of it."""
    headlines = [line.text for line in found.lines if line.block == Block("heading", 1)]
    if not _navigates(found):
        return headlines[0] if headlines[:1] == [found.lines[0].text] else flat(found.title)
    pieces = _SITE.split(found.title)
    if len(pieces) > 1 and _squeezed(stated) == _squeezed(pieces[-1]):
        stated, headlines = pieces[0], []  # the name of the site stands where the headline should
    known = [_squeezed(title) for title in (stated, found.title) if title]
    for headline in headlines:
        if any(_squeezed(headline) in title or title in _squeezed(headline) for title in known):
            return headline
    written = (line.text for line in found.lines)
    forms = (found.says.get("og:title", ""), found.title, *pieces, *written)
    same = (form for form in forms if _squeezed(form) == _squeezed(stated))
    return flat(next(same, stated or found.title))


def _titled(lines: Sequence[Line], title: str) -> list[tuple[str, Block]]:
    """The lines with the title first, once."""
    given = [(line.text, line.block) for line in lines]
    at = next((n for n, (text, _) in enumerate(given[:_TOP]) if text == title), None)
    return given if at is None else [(title, Block("heading", 1)), *given[:at], *given[at + 1 :]]


def _time(found: Page) -> str:
    """When the page says it was published, as it writes it."""
    for name in _DATES:
        if date := _DATE.match(found.says.get(name, "").strip()):
            return date[0]
    return ""


def _url(found: Page) -> str:
    """The address that the page gives as its own."""
    for name in ("canonical", "og:url"):
        if address := _ADDRESS.fullmatch(found.says.get(name, "").strip()):
            return address[0]
    return ""
