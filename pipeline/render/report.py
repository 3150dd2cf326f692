"""The report of a job as a page: one file that needs no other, no network and no script."""

import json
from datetime import datetime

from pipeline.render.chart import Chart, chart
from pipeline.render.page import components, filled, joined
from pipeline.report import OVERLOOKED, RUN_WIDE, Flagged, Report

MOST_FAILURES = 1_000  # on the page; report.json lists more
MOST_SOURCES, MOST_REASONS = 5, 20

# For jq, which every system has: the ids of records with a flag for which somebody should look.
QUERY = (
    "jq -r 'select([.. | objects | .flags[]?] - "
    + json.dumps(sorted(OVERLOOKED))
    + " != []) | .id' records.jsonl"
)


def page(report: Report) -> str:
    """The report as HTML. Whatever words it holds, they are text there and nothing else."""
    flags = [name for name in report.flags if name not in OVERLOOKED]
    return filled(
        "report.html.jinja",
        _style(len(flags)),
        report=report,
        started=datetime.fromisoformat(report.started),
        sources=report.sources[:MOST_SOURCES],
        reasons=list(report.reasons.items())[:MOST_REASONS],
        failures=report.failures[:MOST_FAILURES],
        flags=flags,
        notes=[name for name in report.flags if name in OVERLOOKED - RUN_WIDE],
        run_wide=[name for name in report.flags if name in RUN_WIDE],
        marks=lambda flagged: _marks(flagged, flags),
        charts=_charts(report),
        query=QUERY,
        signatures=[(signed, components(signed.signature)) for signed in report.signatures],
    )


def _style(flags: int) -> str:
    """The style sheet, with a rule a flag: chosen, it leaves only the documents that have it."""
    rules = (
        f"body:has(#flag-{number}:checked) .flagged > li:not(.flag-{number}) {{ display: none }}\n"
        for number in range(flags)
    )
    return joined("page.css", "report.css") + "".join(rules)


def _marks(flagged: Flagged, flags: list[str]) -> str:
    """The classes that the rules of `_style` look for."""
    return " ".join(f"flag-{flags.index(name)}" for name in flagged.flags)


def _charts(report: Report) -> list[Chart]:
    points, seconds = report.throughput, report.seconds
    drawn = (
        chart(points, seconds, "Documents a second", lambda point: point.documents),
        chart(points, seconds, "Sentences translated a second", lambda point: point.sentences),
    )
    return [one for one in drawn if one]
