"""The commands over documents: a few of them, or a corpus."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from models.errors import SOME_FAILED, KhulasaError
from pipeline import logs
from pipeline.cli.options import Settings, shared
from pipeline.cli.terminal import documents, writing

Format = Annotated[
    Literal["text", "json", "markdown"] | None,
    typer.Option("--format", help="Default: by the suffix of OUT, else text."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no warnings.")]
Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE…",
        help="Files, folders, 'patterns', .jsonl, .csv, .parquet; - is JSONL on stdin.",
    ),
]
OutDir = Annotated[
    Path, typer.Argument(metavar="OUT_DIR", help="Records and report go to this folder.")
]
FieldNames = Annotated[
    str | None,
    typer.Option(
        "--fields",
        metavar="NAME=FIELD,…",
        help="Where rows name them otherwise, as in text=body,id=guid.",
    ),
]
Split = Annotated[bool, typer.Option("--split", help="A file for each record.")]
SplitFormat = Annotated[
    Literal["json", "markdown", "text"],
    typer.Option("--format", help="Of the files of --split."),
]
FailFast = Annotated[
    bool, typer.Option("--fail-fast", help="Stop at the first document that fails.")
]
Verbose = Annotated[int, typer.Option("--verbose", "-v", count=True, help="Say more; -vv most.")]
LogFormat = Annotated[
    Literal["text", "json"], typer.Option(help="Messages for people, or JSON lines.")
]


@shared
def run(
    settings: Settings,
    files: Annotated[list[str], typer.Argument(metavar="FILE…|-", help="Documents; - is stdin.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write to this file.")
    ] = None,
    form: Format = None,
    quiet: Quiet = False,
) -> None:
    """Translate and summarise documents."""
    from pipeline.render import SUFFIXES, renderer

    if quiet:
        logs.configure(-1)
    suffix = output.suffix.lower() if output else ""
    render = renderer(form or SUFFIXES.get(suffix, "text"))
    failed: list[str] = []
    with (
        settings.pipeline(downloads=not quiet and sys.stderr.isatty()) as pipeline,
        writing(output) as out,
    ):
        for record in pipeline.run(documents(files, settings.code, failed)):
            render(record, out)
        if len(failed) == len(files):  # before an empty file takes the place of an older one
            raise typer.Exit(KhulasaError.exit_code)
    if failed:
        raise typer.Exit(SOME_FAILED)


@shared
def batch(
    settings: Settings,
    sources: Sources,
    out: OutDir,
    fields: FieldNames = None,
    split: Split = False,
    form: SplitFormat = "json",
    fail_fast: FailFast = False,
    verbose: Verbose = 0,
    log_format: LogFormat = "text",
    quiet: Quiet = False,
) -> None:
    """Translate and summarise a corpus, with a report; killed, it goes on where it was."""
    from pipeline.batch import Batch, write_report
    from pipeline.corpus import Corpus
    from pipeline.interrupt import Interrupts
    from pipeline.output import in_a_file_each, in_one_file, reserved
    from pipeline.progress import progress
    from pipeline.report import Job
    from pipeline.tables import USUAL, Fields

    if form != "json" and not split:
        raise typer.BadParameter("records.jsonl is JSON; other formats need --split")
    logs.configure(-1 if quiet else verbose, log_format)
    interrupts = Interrupts()
    interrupts.listen()
    job = Job(tuple(sources), str(out), datetime.now().astimezone())
    names = Fields.parse(fields) if fields else USUAL
    corpus = Corpus(sources, settings.code, names, out)
    writing = in_a_file_each(out, form) if split else in_one_file(out)
    with (
        reserved(out),
        progress(corpus.total, quiet) as shown,
        settings.pipeline(decoded=shown.decoded) as pipeline,
    ):
        with writing as write:
            work = Batch(corpus, pipeline, write, shown, interrupts, fail_fast)
            ending = work.run()
        write_report(work.report(job, ending), out)
    if ending.error:
        raise ending.error
    raise typer.Exit(work.exit_code(ending))
