"""A record as people read it: its lines with what they are, source beside English, and marks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from urllib.parse import quote, urlsplit

from models.catalog import find
from pipeline.document import Again, Block, Document, Record, Segment, Summary, Translation
from pipeline.flags import FLAGS

Direction = Literal["ltr", "rtl", "auto"]

# Languages of right-to-left script that the catalogue may lack, by ISO 639 code.
_RIGHT_TO_LEFT = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi")
)
# What RFC 3986, 2 and 3 lets stand in a URL; all else is percent-encoded.
_IN_URLS = ":/?#[]@!$&'()*+,;=%~"


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag where it stands. `meaning` is empty where the flag is not known here."""

    name: str
    detail: str
    meaning: str
    note: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A text with the language and the direction that it is in."""

    text: str
    lang: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Row:
    """A segment beside its translation. `number` counts from 1.

    `first`: it begins a line. `claims`: the sentences of the summary that it supports, from 1.
    """

    number: int
    source: Words
    target: Words
    by: Literal["model", "memory", "source"]
    marks: tuple[Mark, ...]
    claims: tuple[int, ...]
    first: bool
    cue: str

    @property
    def attention(self) -> bool:
        """Whether it is to be looked at."""
        return any(not mark.note for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Line:
    """A headline, a paragraph, an item of a list, a cell of a table, or cues."""

    block: Block
    rows: tuple[Row, ...]


def parts(record: Record) -> Iterator[tuple[str, Iterator[Line]]]:
    """The lines in order; those of one list or one table together, with the kind of their blocks.

    A table says nothing of its rows and columns: its cells follow each other. A part is to be
    read before the next.
    """
    return groupby(_lines(record), key=lambda line: line.block.kind)


def words(text: str, lang: str) -> Words:
    """The text on one line, as what it is in."""
    return Words(" ".join(text.split()), lang, direction(lang))


def direction(lang: str) -> Direction:
    """Where lines of the language begin; what its letters say where the language is not known."""
    if known := find(lang):
        return known.direction
    code = lang.partition("-")[0].lower()
    return "rtl" if code in _RIGHT_TO_LEFT else "ltr" if code == "en" else "auto"


def english_title(record: Record) -> str:
    """The translation of the title; empty where the title is not a line of the text, or English."""
    title = "".join(record.document.title.split())
    for _, pairs in groupby(_pairs(record), key=lambda pair: pair[0].paragraph):
        line = list(pairs)
        if title and "".join("".join(segment.text.split()) for segment, _ in line) == title:
            english = " ".join(translation.text for _, translation in line)
            return english if "".join(english.split()) != title else ""
    return ""


def link(url: str | None) -> str:
    """The URL where a browser may follow it: http and https alone. Empty where not."""
    try:
        parsed = urlsplit(url or "")
    except ValueError:
        return ""
    web = parsed.scheme in ("http", "https") and parsed.hostname
    return quote(url or "", safe=_IN_URLS, errors="replace") if web else ""


def marks(
    flags: Iterable[str], details: Mapping[str, str], again: Again | None = None
) -> tuple[Mark, ...]:
    """The flags with what they mean and what they were raised for."""
    return tuple(
        Mark(
            name,
            _told(again) if again and name == "decoded-again" else details.get(name, ""),
            FLAGS[name].meaning if name in FLAGS else "",
            name in FLAGS and FLAGS[name].note,
        )
        for name in flags
    )


def _told(again: Again) -> str:
    reasons, tried = ", ".join(again.reasons), ", ".join(again.tried)
    return f"at first {reasons}; tried {tried}; kept {again.kept}"


def _pairs(record: Record) -> Iterator[tuple[Segment, Translation]]:
    return zip(record.segments, record.translations, strict=True)


def _lines(record: Record) -> Iterator[Line]:
    document, claims = record.document, _claims(record.summary)
    cues = _cues(record)
    for paragraph, pairs in groupby(_pairs(record), key=lambda pair: pair[0].paragraph):
        rows = tuple(
            _row(*pair, document, claims[pair[0].index], not at, cues)
            for at, pair in enumerate(pairs)
        )
        yield Line(_block(document, paragraph, rows), rows)


def _row(
    segment: Segment,
    translation: Translation,
    document: Document,
    claims: tuple[int, ...],
    first: bool,
    cues: Mapping[int, str],
) -> Row:
    lang = segment.lang or document.lang
    return Row(
        segment.index + 1,
        words(segment.text, lang),
        words(translation.text, lang if translation.by == "source" else "en"),
        translation.by,
        marks(translation.flags, translation.details, translation.again),
        claims,
        first,
        cues.get(segment.index, ""),
    )


def _block(document: Document, paragraph: int, rows: tuple[Row, ...]) -> Block:
    """What the document says of the line; where it says nothing, a title is a heading."""
    if paragraph < len(document.blocks):
        return document.blocks[paragraph]
    text = " ".join(row.source.text for row in rows)
    headline = paragraph == 0 and text == " ".join(document.title.split())
    return Block("heading", 1) if headline else Block()


def _claims(summary: Summary) -> defaultdict[int, tuple[int, ...]]:
    """The sentences of the summary by the index of a segment that supports them."""
    supported: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    for number, sentence in enumerate(summary.sentences, 1):
        for index in dict.fromkeys(sentence.supports):
            supported[index] += (number,)
    return supported


def _cues(record: Record) -> dict[int, str]:
    """When each segment of subtitles is on the screen, by its index."""
    found: dict[int, str] = {}
    cues, at = record.document.cues, 0
    for segment in record.segments:
        while at < len(cues) and cues[at].end <= segment.start:
            at += 1
        last = at
        while last + 1 < len(cues) and cues[last + 1].start < segment.end:
            last += 1
        if at < len(cues) and cues[at].start < segment.end:
            found[segment.index] = f"{_clock(cues[at].begin)}–{_clock(cues[last].finish)}"
    return found


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
