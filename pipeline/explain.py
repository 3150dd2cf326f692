"""Why a stage would run again: which component of its signature, or whether its input, changed."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.cache import Cache, Entry
from pipeline.document import Document
from pipeline.flow import Pipeline
from pipeline.signature import Signature, digest
from pipeline.summarize import Bilingual

Change = tuple[str, str, str]  # component, value before, value now


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the cache holds for one stage of a document.

    `kept` is when the output was stored, in seconds of the epoch, or None where it would be
    computed. `changes` compare with the newest other output of the same stage and text, else of
    the same document; they are empty where there is none. `waits_for` names an earlier stage that
    must run first.
    """

    stage: str
    kept: float | None
    changes: tuple[Change, ...] = ()
    waits_for: str | None = None

    def __str__(self) -> str:
        if self.waits_for:
            return f"{self.stage}: would be computed, after {self.waits_for}"
        kept = datetime.fromtimestamp(self.kept).astimezone() if self.kept is not None else None
        state = f"kept since {kept:%Y-%m-%d %H:%M:%S}" if kept else "would be computed"
        changes = ", ".join(f"{name} {before} → {now}" for name, before, now in self.changes)
        return f"{self.stage}: {state}" + (f"; changed: {changes}" if changes else "")


def explain(pipeline: Pipeline, document: Document) -> list[Explanation]:
    """One explanation a stage, in order. Computes nothing but the segments, stores nothing."""
    cache = pipeline.cache
    segmenting = pipeline.segmenting(document)
    [segmented] = segmenting.compute([document.text])
    segments = segmented[0]
    [sentences] = pipeline.translators.sentences([(document.lang, segments)])
    languages = pipeline.translators.languages(document.lang, segments)
    translating = pipeline.translating(languages, set())
    found = [
        _explain(cache, document.id, segmenting.signature, digest(document.text)),
        _explain(cache, document.id, translating.signature, digest(sentences)),
    ]
    rows = cache.outputs(translating.signature, [digest(sentences)])
    if not rows:
        return [*found, Explanation("summarize", None, waits_for="translate")]
    targets = [one.text for row in rows.values() for one in translating.unpack(row)]
    article = Bilingual(document.lang, [one.text for one in segments], targets)
    signature = pipeline.summarizing().signature
    return [*found, _explain(cache, document.id, signature, digest(article))]


def _explain(cache: Cache, document: str, signature: Signature, wanted: str) -> Explanation:
    history = cache.history(signature.stage, document, wanted)
    ours = [e for e in history if (e.signature, e.input) == (signature, wanted)]
    others = [e for e in history if e not in ours]
    others.sort(key=lambda entry: entry.input != wanted)  # the same text under other options first
    changes = _changes(others[0], signature, wanted) if others else ()
    return Explanation(signature.stage, ours[0].created if ours else None, changes)


def _changes(before: Entry, signature: Signature, wanted: str) -> tuple[Change, ...]:
    inputs = [("input", before.input[:12], wanted[:12])] if before.input != wanted else []
    return (*before.signature.changes(signature), *inputs)
