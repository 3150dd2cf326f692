"""What an evaluation says, and its JSON form: all that a later one needs to compare itself."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.errors import ALL_WELL
from pipeline.evaluation.align import Boundaries, Unit
from pipeline.harmless import visible
from pipeline.output import put
from pipeline.readers.content import Unreadable
from pipeline.report import Failed, Signed
from pipeline.signature import Signature

SCHEMA = 1
LARGEST = 2**30  # bytes of an evaluation that is read again

EVALUATION, PAGE = "evaluation.json", "evaluation.html"

Scores = dict[str, float]
"""Figures in percent by their names in scores.METRICS; what cannot be had is not there."""


@dataclass(frozen=True, slots=True)
class Flags:
    """Of so many `parts`, so many with a flag that asks for attention, and with a note.

    `names`: on how many parts each flag stands.
    """

    parts: int = 0
    attention: int = 0
    notes: int = 0
    names: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """One document, measured.

    `sha256` is of its text. `untranslated` says why it has no translation. `units` are empty
    without a reference translation, `summaries` without a reference summary. `extract` is the
    baseline of `summary`: as many words, chosen without a model. `boundaries` are None without
    gold segments. `remarks` say what the figures rest on. `scores` are those of this
    document alone.
    """

    id: str
    lang: str
    path: str | None
    line: int | None
    sha256: str
    segments: int
    untranslated: str | None = None
    units: tuple[Unit, ...] = ()
    summary: str = ""
    extract: str = ""
    summaries: tuple[str, ...] = ()
    boundaries: Boundaries | None = None
    flags: Flags = Flags()
    summary_flags: Flags = Flags()
    remarks: tuple[str, ...] = ()
    scores: Scores = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Far:
    """A unit far from its reference: the `number`th of the document, from 1; chrF in percent."""

    id: str
    lang: str
    number: int
    unit: Unit
    chrf: float


@dataclass(frozen=True, slots=True)
class Change:
    """A metric before and now, over what both runs have.

    before, now: in percent, each with half the width of the 95 % confidence interval around the
    mean of its resamples. `p`: how probable a difference as large is by chance; None where there
    are too few `items` (segments or documents) to tell.
    """

    before: float
    before_ci: float
    now: float
    now_ci: float
    p: float | None
    items: int

    @property
    def difference(self) -> float:
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A document that was not compared, or one side of it, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """This evaluation beside an earlier one: `earlier` is its file, `method` the test."""

    earlier: str
    method: str
    changes: dict[str, Change]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All documents of a source, measured.

    `ignored` files were neither document nor reference. `flags`: on how many documents as a whole
    each flag stands. `metrics`: the settings of each figure, as its library prints them.
    `furthest`: the units with the lowest chrF, lowest first. `baseline`: ROUGE of the extracts.
    """

    khulasa: str
    source: str
    ignored: int
    documents: tuple[Measured, ...]
    failures: tuple[Failed, ...]
    scores: Scores
    languages: dict[str, Scores]
    flags: dict[str, int]
    signatures: tuple[Signed, ...]
    metrics: dict[str, str]
    furthest: tuple[Far, ...] = ()
    baseline: Scores = field(default_factory=dict)
    comparison: Comparison | None = None
    exit_code: int = ALL_WELL
    schema: int = SCHEMA

    @property
    def models(self) -> dict[str, tuple[str, ...]]:
        """The models of each stage that has one, and the methods that need none."""
        found: dict[str, dict[str, None]] = {}
        for one in self.signatures:
            if maker := Signature.parse(one.signature).maker:
                found.setdefault(one.stage, {})[maker] = None
        return {stage: tuple(models) for stage, models in found.items()}

    @property
    def untranslated(self) -> dict[str, list[str]]:
        """The ids of documents that were not translated, by the reason."""
        found: dict[str, list[str]] = {}
        for one in self.documents:
            if one.untranslated is not None:
                found.setdefault(one.untranslated, []).append(one.id)
        return found

    def to_json(self) -> dict[str, Any]:
        """The evaluation as JSON values; percentages with four decimals."""
        rounded: dict[str, Any] = _rounded(asdict(self))
        return rounded


def write(evaluation: Evaluation, folder: Path) -> None:
    """EVALUATION for programs and for a later `load`, PAGE for people; the folder is made."""
    from pipeline.render.evaluation import page

    folder.mkdir(parents=True, exist_ok=True)
    written = json.dumps(evaluation.to_json(), ensure_ascii=False, indent=1)
    put(folder / EVALUATION, f"{written}\n".encode())
    put(folder / PAGE, page(evaluation).encode())


def load(path: Path) -> tuple[Measured, ...]:
    """The documents of an evaluation that was kept as JSON, without their scores.

    Raises Unreadable where the file is not there or is no such evaluation.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"larger than {LARGEST >> 20} MB")
        found = json.loads(path.read_bytes())
        if found["schema"] != SCHEMA:
            raise ValueError(f"schema {found['schema']!r}, not {SCHEMA}")
        return tuple(map(_measured, found["documents"]))
    except OSError as error:
        raise Unreadable(os.strerror(error.errno or 0).lower(), visible(str(path))) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = f"is no evaluation that khulasa eval wrote as JSON: {_why(error)}"
        raise Unreadable(reason, visible(str(path))) from error


def _measured(values: Mapping[str, Any]) -> Measured:
    given = dict(values) | {"scores": {}}
    given["units"] = tuple(Unit(**unit) for unit in values["units"])
    given["boundaries"] = values["boundaries"] and Boundaries(**values["boundaries"])
    for name in ("flags", "summary_flags"):
        given[name] = Flags(**values[name])
    for name in ("summaries", "remarks"):
        given[name] = tuple(values[name])
    return _checked(Measured(**given))


def _checked(one: Measured) -> Measured:
    """The document, if it can be computed with. Raises TypeError or ValueError."""
    texts = (
        *(one.id, one.sha256, one.summary, one.extract, *one.summaries),
        *(text for unit in one.units for text in (unit.hypothesis, unit.reference)),
    )
    ends = one.boundaries or Boundaries(0, 0, 0)
    flags = ((each.parts, each.attention, each.notes) for each in (one.flags, one.summary_flags))
    counts = [ends.right, ends.proposed, ends.wanted, *(n for three in flags for n in three)]
    lines = [unit.lines for unit in one.units]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is none")
    if not all(type(count) is int and count >= 0 for count in counts):
        raise TypeError("a count is none")
    if not all(type(line) is int and line > 0 for line in lines):
        raise ValueError("a count of lines is none")
    return one


def _why(error: Exception) -> str:
    what = "no " if isinstance(error, KeyError) else ""
    return visible(f"{what}{error}")[:200]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
