"""An evaluation as tables for people, on a terminal or in a file."""

import json
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.catalog import EXTRACTIVE, name_of
from pipeline.evaluation.findings import Comparison, Evaluation, Measured, Scores
from pipeline.evaluation.scores import METRICS, verdict
from pipeline.figures import chance, change, count, score
from pipeline.flags import FLAGS
from pipeline.harmless import visible
from pipeline.render.hanging import WIDTH_OF_FILES, hang

MOST_DOCUMENTS = 200  # in the table; the JSON has all
MOST_IDS = 20

# Columns of the main table, narrow enough for 80 characters.
COLUMNS = {
    "bleu": "BLEU",
    "chrf": "chrF",
    "rouge1": "R-1",
    "rouge2": "R-2",
    "rougeL": "R-L",
    "segmentation": "segm.",
    "flagged": "⚑",
    "noted": "·",
}
COLOURS = {"better": "green", "worse": "red"}


def to_people(evaluation: Evaluation, out: TextIO) -> None:
    """Write the tables; in colour and as wide as the window where `out` is a terminal."""
    console = Console(file=out, highlight=False, width=None if out.isatty() else WIDTH_OF_FILES)
    console.print(Text(_heading(evaluation), "bold"))
    for stage, models in evaluation.models.items():
        hang(console, Text(f"{stage}: ", "dim"), Text(visible(", ".join(models)), "dim"))
    for name, documents in evaluation.flags.items():
        if not FLAGS[name].note:
            told = f"{FLAGS[name].meaning} ({count(documents, 'document')})"
            hang(console, Text(f"⚑ {name}: ", "yellow"), Text(told, "yellow"))
    console.print()
    console.print(_scores(evaluation))
    console.print()
    for remark in _remarks(evaluation):
        hang(console, Text("– "), Text(visible(remark)))
    for head, text in _legend(evaluation):
        hang(console, Text(f"{head}: ", "dim"), Text(text, "dim"))
    if evaluation.comparison:
        _print_comparison(console, evaluation.comparison)


def to_programs(evaluation: Evaluation, out: TextIO) -> None:
    """Write the evaluation as JSON, indented."""
    json.dump(evaluation.to_json(), out, ensure_ascii=False, indent=1)
    out.write("\n")


def _heading(evaluation: Evaluation) -> str:
    failed = evaluation.failures and f", {count(len(evaluation.failures))} failed"
    documents = count(len(evaluation.documents), "document")
    return f"{visible(evaluation.source)}  ·  {documents}{failed or ''}"


def _scores(evaluation: Evaluation) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", overflow="fold", max_width=38)
    for title in ("segments", *COLUMNS.values()):
        table.add_column(title, justify="right", no_wrap=True)
    documents = evaluation.documents
    table.add_row(*_row("all", documents, evaluation.scores), style="bold")
    if evaluation.baseline:
        table.add_row(*_row(f"all, {EXTRACTIVE}", documents, evaluation.baseline))
    if len(evaluation.languages) > 1:
        table.add_row()
        for lang, scores in evaluation.languages.items():
            of_lang = [one for one in documents if one.lang == lang]
            table.add_row(*_row(name_of(lang), of_lang, scores))
    table.add_row()
    for one in documents[:MOST_DOCUMENTS]:
        table.add_row(*_row(visible(one.id), [one], one.scores))
    return table


def _row(name: str, documents: Sequence[Measured], scores: Scores) -> list[Text]:
    segments = count(sum(one.segments for one in documents))
    return [Text(one) for one in (name, segments, *(score(scores.get(key)) for key in COLUMNS))]


def _remarks(evaluation: Evaluation) -> Iterator[str]:
    """What stands in no cell: each thing once, with the documents that it is said of."""
    if (rest := len(evaluation.documents) - MOST_DOCUMENTS) > 0:
        yield f"{count(rest, 'more document')} in the JSON"
    said: dict[str, list[str]] = {}
    for one in evaluation.documents:
        reason = [f"not translated: {one.untranslated}"] if one.untranslated is not None else []
        for remark in (*reason, *one.remarks):
            said.setdefault(remark, []).append(one.id)
    for remark, ids in said.items():
        yield f"{_listed(ids)}: {remark}"
    if evaluation.ignored:
        yield f"{count(evaluation.ignored, 'file')} left out: neither document nor reference"


def _listed(ids: list[str]) -> str:
    more = f" and {count(len(ids) - MOST_IDS)} more" if len(ids) > MOST_IDS else ""
    return ", ".join(ids[:MOST_IDS]) + more


def _legend(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """What each column means, and by which settings it came about."""
    for name, column in COLUMNS.items():
        if any(name in one.scores for one in evaluation.documents):
            settings = evaluation.metrics.get(name)
            yield column, METRICS[name].meaning + (f"  {settings}" if settings else "")
    if evaluation.baseline:
        yield EXTRACTIVE, FLAGS[EXTRACTIVE].meaning


def _print_comparison(console: Console, comparison: Comparison) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    for title in ("before", "now", "difference", "p", "over"):
        table.add_column(title, justify="left" if title == "over" else "right", no_wrap=True)
    for name, one in comparison.changes.items():
        metric = METRICS[name]
        table.add_row(
            metric.title,
            f"{score(one.before)} ± {score(one.before_ci)}",
            f"{score(one.now)} ± {score(one.now_ci)}",
            Text(change(one.difference), COLOURS.get(verdict(name, one.difference, one.p), "")),
            chance(one.p),
            count(one.items, metric.over.removesuffix("s")),
        )
    console.print()
    console.print(Text(f"Against {visible(comparison.earlier)}", "bold"))
    console.print(table)
    console.print(Text(f"± and p: {comparison.method}", "dim"))
    reasons: dict[str, list[str]] = {}
    for left in comparison.left_out:
        reasons.setdefault(left.reason, []).append(left.id)
    for reason, ids in reasons.items():
        hang(console, Text("not compared: "), Text(visible(f"{_listed(ids)}: {reason}")))
