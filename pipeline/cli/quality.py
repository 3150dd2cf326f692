"""The commands that say how good something is: flags, check, eval, doctor."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import From

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No table.")]


def check(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A text a line; or a .tsv or .tmx of both.")
    ],
    target: Annotated[
        Path | None, typer.Argument(metavar="TARGET", help="Its English, line by line.")
    ] = None,
    lang: From = None,
    quiet: Quiet = False,
) -> None:
    """Check a translation that anybody made: a line of JSON a pair, then a table on stderr."""
    from pipeline.checks import check as check_pair
    from pipeline.pairs import read_pairs
    from pipeline.render.findings import Tally, to_json, write_table

    tally = Tally()
    for index, pair in enumerate(read_pairs(source, target, lang)):
        findings = check_pair(pair.source, pair.target, pair.lang)
        tally.add(findings)
        typer.echo(json.dumps(to_json(index, findings), ensure_ascii=False))
    if not quiet:
        write_table(tally, sys.stderr)


def flags(
    as_json: Annotated[
        bool, typer.Option("--json", help="An object a line, for programs.")
    ] = False,
) -> None:
    """List every flag and what it means."""
    from pipeline.render import flags as table

    if as_json:
        table.to_programs(sys.stdout)
    else:
        table.to_people(sys.stdout)
