"""Evaluations to render: an ordinary one, and one in which every word is an attack."""

from pipeline.evaluation.align import Boundaries, Unit
from pipeline.evaluation.findings import (
    Change,
    Comparison,
    Evaluation,
    Far,
    Flags,
    LeftOut,
    Measured,
)
from pipeline.report import Failed, Signed
from tests.pipeline.render.pages import HOSTILE

UNIT = Unit(1, "افتتح الوزير جسرا.", "The minister opened a road.", "The minister opened a bridge.")
SCORES = {
    "bleu": 42.649, "chrf": 67.0, "rouge1": 44.1, "rouge2": 21.1, "rougeL": 30.6,
    "segmentation": 98.0, "flagged": 6.25, "noted": 12.5,
}  # fmt: skip
ARABIC = Measured(
    "ar-news",
    "ar",
    "in/ar-news.txt",
    None,
    "0" * 64,
    16,
    units=(UNIT,),
    summary="A bridge was opened.",
    summaries=("A bridge opened.",),
    boundaries=Boundaries(14, 15, 15),
    flags=Flags(16, 1, 2, {"loop": 1, "negation": 2}),
    summary_flags=Flags(3, 1, 0, {"loop": 1}),
    remarks=("document level: 16 segments, 15 lines of reference",),
    scores=SCORES,
)
FRENCH = Measured(
    "fr-news",
    "fr",
    "in/fr-news.txt",
    None,
    "1" * 64,
    1_234,
    untranslated="translates Arabic only, not French",
    boundaries=Boundaries(3, 4, 4),
    scores={"segmentation": 75.0},
)
COMPARISON = Comparison(
    "earlier.json",
    "paired bootstrap, 1,000 samples, seed 12345",
    {
        "bleu": Change(40.0, 1.24, 42.649, 1.5, 0.012, 16),
        "chrf": Change(67.5, 1.0, 67.0, 1.0, 0.4, 16),
        "rouge1": Change(44.0, 0.5, 44.1, 0.5, None, 1),
        "segmentation": Change(98.0, 0.5, 98.0, 0.5, 1.0, 12),
        "flagged": Change(2.0, 0.5, 6.25, 0.5, 0.001, 12),
    },
    (LeftOut("b", "only in this run"), LeftOut("c", "only in this run")),
)


def ordinary(comparison: Comparison | None = None) -> Evaluation:
    """Two documents, one of a language that is not translated."""
    return Evaluation(
        khulasa="0.1.0",
        source="in/",
        ignored=1,
        documents=(ARABIC, FRENCH),
        failures=(Failed("in/bad.txt", None, "bad", "is empty"),),
        scores={**SCORES, "segmentation": 93.5},
        languages={"ar": SCORES, "fr": FRENCH.scores},
        flags={"tiny-models": 1, "duplicate-id": 1},
        signatures=(
            Signed("segment", "ar", "segment:v1|segmenter:sentencex-1", 1),
            Signed("translate", "ar", "translate:v1|model:a/b@1|beam:4", 1),
        ),
        metrics={"bleu": "nrefs:1|version:2.6.0"},
        furthest=(Far("ar-news", "ar", 7, UNIT, 56.78),),
        comparison=comparison,
    )


def hostile() -> Evaluation:
    """Every string that comes from outside is an attack."""
    unit = Unit(1, HOSTILE, HOSTILE, HOSTILE)
    flags = Flags(2, 1, 0, {"loop": 1})
    one = Measured(
        HOSTILE,
        HOSTILE,
        HOSTILE,
        3,
        HOSTILE,
        2,
        untranslated=HOSTILE,
        units=(unit,),
        summary=HOSTILE,
        summaries=(HOSTILE,),
        flags=flags,
        remarks=(HOSTILE,),
        scores=SCORES,
    )
    return Evaluation(
        khulasa="0.1.0",
        source=HOSTILE,
        ignored=0,
        documents=(one, ARABIC),
        failures=(Failed(HOSTILE, 3, HOSTILE, HOSTILE),),
        scores=SCORES,
        languages={HOSTILE: SCORES, "ar": SCORES},
        flags={},
        signatures=(Signed("translate", HOSTILE, f"translate:v1|model:{HOSTILE}", 1),),
        metrics={"bleu": HOSTILE},
        furthest=(Far(HOSTILE, HOSTILE, 1, unit, 0.0),),
        comparison=Comparison(HOSTILE, HOSTILE, {}, (LeftOut(HOSTILE, HOSTILE),)),
    )
