"""The field's measures of English against references: BLEU, chrF, ROUGE. All in percent.

Each is computed by the library that papers quote, and says with which settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal, TypeVar

from pipeline.evaluation.align import Unit

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

M = TypeVar("M", "BLEU", "CHRF")
Over = Literal["segments", "documents"]
Verdict = Literal["better", "worse", "same", "chance", "too few"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure in percent. `over`: what is drawn when chance is reckoned with."""

    title: str
    meaning: str
    over: Over = "documents"
    better: Literal["more", "less"] = "more"


METRICS = {
    "bleu": Metric("BLEU", "words and phrases of the reference translation", "segments"),
    "chrf": Metric("chrF", "letters of the reference translation, in runs", "segments"),
    "rouge1": Metric("ROUGE-1", "words of the reference summary"),
    "rouge2": Metric("ROUGE-2", "pairs of words of the reference summary"),
    "rougeL": Metric("ROUGE-L", "words of the reference summary, in its order"),
    "segmentation": Metric("Sentence ends", "F1 of the ends of sentences within a document"),
    "flagged": Metric("Flagged", "segments with a flag that asks for attention", better="less"),
    "noted": Metric("Noted", "segments with a note", better="less"),
    "summary_flagged": Metric(
        "Summary flagged", "summary sentences with a flag that asks for attention", better="less"
    ),
}
# The usual level: a difference as large comes about by chance in fewer of 20 cases than one.
SIGNIFICANT = 0.05
ROUGE = ("rouge1", "rouge2", "rougeL")


def translation(units: Sequence[Unit]) -> dict[str, float]:
    """BLEU and chrF of a corpus; nothing where there are no units."""
    if not units:
        return {}
    hypotheses, references = [one.hypothesis for one in units], [[one.reference for one in units]]
    return {
        name: min(100.0, measure.corpus_score(hypotheses, references).score)  # exp(log(1)) > 1
        for name, measure in measures().items()
    }


def chrf(unit: Unit) -> float:
    """chrF of one unit alone."""
    return float(_chrf().sentence_score(unit.hypothesis, [unit.reference]).score)


def rouge(summary: str, references: Sequence[str]) -> dict[str, float]:
    """F1 of ROUGE-1, -2 and -L; of several references, for each the one that gives the most.

    That is what ROUGE takes of several (Lin 2004, section 2) and rouge-score's `score_multi`.
    """
    if not references:
        return {}
    found = _scorer().score_multi(list(references), summary)
    return {name: 100 * float(found[name].fmeasure) for name in ROUGE}


def verdict(name: str, difference: float, p: float | None) -> Verdict:
    """What a change of a metric means, in percentage points, with its p-value."""
    if not difference:
        return "same"
    if p is None:
        return "too few"
    if p >= SIGNIFICANT:
        return "chance"
    return "better" if (difference > 0) == (METRICS[name].better == "more") else "worse"


def measures() -> "dict[str, BLEU | CHRF]":
    """What computes a metric of METRICS from hypotheses."""
    return {"bleu": _bleu(), "chrf": _chrf()}


def signatures() -> dict[str, str]:
    """By which settings and versions each figure comes about."""
    by_sacrebleu = {name: str(measure.get_signature()) for name, measure in measures().items()}
    rouge = f"F1|stem:porter|tok:rouge-score|refs:best|version:{version('rouge-score')}"
    return by_sacrebleu | dict.fromkeys(ROUGE, rouge)


@cache
def _bleu() -> "BLEU":
    from sacrebleu.metrics.bleu import BLEU

    return _of_one_reference(BLEU())


@cache
def _chrf() -> "CHRF":
    from sacrebleu.metrics.chrf import CHRF

    return _of_one_reference(CHRF())


@cache
def _scorer() -> "RougeScorer":
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(ROUGE), use_stemmer=True)


def _of_one_reference(measure: M) -> M:
    measure.num_refs = 1  # or it has no signature before it has a score
    return measure
