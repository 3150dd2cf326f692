"""The models on this machine: what there is, fetched, looked after, carried."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from models.engines.compute import Compute
from models.errors import ALL_WELL, KhulasaError, ModelError, ModelMissing
from pipeline.cli.downloads import downloads
from pipeline.cli.options import Precision, Timeout
from pipeline.cli.terminal import Told, writing, writing_bytes
from pipeline.figures import in_bytes
from pipeline.harmless import visible

if TYPE_CHECKING:
    from models.catalog import Entry
    from models.model import Runtime
    from models.stock.installed import Installed
    from models.stock.update import Change
    from pipeline.doctor import Diagnosis

models_app = typer.Typer(help="The models on this machine: fetch, look after, carry.")

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[LANG|REPO]…", help="Languages (ar, Persian), repositories, students."),
]
Some = Annotated[
    list[str], typer.Argument(metavar="LANG|REPO…", help="Languages, hub repositories, students.")
]
Set = Annotated[
    Literal["best", "fast"],
    typer.Option("--set", help="Which translator of a language, and which summariser with it."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
AsJson = Annotated[bool, typer.Option("--json", help="An object a line, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@models_app.command("list")
def inventory(
    names: Names = None,
    here: Annotated[bool, typer.Option("--here", help="Only what is on this machine.")] = False,
    as_json: AsJson = False,
) -> None:
    """List models: languages, licence, size, whether they are here, converted and tested."""
    from models.stock.inventory import everything, item, serving
    from pipeline.render.models import to_people, to_programs

    items = map(item, serving(names) if names else everything())
    with writing(None) as out:
        write = to_programs if as_json else to_people
        write([one for one in items if one.here or not here], out)


@models_app.command()
def pull(
    names: Names = None,
    models: Set = "best",
    compute: Precision = "auto",
    timeout: Timeout = None,
    quiet: Quiet = False,
) -> None:
    """Download models, convert them, and have them pass their self-test; Arabic if none is named.

    With the translator of a language comes the summariser of the set.
    """
    from models.catalog import chosen
    from models.stock.pull import pull as download

    told = Told()
    came: list[Entry] = []
    with _runtime(timeout, quiet, compute) as runtime:
        for entry, outcome in download(chosen(names or ["ar"], models), runtime.line):
            if isinstance(outcome, KhulasaError):
                told.failure(outcome)
            else:
                came.append(entry)
    for entry in came:
        with _telling(told):
            _make_ready(entry, runtime)
    raise typer.Exit(told.exit_code(done=False))


@models_app.command()
def verify(names: Names = None, as_json: AsJson = False) -> None:
    """Read every file of models again, compare digests, and test what the models give."""
    from models.model import DEFAULT
    from pipeline.render.doctor import to_people, to_programs

    chosen = [_here(name) for name in names] if names else [_everything_here()]
    found = (one for some in chosen for one in some)
    with writing(None) as out:
        write = to_programs if as_json else to_people
        seen = write(_findings(found, DEFAULT), out)
    bad = any(one.state == "bad" for one in seen)
    raise typer.Exit(ModelError.exit_code if bad else ALL_WELL)


@models_app.command()
def pack(
    names: Some,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE.tar", help="The file to write.")
    ],
    models: Set = "best",
    published: Annotated[
        bool, typer.Option("--published", help="The weights as published, not a converted form.")
    ] = False,
    compute: Precision = "auto",
    timeout: Timeout = None,
    quiet: Quiet = False,
) -> None:
    """Write models into one file for a machine without network; what is not here is downloaded."""
    from models.model import ready
    from models.stock.inventory import chosen
    from models.stock.pack import pack as write
    from pipeline.render.models import told_packed

    with _runtime(timeout, quiet, compute) as runtime:
        opened = [(entry, ready(entry, runtime)) for entry in chosen(names, models)]
    with writing_bytes(output) as out:
        manifest, sha256 = write(opened, "published" if published else "converted", out)
    for one in manifest.models:
        typer.echo(told_packed(one))
    typer.echo(f"{output}: {in_bytes(output.stat().st_size)}, sha256 {sha256}")


@models_app.command()
def unpack(
    file: Annotated[Path, typer.Argument(metavar="FILE.tar", help="What `pack` wrote.")],
) -> None:
    """Take in models from a file: all that is in it, or nothing if it was damaged or changed."""
    from models.stock.unpack import unpack as take
    from pipeline.render.models import told_arrived

    with file.open("rb") as archive:
        try:
            arrived = take(archive)
        except KhulasaError as error:
            raise type(error)(f"{visible(str(file))}: {error}") from error
    for one in arrived:
        typer.echo(told_arrived(one))


@models_app.command()
def remove(names: Some, yes: Yes = False) -> None:
    """Remove models, also from the cache of the hub's client, which other programs may use."""
    from models.stock.clearing import remove as delete

    found = [here for name in names for _, here in _here(name)]
    for here in found:
        typer.echo(f"{here.name}: {in_bytes(here.whole_size)} in {here.folder}")
    if yes or typer.confirm("Remove?"):
        typer.echo(f"{in_bytes(sum(map(delete, found)))} are free")


