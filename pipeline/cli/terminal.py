"""Between commands and terminal: documents in, results out, one line for what went wrong."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import typer

from models.errors import ALL_WELL, SOME_FAILED, KhulasaError, ModelError
from pipeline import logs

if TYPE_CHECKING:
    from pipeline.document import Document


class Told:
    """Each failure in one line on stderr, and what a command ends with for all of them."""

    def __init__(self) -> None:
        self._gravest = ALL_WELL

    def failure(self, error: Exception, message: str | None = None) -> None:
        """Say it, in these words if there are any. Raises what nobody foresaw."""
        if not isinstance(error, KhulasaError):
            raise error
        say(message or str(error))
        self._gravest = max(self._gravest, error.exit_code)

    def exit_code(self, done: bool) -> int:
        """A model that is missing or unfit is told in any case, else whether anything was done."""
        unfit = self._gravest >= ModelError.exit_code
        return self._gravest if unfit or not done else min(self._gravest, SOME_FAILED)


def documents(names: list[str], lang: str | None, told: Told) -> "Iterator[Document]":
    """The documents that can be read; the others are told."""
    from pipeline.readers.content import Unreadable
    from pipeline.sources import STDIN, each, read_each

    for name in names:
        standard = name == STDIN
        for one in each(_standard_input(), name, lang) if standard else read_each(Path(name), lang):
            if isinstance(one, Unreadable):
                told.failure(one)
            else:
                yield one


def _standard_input() -> BytesIO:
    from pipeline.readers.content import LARGEST

    return BytesIO(sys.stdin.buffer.read(LARGEST + 1))


@contextmanager
def writing(output: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that is there when it is complete and not before."""
    with writing_bytes(output) as out:
        text = TextIOWrapper(out, encoding="utf-8", newline="\n", write_through=True)
        try:
            yield text
        finally:
            text.detach()


@contextmanager
def writing_bytes(output: Path | None) -> Iterator[BinaryIO]:
    """As `writing`, for any format."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with partial.open("wb") as out:
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
