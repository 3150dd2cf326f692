"""What is kept, why something ran again, and how to make room."""

import os
import time
from contextlib import closing
from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli.options import CachePlace, Settings, shared
from pipeline.cli.terminal import Told, documents

cache_app = typer.Typer(help="What is kept, why something ran again, and how to make room.")


@cache_app.command()
def stats(cache: CachePlace = None) -> None:
    """Count what is kept, by signature."""
    from pipeline.cache import open_cache

    with closing(open_cache(cache)) as kept:
        for count in kept.counts():
            used = datetime.fromtimestamp(count.used).astimezone()
            kinds = {"documents": count.outputs, "texts": count.sentences}
            rows = ", ".join(f"{number} {kind}" for kind, number in kinds.items() if number)
            typer.echo(f"{count.signature}\n  {rows or 'nothing'}, last used {used:%Y-%m-%d %H:%M}")
        if people := kept.corrections_count():
            typer.echo(f"translations by people\n  {people} texts")


@cache_app.command()
@shared
def explain(
    settings: Settings,
    files: Annotated[list[str], typer.Argument(metavar="FILE…|-", help="Documents; - is stdin.")],
) -> None:
    """Say, stage by stage, what is kept of documents and which component changed."""
    from pipeline.explain import explain as explain_document

    os.environ["HF_HUB_OFFLINE"] = "1"  # a question must not start a download
    told = Told()
    with settings.pipeline() as pipeline:
        for document in documents(files, settings.code, told):
            typer.echo(document.id)
            for explanation in explain_document(pipeline, document):
                typer.echo(f"  {explanation}")
    raise typer.Exit(told.exit_code(done=False))


@cache_app.command()
def migrate(cache: CachePlace = None) -> None:
    """Make the tables of a shared database, or bring those of an older khulasa up to date."""
    from pipeline.cache import prepare

    taken = prepare(cache)
    typer.echo("the tables are made or changed" if taken else "the tables are up to date already")


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
        typer.Option("--yes", prompt="Delete everything that was computed?", help="Do not ask."),
    ],
    cache: CachePlace = None,
) -> None:
    """Delete all that was computed: outputs of stages, and what models translated."""
    from pipeline.cache import open_cache

    if yes:
        with closing(open_cache(cache)) as kept:
            typer.echo(f"{kept.clear()} rows deleted")
            if people := kept.corrections_count():
                typer.echo(f"{people} translations by people stay: khulasa memory forget")
