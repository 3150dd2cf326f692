"""What passes between workers: a window of documents, each with what was made of it so far."""

import json
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

from models.errors import KhulasaError, ModelError
from pipeline import summarize, translate
from pipeline.document import (
    Block,
    Cue,
    Document,
    Failure,
    Record,
    Segment,
    StageReport,
    Translation,
)
from pipeline.flow import Work
from pipeline.stage import Staged

Outcome = Document | Work | Record | Failure


@dataclass(frozen=True, slots=True)
class Item:
    """A document on its way. `place` is its own in the job; `name` is the id that it came with.

    `consumed` bytes of the sources are behind it. What could not be read has no name.
    """

    place: str
    consumed: int
    name: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Window:
    """Documents that are worked on together. `said` are warnings of the workers so far.

    `ended` is what ends the job, whatever else there is.
    """

    items: tuple[Item, ...]
    said: tuple[str, ...] = ()
    ended: KhulasaError | None = None

    def row(self) -> dict[str, bytes]:
        """As Ray Data carries it. JSON: what comes out of a document is no program."""
        items = [[i.place, i.consumed, i.name, *_packed(i.outcome)] for i in self.items]
        ended = self.ended and [str(self.ended), self.ended.exit_code]
        whole = {"items": items, "said": self.said, "ended": ended}
        return {"window": json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")}

    @classmethod
    def of(cls, row: dict[str, bytes]) -> "Window":
        """Read what `row` gave."""
        whole = json.loads(row["window"].decode("utf-8", "surrogatepass"))
        items = (Item(p, c, n, _KINDS[kind](packed)) for p, c, n, kind, packed in whole["items"])
        ended = whole["ended"] and _error(*whole["ended"])
        return cls(tuple(items), tuple(whole["said"]), ended)


def _packed(outcome: Outcome) -> tuple[str, Any]:
    if isinstance(outcome, Failure):
        code = getattr(outcome.cause, "exit_code", None)
        return "failure", [outcome.reason, outcome.path, outcome.line, outcome.id, code]
    if isinstance(outcome, Document):
        return "document", asdict(outcome)
    if isinstance(outcome, Work):
        translations = outcome.translations
        return "work", {
            "document": asdict(outcome.document),
            "segments": _staged(outcome.segments, astuple),
            "translations": translations and _staged(translations, translate.pack),
        }
    return "record", {
        "document": asdict(outcome.document),
        "segments": list(map(astuple, outcome.segments)),
        "translations": list(map(translate.pack, outcome.translations)),
        "summary": asdict(outcome.summary),
        "flags": outcome.flags,
        "stages": {name: asdict(report) for name, report in outcome.stages.items()},
    }


def _staged(staged: Staged[list[Any]], pack: Callable[[Any], Any]) -> list[Any]:
    return [list(map(pack, staged.value)), asdict(staged.report)]


def _failure(packed: list[Any]) -> Failure:
    reason, path, line, identity, code = packed
    cause = _error(reason, code) if code is not None else None
    return Failure(reason, path, line, identity, cause)


def _error(message: str, code: int) -> KhulasaError:
    return (ModelError if code == ModelError.exit_code else KhulasaError)(message)


def _document(packed: dict[str, Any]) -> Document:
    document = Document(**packed)
    return replace(
        document,
        flags=tuple(document.flags),
        blocks=tuple(Block(**one) for one in packed["blocks"]),
        cues=tuple(Cue(**one) for one in packed["cues"]),
    )


def _work(packed: dict[str, Any]) -> Work:
    segments, translations = packed["segments"], packed["translations"]
    return Work(
        _document(packed["document"]),
        Staged(_segments(segments[0]), StageReport(**segments[1])),
        translations and Staged(_translations(translations[0]), StageReport(**translations[1])),
    )


def _record(packed: dict[str, Any]) -> Record:
    return Record(
        _document(packed["document"]),
        tuple(_segments(packed["segments"])),
        tuple(_translations(packed["translations"])),
        summarize.unpack(packed["summary"]),
        tuple(packed["flags"]),
        {name: StageReport(**one) for name, one in packed["stages"].items()},
    )


def _segments(rows: list[Any]) -> list[Segment]:
    return [Segment(*row) for row in rows]


def _translations(rows: list[Any]) -> list[Translation]:
    return [translate.unpack(row) for row in rows]


_KINDS: dict[str, Callable[[Any], Outcome]] = {
    "failure": _failure,
    "document": _document,
    "work": _work,
    "record": _record,
}
