"""What a job says about itself: what was read, where it came from, what needs a human eye.

A `Tally` is fed with every outcome of the job; the `Report` made from it is what report.json and
report.html say. Both are bounded: a longer job has larger numbers, not a longer report.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any, Literal, NamedTuple, TypeVar

from pipeline.bounded import Point, Timeline, Top
from pipeline.document import Document, Failure, Record
from pipeline.flags import FLAGS

SCHEMA = 1

RUN_WIDE = frozenset({"tiny-models", "unverified-model"})
"""Flags that the models of a job put on every document: they single none out."""

OVERLOOKED = RUN_WIDE | {flag.name for flag in FLAGS.values() if flag.note}
"""Flags for which nobody need look at a document."""

MOST_SLOW = 20
MOST_FLAGGED = 1_000
MOST_FAILURES = 10_000
MOST_NAMES = 200  # languages, kinds of reasons, signatures: a job has a handful
LONGEST = 500  # characters of an id, a path, a title or a reason; what is longer ends in …
OTHERS = "others"

# What tells one failure from another of its kind: what is quoted, and numbers.
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»|(?<![\w-])\d\w*(?:[.,]\w+)*")

Status = Literal["finished", "interrupted", "stopped"]
Key = TypeVar("Key")
Count = TypeVar("Count", "LanguageCount", "FlagCount")


@dataclass(frozen=True, slots=True)
class Job:
    """What was asked for. `started` knows its zone."""

    sources: tuple[str, ...]
    output: str
    started: datetime


class Progress(NamedTuple):
    """Documents done and failed so far; their sentences, and those of them not decoded now."""

    done: int
    failed: int
    sentences: int
    reused: int


@dataclass(frozen=True, slots=True)
class Documents:
    """`renamed` were given another id; `flagged` have a flag that is not overlooked."""

    read: int = 0
    done: int = 0
    failed: int = 0
    renamed: int = 0
    ignored_files: int = 0
    flagged: int = 0


@dataclass(frozen=True, slots=True)
class Sentences:
    """Where the translations came from; `all` is the sum of the others.

    Translated now, known to the translation memory, part of a document that was cached as a
    whole, or passed through because they hold nothing foreign.
    """

    all: int = 0
    translated: int = 0
    remembered: int = 0
    cached: int = 0
    untouched: int = 0


@dataclass(frozen=True, slots=True)
class StageCount:
    """Of so many `documents`, so many `cached`; the others took `seconds` together."""

    documents: int
    cached: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """Documents of a language that were done, and their sentences."""

    documents: int = 0
    sentences: int = 0


@dataclass(frozen=True, slots=True)
class FlagCount:
    """In how many documents a flag stands, and on how many of their parts."""

    documents: int = 0
    segments: int = 0
    summary_sentences: int = 0


@dataclass(frozen=True, slots=True)
class Slow:
    """A document that took long, all stages together."""

    id: str
    path: str | None
    line: int | None
    seconds: float
    segments: int


@dataclass(frozen=True, slots=True)
class Flagged:
    """A document to look at. `flags`: on how many parts each stands, 1 where on the whole.

    Those that are overlooked are left out.
    """

    id: str
    path: str | None
    line: int | None
    lang: str
    title: str
    flags: dict[str, int]


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that failed: where it stands, and why."""

    path: str | None
    line: int | None
    id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Signed:
    """So many documents of a language went through a stage with this signature."""

    stage: str
    lang: str
    signature: str
    documents: int


@dataclass(frozen=True, slots=True)
class Report:
    """What report.json holds, schema 1.

    `flagged`: the MOST_FLAGGED documents with the most flagged parts, most first. `failures`: the
    first MOST_FAILURES. `reasons` counts all of them by kind: the reason without what varies.
    """

    schema: int
    khulasa: str
    status: Status
    reason: str | None
    started: str
    seconds: float
    sources: tuple[str, ...]
    output: str
    documents: Documents
    sentences: Sentences
    stages: dict[str, StageCount]
    languages: dict[str, LanguageCount]
    flags: dict[str, FlagCount]
    throughput: tuple[Point, ...]
    slowest: tuple[Slow, ...]
    flagged: tuple[Flagged, ...]
    failures: tuple[Failed, ...]
    reasons: dict[str, int]
    signatures: tuple[Signed, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)


