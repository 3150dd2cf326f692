"""RSS and Atom: every entry a document, by feedparser."""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from models.errors import one_line
from pipeline.document import Block
from pipeline.readers import html
from pipeline.readers.content import Content, Unreadable, content, flat
from pipeline.readers.encoding import decode

# The parser keeps all entries, in ten times their space.
LARGEST_FEED = 16 * 2**20
MOST_ENTRIES = 20_000
MOST_TAGS = 400_000
MOST_ENTITIES = 2_000_000
LARGEST_PROLOG = 2**16
LONGEST_ID = 2000

_PROLOG = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->|<![^>\[]*(?:\[[^\]]*\])?[^>]*>)*", re.S)
_ROOT = re.compile(r"<([\w:.-]+)")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_FEEDS = frozenset({"rss", "feed", "rdf", "channel"})
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)\b", re.I)
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.I)
# References to half characters, which the parser trips over.
_HALVES = re.compile(
    r"&#(?:x0*d[89a-f][0-9a-f]{2}"
    r"|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));",
    re.I,
)
_WEB = re.compile(r"https?://", re.I)


def read(file: BinaryIO) -> Iterator[Content | Unreadable]:
    """Every entry of a feed, in order. Raises Unreadable for XML that is no feed."""
    text = _decoded(file)
    root = _root(text)
    if root == "html":
        yield html.page(text)
        return
    if root.rpartition(":")[2].lower() not in _FEEDS:
        raise Unreadable(
            f"is XML, but no feed: its first element is {root[:50]}, not rss, feed or rdf:RDF"
            if root
            else "is not XML, or has nothing in it"
        )
    feed = _parsed(text)
    if not feed.entries:
        raise Unreadable("is a feed without entries")
    for number, entry in enumerate(feed.entries, 1):
        try:
            yield _entry(entry, feed.feed.get("language") or "")
        except Unreadable as error:
            yield Unreadable(f"entry {number:,} {error.reason}")
    if not _END.search(text, max(0, len(text) - LARGEST_PROLOG)):
        raise Unreadable("is cut off; what follows the last entry is missing")


def _decoded(file: BinaryIO) -> str:
    data = file.read(LARGEST_FEED + 1)
    if len(data) > LARGEST_FEED:
        raise Unreadable(f"is larger than {LARGEST_FEED >> 20} MB; cut it into feeds")
    text = decode(data)
    if sys.getsizeof(text) > 2 * LARGEST_FEED:  # one rare sign makes each take four bytes
        raise Unreadable(f"takes more than {LARGEST_FEED >> 19} MB; cut it into feeds")
    return text


def _root(text: str) -> str:
    """The name of the first element; empty where there is none."""
    prolog = _PROLOG.match(text[:LARGEST_PROLOG])
    found = _ROOT.match(text, prolog.end() if prolog else 0)
    return found[1] if found else ""


def _parsed(text: str) -> Any:
    import feedparser

    if text.count("<") > MOST_TAGS or len(_ENTRY.findall(text)) > MOST_ENTRIES:
        many = f"has more than {MOST_ENTRIES:,} entries or {MOST_TAGS:,} tags"
        raise Unreadable(f"{many}; cut it into feeds")
    if text.count("&") > MOST_ENTITIES:
        raise Unreadable(f"has more than {MOST_ENTITIES:,} entities; cut it into feeds")
    if "<!ENTITY" in text:
        # A short file could make gigabytes of them, or read other files.
        raise Unreadable("declares entities, which no feed needs; take them out")
    # A file object: the parser would take bytes or text for the name of a file or an address.
    declared = _DECLARATION.match(text)
    whole = _HALVES.sub("\ufffd", text[declared.end() if declared else 0 :])
    data = BytesIO(whole.encode("utf-8", "replace"))
    said = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            data, response_headers=said, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # what is no XML it reads by patterns, and trips
        raise Unreadable(f"is a damaged feed: {one_line(error)}") from error


def _entry(entry: Any, lang: str) -> Content:
    given = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    fullest = max(given, key=lambda part: len(part.get("value") or ""))
    heading = entry.get("title_detail") or {}
    title = " ".join(text for text, _ in _lines(heading))
    lines = _lines(fullest) or ([(title, Block("heading", 1))] if title else [])
    return content(
        lines,
        title,
        lang=fullest.get("language") or heading.get("language") or lang,
        time=_time(entry),
        url=_web(entry.get("link") or ""),
        id=flat(entry.get("id") or "")[:LONGEST_ID],
    )


def _lines(part: Any) -> list[tuple[str, Block]]:
    """The lines of a piece of text or markup."""
    value = part.get("value") or ""
    if "html" in (part.get("type") or ""):
        return html.fragment(value)
    return [(line, Block()) for line in value.splitlines() if flat(line)]


def _time(entry: Any) -> str:
    """When the entry was published, or else changed, as feedparser reads it: in UTC."""
    # Its own `get` takes one for the other, with a warning.
    when = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    if not when:
        return ""
    year, month, day, hour, minute, second = when[:6]
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


def _web(url: str) -> str:
    return url if _WEB.match(url) else ""
