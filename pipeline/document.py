"""The records that flow from stage to stage, and their JSON form."""

import hashlib
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from itertools import chain
from typing import Any, Literal

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Block:
    """What a line of a document is. `level` of a heading or list, from 1; 0 where there is none.

    A cell is one of a table, a cue a piece of speech in subtitles.
    """

    kind: Literal["heading", "paragraph", "item", "cell", "cue"] = "paragraph"
    level: int = 0


@dataclass(frozen=True, slots=True)
class Cue:
    """Subtitles that stood together on the screen: seconds, and a span of the document's text."""

    begin: float
    finish: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of one source. `text` is NFC; every line is a headline or a paragraph.

    `lang` is an ISO 639-1 code; `lang_score` is None where a person named the language. `line` is
    where the document begins in a file that holds many, from 1; `time` and `url` are as the source
    gives them. `blocks` says of every line that is not blank what it is, and is empty where the
    source does not. `cues` are those of subtitles.
    """

    id: str
    lang: str
    title: str
    text: str
    path: str | None = None
    lang_score: float | None = None
    line: int | None = None
    time: str | None = None
    flags: tuple[str, ...] = ()
    url: str | None = None
    blocks: tuple[Block, ...] = ()
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be read or worked on: where it stands, and why."""

    reason: str
    path: str | None = None
    line: int | None = None
    id: str | None = None
    cause: Exception | None = field(default=None, compare=False)

    def __str__(self) -> str:
        where = ", line ".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{where}: {self.reason}" if where else self.reason


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or headline: `document.text[start:end] == text`, offsets in characters.

    `paragraph` counts the lines that are not blank. `lang` is empty where it is the document's.
    """

    index: int
    paragraph: int
    start: int
    end: int
    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """How a text came to be decoded more than once.

    `reasons`: the flags of what came out first. `tried`: the ways it was decoded then, in order.
    `kept`: the one whose hypothesis was the best of all, or "first".
    """

    reasons: tuple[str, ...]
    tried: tuple[str, ...]
    kept: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The English of one source text.

    `score`: mean token log-probability; None if not decoded, or by an engine that tells none.
    `details` says of some flags what they were raised for. `by` tells who made it: the model, a
    person whose translation is in the memory, or nobody, where the source stands as it is.
    """

    text: str
    score: float | None = None
    flags: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)
    again: Again | None = None
    by: Literal["model", "memory", "source"] = "model"


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """One sentence of a summary and the indexes of the segments that support it."""

    text: str
    supports: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """The abstract of a document. It may be empty: where there was nothing to summarise."""

    sentences: tuple[SummarySentence, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class StageReport:
    """How a stage's output came about. `sentences` and `remembered` count what was looked up."""

    signature: str
    cached: bool
    seconds: float
    sentences: int | None = None
    remembered: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a document: one translation a segment, in order."""

    document: Document
    segments: tuple[Segment, ...]
    translations: tuple[Translation, ...]
    summary: Summary
    flags: tuple[str, ...]
    stages: dict[str, StageReport]

    @property
    def all_flags(self) -> tuple[str, ...]:
        """Every flag of the document and its parts, each once."""
        of_parts = (
            *(part.flags for part in self.translations),
            *(part.flags for part in self.summary.sentences),
        )
        return tuple(dict.fromkeys(chain(self.flags, *of_parts)))

    def to_json(self) -> dict[str, Any]:
        """The record as written to files, schema 1. Offsets are characters of the text as read."""
        return {
            "schema": SCHEMA,
            "id": self.document.id,
            "khulasa": _release(),
            "source": _source_json(self.document),
            "segments": [
                _segment_json(*pair, self.document.lang)
                for pair in zip(self.segments, self.translations, strict=True)
            ],
            "summary": {
                "text": self.summary.text,
                "sentences": [_sentence_json(s, self.segments) for s in self.summary.sentences],
                "flags": list(self.summary.flags),
            },
            "flags": list(self.flags),
            "stages": {name: _stage_json(report) for name, report in self.stages.items()},
        }


@cache
def _release() -> str:
    return version("khulasa")


def _source_json(document: Document) -> dict[str, Any]:
    return {
        "path": document.path,
        "line": document.line,
        "time": document.time,
        "lang": document.lang,
        "lang_score": document.lang_score,
        "title": document.title,
        "url": document.url,
        "blocks": [[block.kind, block.level] for block in document.blocks],
        "cues": [[cue.begin, cue.finish, cue.start, cue.end] for cue in document.cues],
        "sha256": hashlib.sha256(document.text.encode()).hexdigest(),
    }


def _segment_json(segment: Segment, translation: Translation, lang: str) -> dict[str, Any]:
    return {
        "index": segment.index,
        "paragraph": segment.paragraph,
        "start": segment.start,
        "end": segment.end,
        "lang": segment.lang or lang,
        "source": segment.text,
        "target": translation.text,
        "by": translation.by,
        "score": translation.score,
        "flags": list(translation.flags),
        "details": translation.details,
        "again": asdict(translation.again) if translation.again else None,
    }


def _sentence_json(sentence: SummarySentence, segments: tuple[Segment, ...]) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "supports": list(sentence.supports),
        "sources": [segments[index].text for index in sentence.supports],
        "flags": list(sentence.flags),
        "details": sentence.details,
    }


def _stage_json(report: StageReport) -> dict[str, Any]:
    counts = {"sentences": report.sentences, "remembered": report.remembered}
    return {
        "signature": report.signature,
        "cached": report.cached,
        "seconds": report.seconds,
        **{name: count for name, count in counts.items() if count is not None},
    }