class Tally:
    """Counts the outcomes of a job as they come."""

    def __init__(self) -> None:
        self._documents: Counter[str] = Counter()
        self._sentences: Counter[str] = Counter()
        self._stages: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._languages: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._flags: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._reasons: Counter[str] = Counter()
        self._signatures: Counter[tuple[str, str, str]] = Counter()
        self._failures: list[Failed] = []
        self._timeline = Timeline()
        self._slowest: Top[Slow] = Top(MOST_SLOW)
        self._flagged: Top[Flagged] = Top(MOST_FLAGGED)

    def add(self, outcome: Record | Failure, seconds: float) -> None:
        """Count an outcome that came `seconds` after the start, no earlier than the one before."""
        self._documents["read"] += 1
        seconds = round(seconds, 3)
        if isinstance(outcome, Failure):
            self._add_failure(outcome)
            self._timeline.add(seconds, 0, 0)
        else:
            self._documents["done"] += 1
            self._timeline.add(seconds, 1, self._add_sentences(outcome))
            self._add_stages(outcome)
            self._add_flags(outcome)

    @property
    def progress(self) -> Progress:
        """How far the job is now."""
        done, failed = self._documents["done"], self._documents["failed"]
        sentences = self._sentences["all"]
        return Progress(done, failed, sentences, sentences - self._sentences["translated"])

    def report(
        self,
        job: Job,
        seconds: float,
        status: Status = "finished",
        reason: str | None = None,
        ignored_files: int = 0,
    ) -> Report:
        """All that was counted, `seconds` after the start; `reason` says what stopped the job."""
        return Report(
            schema=SCHEMA,
            khulasa=version("khulasa"),
            status=status,
            reason=reason and _short(reason),
            started=job.started.isoformat(timespec="seconds"),
            seconds=round(seconds, 3),
            sources=tuple(map(_printable, job.sources)),
            output=_printable(job.output),
            documents=Documents(**self._documents, ignored_files=ignored_files),
            sentences=Sentences(**self._sentences),
            stages={
                name: StageCount(**counts, seconds=round(self._seconds[name], 3))
                for name, counts in self._stages.items()
            },
            languages=_most_first({k: LanguageCount(**v) for k, v in self._languages.items()}),
            flags=_most_first({k: FlagCount(**v) for k, v in self._flags.items()}),
            throughput=self._timeline.points,
            slowest=self._slowest.ranked(),
            flagged=self._flagged.ranked(),
            failures=tuple(self._failures),
            reasons=dict(self._reasons.most_common()),
            signatures=tuple(Signed(*key, n) for key, n in self._signatures.items()),
        )

    def _add_failure(self, failure: Failure) -> None:
        self._documents["failed"] += 1
        reason = _short(failure.reason)
        self._reasons[_within(self._reasons, _VARYING.sub("…", reason), OTHERS)] += 1
        if len(self._failures) < MOST_FAILURES:
            path, name = failure.path and _short(failure.path), failure.id and _short(failure.id)
            self._failures.append(Failed(path, failure.line, name, reason))

    def _add_sentences(self, record: Record) -> int:
        """Count where the translations came from; how many were translated now."""
        counts, total = self._sentences, len(record.segments)
        counts["all"] += total
        report = record.stages["translate"]
        if report.cached:
            counts["cached"] += total
            return 0
        remembered = report.remembered or 0
        untouched = sum(translation.by != "model" for translation in record.translations)
        translated = total - remembered - untouched
        counts["remembered"] += remembered
        counts["untouched"] += untouched
        counts["translated"] += translated
        return translated

    def _add_stages(self, record: Record) -> None:
        document = record.document
        lang = _within(self._languages, document.lang, OTHERS)
        language = self._languages[lang]
        language["documents"] += 1
        language["sentences"] += len(record.segments)
        spent = 0.0
        for name, stage in record.stages.items():
            counts = self._stages[name]
            counts["documents"] += 1
            counts["cached"] += stage.cached
            self._seconds[name] += stage.seconds
            spent += stage.seconds
            key = (name, lang, stage.signature)
            self._signatures[_within(self._signatures, key, (name, lang, OTHERS))] += 1
        if spent and self._slowest.wants(spent):
            slow = Slow(*_place(document), round(spent, 3), len(record.segments))
            self._slowest.add(spent, slow)

    def _add_flags(self, record: Record) -> None:
        of_segments = Counter([flag for part in record.translations for flag in part.flags])
        of_summary = Counter([flag for part in record.summary.sentences for flag in part.flags])
        parts: dict[str, int] = {}
        for name in record.all_flags:
            counts = self._flags[name]
            counts["documents"] += 1
            counts["segments"] += of_segments[name]
            counts["summary_sentences"] += of_summary[name]
            if name not in OVERLOOKED:
                parts[name] = of_segments[name] + of_summary[name] or 1
        self._documents["renamed"] += "duplicate-id" in record.flags
        self._documents["flagged"] += bool(parts)
        weight = sum(parts.values())
        if parts and self._flagged.wants(weight):
            document = record.document
            title = _short(document.title)
            flagged = Flagged(*_place(document), _short(document.lang), title, parts)
            self._flagged.add(weight, flagged)


def _printable(text: str) -> str:
    """The text, with what UTF-8 cannot hold escaped: names of files may hold such bytes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _short(text: str) -> str:
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return _printable(cut)


def _place(document: Document) -> tuple[str, str | None, int | None]:
    return _short(document.id), document.path and _short(document.path), document.line


def _within(known: Mapping[Key, object], key: Key, others: Key) -> Key:
    """The key itself while there is room for new ones, afterwards `others` in place of new ones."""
    return key if key in known or len(known) < MOST_NAMES else others


def _most_first(counts: dict[str, Count]) -> dict[str, Count]:
    """What stands in the most documents first."""
    return dict(sorted(counts.items(), key=lambda item: -item[1].documents))
