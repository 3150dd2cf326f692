"""How good the output is: documents against their references, in the figures of the field."""

import hashlib
import logging
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from heapq import nsmallest
from importlib.metadata import version
from statistics import fmean

from models.catalog import UnknownLanguage
from models.errors import ALL_WELL, SOME_FAILED, ModelError
from pipeline.document import Document, Failure, Record
from pipeline.evaluation import scores
from pipeline.evaluation.align import boundaries, units
from pipeline.evaluation.findings import Evaluation, Far, Flags, Measured, Scores
from pipeline.evaluation.references import Case, Cases, References
from pipeline.extract import Extractor
from pipeline.figures import count
from pipeline.flags import FLAGS
from pipeline.flow import Pipeline
from pipeline.harmless import visible
from pipeline.readers.content import Unreadable
from pipeline.report import Failed, Signed
from pipeline.segment import segment

MOST_FAR = 20

log = logging.getLogger(__name__)


def evaluate(source: str, cases: Cases, pipeline: Pipeline) -> Evaluation:
    """Run the documents of a source through the pipeline and measure what comes out.

    What fails is logged, and the rest goes on. Raises Unreadable where no document can be read,
    ModelError where there is no summariser.
    """
    tally = _Tally(Extractor(pipeline.words))
    for case, outcome in _outcomes(cases, pipeline):
        tally.add(case, outcome)
    if not tally.documents:
        raise Unreadable("holds no document that can be read", visible(source))
    documents = tuple(tally.documents)
    langs = dict.fromkeys(one.lang for one in documents)
    return Evaluation(
        khulasa=version("khulasa"),
        source=visible(source),
        ignored=cases.ignored,
        documents=documents,
        failures=tuple(tally.failures),
        scores=scores_of(documents),
        languages={lang: scores_of([d for d in documents if d.lang == lang]) for lang in langs},
        flags=dict(tally.flags.most_common()),
        signatures=tuple(Signed(*key, count) for key, count in tally.signatures.items()),
        metrics=scores.signatures(),
        furthest=_furthest(documents),
        baseline=baseline_of(documents),
        exit_code=tally.exit_code,
    )


def scores_of(documents: Sequence[Measured]) -> Scores:
    """Every metric over documents together: each segment counts alike, and each summary."""
    found = scores.translation([unit for one in documents for unit in one.units])
    ratios = list(map(ratios_of, documents))
    for name in scores.METRICS:
        pairs = [ratio[name] for ratio in ratios if name in ratio]
        if whole := sum(pair[1] for pair in pairs):
            found[name] = 100 * sum(pair[0] for pair in pairs) / whole
    return found


def baseline_of(documents: Sequence[Measured]) -> Scores:
    """ROUGE of the extracts, the mean over documents as for the summaries."""
    translated = (one for one in documents if one.untranslated is None)
    found = [scores.rouge(one.extract, one.summaries) for one in translated if one.summaries]
    return {name: fmean(one[name] for one in found) for name in scores.ROUGE} if found else {}


def ratios_of(one: Measured) -> dict[str, tuple[float, float]]:
    """The metrics that are a share, as part and whole: those of many documents are their sums.

    Of a ROUGE the whole is the document: the mean over documents is what the field reports.
    """
    pairs = {name: (one.scores[name] / 100, 1.0) for name in scores.ROUGE if name in one.scores}
    if ends := one.boundaries:
        pairs["segmentation"] = (2.0 * ends.right, float(ends.proposed + ends.wanted))
    if one.flags.parts:
        pairs["flagged"] = (float(one.flags.attention), float(one.flags.parts))
        pairs["noted"] = (float(one.flags.notes), float(one.flags.parts))
    if one.summary_flags.parts:
        pairs["summary_flagged"] = (
            float(one.summary_flags.attention),
            float(one.summary_flags.parts),
        )
    return pairs


def with_rouge(one: Measured) -> Measured:
    """The document with the scores of its summary alone: those that `ratios_of` wants."""
    found = {} if one.untranslated else scores.rouge(one.summary, one.summaries)
    return replace(one, scores=found)


def scored(one: Measured) -> Measured:
    """The document with its scores."""
    rated = with_rouge(one)
    return replace(rated, scores=scores_of([rated]))


