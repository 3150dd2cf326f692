"""The command line. It reads options, calls the pipeline, and says what went wrong in one line.

Exit codes: 0 all well, 1 some documents failed (named), 2 wrong usage or unreadable input,
3 a model is missing or unfit, 130 interrupted.
"""

import os
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from models.errors import INTERRUPTED, SOME_FAILED, KhulasaError
from models.home import models_home
from pipeline import logs
from pipeline.cli import quality, work
from pipeline.cli.cache import cache_app
from pipeline.cli.memory import memory_app
from pipeline.cli.models import models_app
from pipeline.cli.terminal import say


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
    say(message)
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
app.command()(work.run)
app.command()(work.batch)
app.command()(quality.check)
app.command()(quality.flags)
app.command("eval")(quality.evaluate)
app.command()(quality.doctor)
app.add_typer(models_app, name="models", no_args_is_help=True)
app.add_typer(memory_app, name="memory", no_args_is_help=True)
app.add_typer(cache_app, name="cache", no_args_is_help=True)


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
