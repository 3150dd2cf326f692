"""Between commands and terminal: documents in, results out, one line for what went wrong."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from pipeline import logs

if TYPE_CHECKING:
    from pipeline.document import Document


def documents(names: list[str], lang: str | None, failed: list[str]) -> "Iterator[Document]":
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
            say(str(error))


@contextmanager
def writing(output: Path | None) -> Iterator[TextIO]:
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


def say(message: str) -> None:
    """One line on stderr, or one for programs where they asked for that."""
    if logs.for_programs():
        logging.getLogger(__name__).error(message)
    else:
        typer.echo(f"khulasa: {' '.join(message.split())}", err=True)