class _Tally:
    """What came out so far."""

    def __init__(self, extractor: Extractor) -> None:
        self.extractor = extractor
        self.documents: list[Measured] = []
        self.failures: list[Failed] = []
        self.signatures: Counter[tuple[str, str, str]] = Counter()
        self.flags: Counter[str] = Counter()
        self.exit_code = ALL_WELL

    def add(self, case: Case, outcome: Record | Failure) -> None:
        document = case.outcome
        if isinstance(outcome, Failure):
            self._note(outcome)
        else:
            self.flags.update(outcome.flags)
            for stage, report in outcome.stages.items():
                self.signatures[stage, outcome.document.lang, report.signature] += 1
        if isinstance(document, Document):
            measured = _measured(document, case.references, outcome, self.extractor)
            self.documents.append(measured)

    def _note(self, failure: Failure) -> None:
        """A language that nobody promised to translate is no fault."""
        if isinstance(failure.cause, UnknownLanguage):
            return
        log.error("%s", failure)
        code = ModelError.exit_code if isinstance(failure.cause, ModelError) else SOME_FAILED
        self.exit_code = max(self.exit_code, code)
        self.failures.append(Failed(failure.path, failure.line, failure.id, failure.reason))


def _outcomes(cases: Iterable[Case], pipeline: Pipeline) -> Iterator[tuple[Case, Record | Failure]]:
    """What became of each case, in order; the pipeline reads ahead of what it gives."""
    ahead: deque[Case] = deque()

    def read() -> Iterator[Document | Failure]:
        for case in cases:
            ahead.append(case)
            yield case.outcome

    with closing(pipeline.outcomes(read())) as outcomes:
        for outcome in outcomes:
            yield ahead.popleft(), outcome


def _measured(
    document: Document, references: References, outcome: Record | Failure, extractor: Extractor
) -> Measured:
    if isinstance(outcome, Record):
        sources = [one.text for one in outcome.segments]
    else:
        sources = [one.text for one in segment(document.text, document.lang)]
    plain = Measured(
        id=document.id,
        lang=document.lang,
        path=document.path,
        line=document.line,
        sha256=hashlib.sha256(document.text.encode()).hexdigest(),
        segments=len(sources),
        summaries=references.summaries,
        boundaries=boundaries(sources, references.segments) if references.segments else None,
    )
    if isinstance(outcome, Failure):
        measured = replace(plain, untranslated=outcome.reason)
    else:
        measured = _with_english(plain, outcome, references, extractor)
    return scored(replace(measured, remarks=tuple(_remarks(measured, references))))


def _with_english(
    plain: Measured, record: Record, references: References, extractor: Extractor
) -> Measured:
    sources = [one.text for one in record.segments]
    targets = [one.text for one in record.translations]
    return replace(
        plain,
        units=units(sources, targets, references),
        summary=record.summary.text,
        extract=extractor.extract(targets).text,
        flags=_flags([one.flags for one in record.translations]),
        summary_flags=_flags([one.flags for one in record.summary.sentences]),
    )


def _flags(parts: Sequence[Sequence[str]]) -> Flags:
    return Flags(
        len(parts),
        sum(any(not FLAGS[name].note for name in names) for names in parts),
        sum(any(FLAGS[name].note for name in names) for names in parts),
        dict(Counter(name for names in parts for name in names).most_common()),
    )


def _remarks(one: Measured, references: References) -> Iterator[str]:
    lines = len(references.translation)
    of_reference = f"{count(lines, 'line')} of reference"
    if not references:
        yield "no reference"
    if references.segments and one.boundaries is None:
        yield "the gold segments are not the text of the document"
    if len(one.units) == 1 and max(one.segments, lines) > 1:
        yield f"document level: {count(one.segments, 'segment')}, {of_reference}"
    elif joined := sum(unit.lines for unit in one.units if unit.lines > 1):
        yield f"{count(joined, 'line')} of reference joined: we cut elsewhere"


def _furthest(documents: Iterable[Measured]) -> tuple[Far, ...]:
    """Those whose chrF is lowest; a document that was not compared line by line has none."""
    all_units = (
        Far(one.id, one.lang, number, unit, scores.chrf(unit))
        for one in documents
        for number, unit in enumerate(one.units, 1)
    )
    wrong = (far for far in all_units if far.chrf < 100)
    return tuple(nsmallest(MOST_FAR, wrong, key=lambda far: far.chrf))
