"""The commands over documents: a few of them, or a corpus."""

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from models.errors import KhulasaError
from pipeline import logs
from pipeline.cli import cluster
from pipeline.cli.downloads import downloads
from pipeline.cli.options import Settings, shared
from pipeline.cli.terminal import Told, documents, writing_bytes


class Form(StrEnum):
    """The names of `render.FORMATS`, as the command line offers them."""

    text = "text"
    json = "json"
    markdown = "markdown"
    html = "html"
    tmx = "tmx"
    xliff = "xliff"
    tsv = "tsv"
    docx = "docx"
    srt = "srt"
    parquet = "parquet"
    documents = "documents"


Format = Annotated[
    Form | None, typer.Option("--format", help="Default: by the ending of OUT, else text.")
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
Forms = Annotated[
    list[Form] | None,
    typer.Option("--format", help="What is written; may be given more than once.  [default: json]"),
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
    from pipeline.document import Failure
    from pipeline.render import FORMATS, format_of, opened

    if quiet:
        logs.configure(-1)
    chosen = form or (output and format_of(output.name)) or Form.text
    if output is None and FORMATS[chosen].binary and sys.stdout.isatty():
        raise typer.BadParameter(f"{chosen} is nothing for a terminal; name a file with -o")
    told, done = Told(), False
    with (
        downloads(not quiet and sys.stderr.isatty()) as heard,
        settings.pipeline(heard) as pipeline,
        writing_bytes(output) as out,
        opened(chosen, out) as write,
    ):
        for outcome in pipeline.outcomes(documents(files, settings.code, told)):
            if isinstance(outcome, Failure):
                told.failure(outcome.cause or KhulasaError(), str(outcome))
                continue
            try:
                write(outcome)
                done = True
            except KhulasaError as error:  # of this document, which the format cannot hold
                told.failure(error)
        if not done:  # before an empty file takes the place of an older one
            raise typer.Exit(told.exit_code(done))
    raise typer.Exit(told.exit_code(done))


@shared
def batch(
    settings: Settings,
    sources: Sources,
    out: OutDir,
    fields: FieldNames = None,
    split: Split = False,
    forms: Forms = None,
    fail_fast: FailFast = False,
    verbose: Verbose = 0,
    log_format: LogFormat = "text",
    quiet: Quiet = False,
    runner: cluster.Kind = "local",
    address: cluster.Address = None,
    translators: cluster.Translators = "1",
    summarizers: cluster.Summarizers = "1",
    gpus_per_worker: cluster.Cards = 0,
) -> None:
    """Translate and summarise a corpus, with a report; killed, it goes on where it was."""
    from pipeline.batch import Batch, write_report
    from pipeline.corpus import Corpus
    from pipeline.interrupt import Interrupts
    from pipeline.output import reserved, written
    from pipeline.progress import progress
    from pipeline.report import Job
    from pipeline.tables import USUAL, Fields

    logs.configure(-1 if quiet else verbose, log_format)
    interrupts = Interrupts()
    interrupts.listen()
    job = Job(tuple(sources), str(out), datetime.now().astimezone())
    place = cluster.Place(runner, address, translators, summarizers, gpus_per_worker)
    names = Fields.parse(fields) if fields else USUAL
    corpus = Corpus(sources, settings.code, names, out)
    with (
        reserved(out),
        progress(corpus.total, quiet) as shown,
        settings.pipeline(shown.arrived, shown.decoded) as pipeline,
        place.ready(settings, corpus, pipeline, fail_fast) as ready,
    ):
        interrupts.listen()  # again: Ray listens in our place
        with written(out, forms or [Form.json], split) as write:
            work = Batch(ready, write, shown, interrupts, fail_fast)
            ending = work.run()
        write_report(work.report(job, ending), out)
    if ending.error:
        raise ending.error
    raise typer.Exit(work.exit_code(ending))
