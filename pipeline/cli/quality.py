"""The commands that say how good something is: flags, check, eval, doctor."""

import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline import logs
from pipeline.cli.downloads import downloads
from pipeline.cli.options import From, Settings, TermsFile, shared
from pipeline.cli.terminal import writing

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No table.")]
AsJson = Annotated[bool, typer.Option("--json", help="An object a line, for programs.")]


def check(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A text a line; or a .tsv or .tmx of both.")
    ],
    target: Annotated[
        Path | None, typer.Argument(metavar="TARGET", help="Its English, line by line.")
    ] = None,
    lang: From = None,
    glossary: TermsFile = None,
    quiet: Quiet = False,
) -> None:
    """Check a translation that anybody made: a line of JSON a pair, then a table on stderr."""
    from pipeline.checks import check as check_pair
    from pipeline.glossary import Glossary
    from pipeline.pairs import read_pairs
    from pipeline.render.findings import Tally, to_json, write_table

    tally = Tally()
    terms = Glossary.read(glossary) if glossary else Glossary(())
    with writing(None) as out:
        for index, pair in enumerate(read_pairs(source, target, lang)):
            lacking = terms.lacking(pair.source, pair.target)
            found = check_pair(pair.source, pair.target, pair.lang)
            findings = (*found, *(term.finding for term in lacking))
            tally.add(findings)
            out.write(json.dumps(to_json(index, findings), ensure_ascii=False) + "\n")
    if not quiet:
        write_table(tally, sys.stderr)


def flags(as_json: AsJson = False) -> None:
    """List every flag and what it means."""
    from pipeline.render import flags as table

    with writing(None) as out:
        (table.to_programs if as_json else table.to_people)(out)


@partial(shared, models="tiny")
def evaluate(
    settings: Settings,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Folder, .txt or .jsonl with references.")
    ],
    against: Annotated[
        Path | None,
        typer.Option(metavar="OTHER.json", help="Compare with this earlier evaluation."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT_DIR", help="Write evaluation.json and a page here."
        ),
    ] = None,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="What is printed.")
    ] = "table",
) -> None:
    """Measure translations, summaries and segments against references; compare two runs."""
    from pipeline.evaluation.compare import compare
    from pipeline.evaluation.evaluate import evaluate as measure
    from pipeline.evaluation.findings import load, write
    from pipeline.evaluation.references import Cases
    from pipeline.harmless import visible
    from pipeline.render.scores import to_people, to_programs

    earlier = load(against) if against else ()  # before an hour is spent
    cases = Cases(source, settings.code)
    with downloads(sys.stderr.isatty()) as heard, settings.pipeline(heard) as pipeline:
        evaluation = measure(source, cases, pipeline)
    if against:
        comparison = compare(visible(str(against)), earlier, evaluation.documents)
        evaluation = replace(evaluation, comparison=comparison)
    if out:
        write(evaluation, out)
    with writing(None) as stream:
        (to_programs if form == "json" else to_people)(evaluation, stream)
    raise typer.Exit(evaluation.exit_code)


@shared
def doctor(settings: Settings, as_json: AsJson = False) -> None:
    """Look at everything a run stands on, and say what to do about what is not well."""
    from models.hub.line import Line
    from models.model import Runtime
    from pipeline.doctor import Chosen, examine, exit_code
    from pipeline.render.doctor import to_people, to_programs

    logs.configure(-1)  # what matters comes as a finding
    chosen = Chosen(
        settings.code or "ar",
        settings.models,
        settings.translator,
        settings.summarizer,
        Runtime(
            settings.engine,
            settings.device,
            settings.compute,
            threads=settings.threads,
            line=Line(timeout=settings.timeout),
        ),
        settings.cache,
    )
    with writing(None) as out:
        found = (to_programs if as_json else to_people)(examine(chosen), out)
    raise typer.Exit(exit_code(found))
