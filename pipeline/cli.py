"""The command line. It reads options, calls the pipeline, and says what went wrong in one line.

Exit codes: 0 all well, 1 some documents failed (named), 2 wrong usage or unreadable input,
3 a model is missing or unfit, 130 interrupted.
"""

import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, TextIO

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from models.errors import INTERRUPTED, SOME_FAILED, KhulasaError
from models.home import models_home
from pipeline import logs
from pipeline.options import CachePlace, Settings, shared

if TYPE_CHECKING:
    from pipeline.document import Document


class Guarded(TyperGroup):
    """Turns every failure into one line on stderr and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        if sys.stderr is None:  # closed by whoever started us
            sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        logs.configure()
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, TyperException, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            _fail("interrupted", INTERRUPTED)
        except KhulasaError as error:
            _fail(str(error), error.exit_code)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _fail(f"{where}{error.strerror or error}", KhulasaError.exit_code)
        except Exception as error:  # noqa: BLE001 - whatever it is, a person gets one line
            _fail(f"unexpected {type(error).__name__}: {error}{_kept_details()}", SOME_FAILED)


def _fail(message: str, code: int) -> NoReturn:
    _say(message)
    raise typer.Exit(code) from None


def _kept_details() -> str:
    """Write the traceback of what nobody foresaw to a file; where it is, if that can be done."""
    path = models_home().parent / "error.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        return ""
    return f" (please report it with {path})"


app = typer.Typer(
    name="khulasa",
    cls=Guarded,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
cache_app = typer.Typer(help="What is kept, why something ran again, and how to make room.")
app.add_typer(cache_app, name="cache", no_args_is_help=True)

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


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"khulasa {version('khulasa')}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
]


@app.callback()
def main(_version: Version = False) -> None:
    """Foreign-language documents into English: aligned translation, summary with evidence."""


@app.command()
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
        _writing(output) as out,
    ):
        for record in pipeline.run(_documents(files, settings.code, failed)):
            render(record, out)
        if len(failed) == len(files):  # before an empty file takes the place of an older one
            raise typer.Exit(KhulasaError.exit_code)
    if failed:
        raise typer.Exit(SOME_FAILED)


@app.command()
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


@cache_app.command()
def stats(cache: CachePlace = None) -> None:
    """Count what is kept, by signature."""
    from pipeline.cache import open_cache

    with closing(open_cache(cache)) as kept:
        for count in kept.counts():
            used = datetime.fromtimestamp(count.used).astimezone()
            typer.echo(f"{count.signature}")
            typer.echo(
                f"  {count.outputs} documents, {count.sentences} sentences, "
                f"last used {used:%Y-%m-%d %H:%M}"
            )


@cache_app.command()
@shared
def explain(
    settings: Settings,
    files: Annotated[list[str], typer.Argument(metavar="FILE…|-", help="Documents; - is stdin.")],
) -> None:
    """Say, stage by stage, what is kept of documents and which component changed."""
    from pipeline.explain import explain as explain_document

    os.environ["HF_HUB_OFFLINE"] = "1"  # a question must not start a download
    failed: list[str] = []
    with settings.pipeline() as pipeline:
        for document in _documents(files, settings.code, failed):
            typer.echo(document.id)
            for explanation in explain_document(pipeline, document):
                typer.echo(f"  {explanation}")
    if failed:
        raise typer.Exit(KhulasaError.exit_code)


@cache_app.command()
def gc(
    days: Annotated[
        int, typer.Option(min=0, help="Keep what a signature used within so many days can reach.")
    ] = 30,
    cache: CachePlace = None,
) -> None:
    """Delete what only signatures out of use can reach."""
    from pipeline.cache import open_cache

    with closing(open_cache(cache)) as kept:
        typer.echo(f"{kept.collect(time.time() - days * 86_400)} rows deleted")


@cache_app.command()
def clear(
    yes: Annotated[
        bool,
        typer.Option("--yes", prompt="Delete everything that is kept?", help="Do not ask."),
    ],
    cache: CachePlace = None,
) -> None:
    """Delete everything: outputs of stages and the translation memory."""
    from pipeline.cache import open_cache

    if yes:
        with closing(open_cache(cache)) as kept:
            typer.echo(f"{kept.clear()} rows deleted")


def _documents(names: list[str], lang: str | None, failed: list[str]) -> "Iterator[Document]":
    """The documents that can be read; the others are told and noted in `failed`."""
    from pipeline.sources import LARGEST, Unreadable, parse, read

    for name in names:
        try:
            if name == "-":
                yield parse(sys.stdin.buffer.read(LARGEST + 1), name, lang)
            else:
                yield read(Path(name), lang)
        except Unreadable as error:
            failed.append(name)
            _say(str(error))


@contextmanager
def _writing(output: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that is there when it is complete and not before."""
    if output is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        yield sys.stdout
        return
    partial = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8") as out:
            yield out
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


def _say(message: str) -> None:
    if logs.for_programs():
        logging.getLogger(__name__).error(message)
    else:
        typer.echo(f"khulasa: {' '.join(message.split())}", err=True)