@models_app.command()
def update(
    names: Names = None, yes: Yes = False, timeout: Timeout = None, quiet: Quiet = False
) -> None:
    """Show what the hub has that is newer than what is here, and take it if that is wanted.

    Another commit is another signature: what was kept under the old one is computed again.
    """
    from models.stock.update import apply

    told = Told()
    chosen = [_here(name) for name in names] if names else [_everything_here()]
    with _runtime(timeout, quiet) as runtime:
        changes = [one for some in chosen for one in _changes(some, runtime, told)]
        wanted = changes and (yes or (sys.stdin.isatty() and typer.confirm("Take them?")))
        for one in changes if wanted else ():
            with _telling(told):
                typer.echo(f"{apply(one, runtime).located.name} is used from now on")
    raise typer.Exit(told.exit_code(done=False))


@models_app.command()
def path(names: Names = None) -> None:
    """Print the folders of models, or those in which all of them are."""
    from models.home import models_home
    from models.hub.snapshots import cache_folder

    for name in names or ():
        for _, here in _here(name):
            typer.echo(here.folder)
    if not names:
        typer.echo(f"{cache_folder()}\n{models_home()}")


@models_app.command()
def gc() -> None:
    """Delete conversions that nothing here uses, and what interrupted work left behind."""
    from models.stock.clearing import collect, waste

    for one in waste():
        typer.echo(f"{one.path}: {in_bytes(one.size)}, {one.reason}")
    typer.echo(f"{in_bytes(collect())} are free")


@contextmanager
def _runtime(timeout: float | None, quiet: bool, compute: Compute = "auto") -> Iterator["Runtime"]:
    """How the models are run that these commands try, and where downloads are shown."""
    from models.hub.line import Line
    from models.model import DEFAULT

    with downloads(not quiet and sys.stderr.isatty()) as heard:
        yield replace(DEFAULT, compute=compute, line=Line(heard, timeout))


@contextmanager
def _telling(told: Told) -> Iterator[None]:
    """A failure within is told, and the work goes on with the next."""
    try:
        yield
    except KhulasaError as error:
        told.failure(error)


def _make_ready(entry: "Entry", runtime: "Runtime") -> None:
    from models.model import ready
    from models.stock.inventory import item
    from pipeline.render.models import state

    model = ready(entry, runtime)
    one = item(entry)
    typer.echo(f"{model.located.name}: {in_bytes(one.size)}, {state(one)}")


Here = tuple["Entry", "Installed"]


def _here(name: str) -> list[Here]:
    """The models of a name of which something is here. Raises ModelMissing where none is."""
    from models.stock.installed import installed
    from models.stock.inventory import serving

    found = [(e, installed(e.repository.name, e.repository.revision)) for e in serving([name])]
    here = [(entry, one) for entry, one in found if one]
    if not here:
        raise ModelMissing(f"nothing of {name} is here: khulasa models pull {name}")
    return here


def _everything_here() -> Iterator[Here]:
    from models.stock.installed import installed
    from models.stock.inventory import everything

    for entry in everything():
        if one := installed(entry.repository.name, entry.repository.revision):
            yield entry, one


def _findings(chosen: Iterable[Here], runtime: "Runtime") -> Iterator["Diagnosis"]:
    """What `models verify` says of each model, in the form of the doctor's findings."""
    from models.stock.verify import verify as look
    from pipeline.doctor import Diagnosis

    for entry, here in chosen:
        for verdict in look(entry, here, runtime):
            state: Literal["bad", "good"] = "bad" if verdict.advice else "good"
            yield Diagnosis(here.name, state, verdict.found, verdict.advice)


def _changes(chosen: Iterable[Here], runtime: "Runtime", told: Told) -> Iterator["Change"]:
    """What can be updated, each told; so is what stays as it is."""
    from models.stock.update import change, is_held
    from pipeline.render.models import told_change

    for entry, here in chosen:
        if is_held(entry):
            typer.echo(f"{here.name}: stays what it is")
            continue
        with _telling(told):
            found = change(entry, here, runtime.line)
            typer.echo(f"{here.name}: {told_change(found) if found else 'nothing is newer'}")
            if found and found.files:
                yield found
