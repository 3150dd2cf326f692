"""The report of a job as a page: one file that needs no other, no network and no script."""

import base64
import hashlib
import json
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from models.catalog import find
from pipeline import figures
from pipeline.flags import FLAGS
from pipeline.harmless import visible
from pipeline.render.chart import Chart, chart
from pipeline.report import OVERLOOKED, RUN_WIDE, Flagged, Report, Signed

MOST_FAILURES = 1_000  # on the page; report.json lists more
MOST_SOURCES, MOST_REASONS = 5, 20

STAGES = {"segment": "Cut into sentences", "translate": "Translate", "summarize": "Summarise"}

# For jq, which every system has: the ids of records with a flag for which somebody should look.
QUERY = (
    "jq -r 'select([.. | objects | .flags[]?] - "
    + json.dumps(sorted(OVERLOOKED))
    + " != []) | .id' records.jsonl"
)

_HERE = Path(__file__).parent


def page(report: Report) -> str:
    """The report as HTML. Whatever words it holds, they are text there and nothing else."""
    flags = [name for name in report.flags if name not in OVERLOOKED]
    style = Markup(_style(len(flags)))  # noqa: S704 - our own file and numbers
    return _template().render(
        report=report,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
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
        signatures=[(signed, _components(signed)) for signed in report.signatures],
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": figures.count,
        "duration": figures.duration,
        "share": figures.share,
        "rate": figures.rate,
        "language": _language,
        "stage": lambda name: STAGES.get(name, name),
        "meaning": lambda flag: FLAGS[flag].meaning if flag in FLAGS else "",
    }
    return environment.get_template("report.html.jinja")


def _harmless(value: object) -> object:
    """Applied to all that the template prints, before it is escaped."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return visible(str(value)) if plain else value


def _style(flags: int) -> str:
    """The style sheet, with a rule a flag: chosen, it leaves only the documents that have it."""
    rules = (
        f"body:has(#flag-{number}:checked) .flagged > li:not(.flag-{number}) {{ display: none }}\n"
        for number in range(flags)
    )
    return (_HERE / "report.css").read_text(encoding="utf-8") + "".join(rules)


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


def _language(code: str) -> str:
    known = find(code)
    return known.name if known else code


def _components(signed: Signed) -> list[tuple[str, str]]:
    """(name, value) of each part of a signature, the stage and its version first."""
    parts = (part.partition(":") for part in signed.signature.split("|"))
    return [(name, value) for name, _, value in parts]
