"""The translation memory: out to translators, and in with what they corrected."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from models.errors import SOME_FAILED, KhulasaError
from pipeline.cli.options import CachePlace, From
from pipeline.cli.terminal import say, writing_bytes
from pipeline.figures import count
from pipeline.harmless import visible

if TYPE_CHECKING:
    from pipeline.cache import Cache

memory_app = typer.Typer(help="The translation memory: out to translators, corrections in.")

Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="A .tmx or .tsv to write.")
]
Whose = Annotated[
    Literal["people", "models", "all"],
    typer.Option("--by", help="Whose translations; of all, people's win over models'."),
]


@memory_app.command("export")
def give_out(
    output: Output, lang: From = None, by: Whose = "all", cache: CachePlace = None
) -> None:
    """Write what is remembered, for translators' tools."""
    from pipeline.cache import open_lasting
    from pipeline.memory import Memory, write

    with closing(open_lasting(cache)) as kept:
        memory = Memory(kept, _code(lang))
        entries = {"people": memory.by_people, "models": memory.by_models, "all": memory.by_all}
        with writing_bytes(output) as out:
            written = write(entries[by](), output, out)
    whose = {"by people": written["memory"], "by models": written["model"]}
    typer.echo(_told(whose, memory.left))


@memory_app.command("import")
def take_in(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Translations by people, .tmx or .tsv.")
    ],
    lang: From = None,
    cache: CachePlace = None,
) -> None:
    """Take translations by people; they win over what any model makes of the same sentence."""
    from pipeline.cache import open_lasting

    with closing(open_lasting(cache)) as kept:
        failed = [file for file in files if not _took(file, lang, kept)]
    if failed:
        raise typer.Exit(KhulasaError.exit_code if len(failed) == len(files) else SOME_FAILED)


def _took(file: Path, lang: str | None, kept: "Cache") -> bool:
    """Import a file and say what became of it; whether it could be read to its end."""
    from pipeline.corrections import Taken
    from pipeline.memory import read_corrections
    from pipeline.readers.content import Unreadable

    left, taken, broken = Counter[str](), Taken(), None
    try:
        for portion in kept.correct(read_corrections(file, lang, left)):
            taken += portion
    except Unreadable as error:
        broken = error
    parts = {
        "new": taken.new,
        "changed": taken.changed,
        "as before": taken.same,
        "given anew, of which the last stands": taken.again,
    }
    if any(parts.values()) or not broken:
        typer.echo(f"{visible(str(file))}: {_told(parts, left)}")
    if broken:
        say(f"{broken}{'; what stands before that is imported' if any(parts.values()) else ''}")
    return not broken


@memory_app.command()
def forget(
    yes: Annotated[
        bool,
        typer.Option("--yes", prompt="Delete the translations by people?", help="Do not ask."),
    ],
    lang: From = None,
    cache: CachePlace = None,
) -> None:
    """Delete the translations by people, from one language or all."""
    from pipeline.cache import open_lasting

    if yes:
        with closing(open_lasting(cache)) as kept:
            typer.echo(f"{count(kept.forget(_code(lang)), 'translation')} deleted")


def _code(lang: str | None) -> str | None:
    from models.catalog import code_of

    return code_of(lang) if lang else None


def _told(parts: Mapping[str, int], left: Mapping[str, int]) -> str:
    """`1,204 translations: 1,200 new, 4 changed; left out: 3 without English`."""
    of_which = _list(parts)
    out = _list(left)
    total = count(sum(parts.values()), "translation")
    return f"{total}{f': {of_which}' if of_which else ''}{f'; left out: {out}' if out else ''}"


def _list(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{count(number)} {name}" for name, number in numbers.items() if number)
