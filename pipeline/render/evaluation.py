"""An evaluation as a page: one file that needs no other, no network and no script."""

from collections import Counter, defaultdict

from pipeline.evaluation.findings import Evaluation, Measured
from pipeline.evaluation.scores import METRICS, verdict
from pipeline.flags import FLAGS
from pipeline.render.page import components, filled, joined

MOST_DOCUMENTS = 1_000  # on the page; the JSON has all
MOST_IDS = 20

COLUMNS = ("bleu", "chrf", "rouge1", "rouge2", "rougeL", "segmentation", "flagged")
VERDICTS = {
    "better": "better",
    "worse": "worse",
    "same": "no difference",
    "chance": "may be chance",
    "too few": "too few to tell",
}


def page(evaluation: Evaluation) -> str:
    """The evaluation as HTML. Whatever words it holds, they are text there and nothing else."""
    return filled(
        "evaluation.html.jinja",
        joined("page.css", "report.css", "evaluation.css"),
        evaluation=evaluation,
        columns=COLUMNS,
        metrics=METRICS,
        verdict=verdict,
        verdicts=VERDICTS,
        segments=_segments(evaluation),
        remarks=_remarks,
        notices=[name for name in evaluation.flags if name in FLAGS and not FLAGS[name].note],
        flags=_flags(evaluation),
        attention={name for name, flag in FLAGS.items() if not flag.note},
        untranslated=list(evaluation.untranslated.items()),
        left_out=_left_out(evaluation),
        most_documents=MOST_DOCUMENTS,
        most_ids=MOST_IDS,
        signatures=[(signed, components(signed.signature)) for signed in evaluation.signatures],
    )


def _segments(evaluation: Evaluation) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in evaluation.documents:
        counts[one.lang] += one.segments
    return counts


def _remarks(one: Measured) -> list[str]:
    return ["not translated"] * (one.untranslated is not None) + list(one.remarks)


def _flags(evaluation: Evaluation) -> list[tuple[str, int, int]]:
    """(name, segments, summary sentences) of each flag, those that ask for attention first."""
    segments: Counter[str] = Counter()
    sentences: Counter[str] = Counter()
    for one in evaluation.documents:
        segments.update(one.flags.names)
        sentences.update(one.summary_flags.names)
    rows = [(name, segments[name], sentences[name]) for name in segments | sentences]
    return sorted(rows, key=lambda row: (FLAGS[row[0]].note, -row[1] - row[2], row[0]))


def _left_out(evaluation: Evaluation) -> list[tuple[str, list[str]]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in evaluation.comparison.left_out if evaluation.comparison else ():
        found[one.reason].append(one.id)
    return list(found.items())
