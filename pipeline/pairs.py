"""Existing translations, made by anyone: pairs of a source and its English, read one by one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import NoReturn

from models import catalog
from models.errors import KhulasaError
from pipeline.checks import Pair
from pipeline.figures import count
from pipeline.files import File
from pipeline.harmless import visible
from pipeline.lines import opened
from pipeline.readers.content import Unreadable
from pipeline.tmx import Unit, units


def read_pairs(source: Path, target: Path | None, lang: str | None) -> Iterator[Pair]:
    """The pairs of two files of aligned lines, of a .tsv or of a .tmx, in order, none left out.

    `lang` is the language of the source, by code or name; a row of a .tsv may have its own in a
    third column, a .tmx says it of every text. Lines end at `\\n`; text files may be packed as .gz
    or .zst. Only what is being read is in memory. Raises Unreadable, also after pairs that could
    be read, and KhulasaError where something was not named.
    """
    suffixes = [suffix.lower() for suffix in source.suffixes]
    if target is not None:
        return _aligned(source, target, _code(lang or _unnamed(source)))
    if suffixes[-1:] == [".tmx"]:
        return _of_units(source, _code(lang) if lang else None)
    if ".tsv" in suffixes[-2:]:
        return _rows(source, lang)
    raise KhulasaError(
        f"{visible(str(source))}: name the file with its translation too; only .tsv and .tmx hold"
        " both sides"
    )


def _aligned(source: Path, target: Path, lang: str) -> Iterator[Pair]:
    counts = [0, 0]
    for pair in zip_longest(_lines(source), _lines(target)):
        for side, line in enumerate(pair):
            counts[side] += line is not None
        if None not in pair:
            yield Pair(*pair, lang)
    if counts[0] != counts[1]:
        raise Unreadable(
            f"has {count(counts[0], 'line')}, {visible(str(target))} {counts[1]:,}; a translation"
            " has a line for each line of its source",
            visible(str(source)),
        )


def _rows(path: Path, lang: str | None) -> Iterator[Pair]:
    for number, line in enumerate(_lines(path), 1):
        columns = line.split("\t")
        if len(columns) not in (2, 3):
            raise Unreadable(
                f"line {number:,} has {count(len(columns), 'column')}; it must have source,"
                " translation and, if you like, language, with a tab between them",
                visible(str(path)),
            )
        source, target, *own = columns
        yield Pair(source, target, _code(own[0] if own else lang or _unnamed(path)))


def _of_units(path: Path, lang: str | None) -> Iterator[Pair]:
    """A text that a unit lacks is empty; where all lack the language, that is an error."""
    seen: set[str] = set()
    with _named(path), path.open("rb") as file:
        for unit in units(file):
            seen.update(_code(code) for code, _ in unit)
            yield _pair(unit, lang)
    if seen and not (seen - {"en"} if lang is None else {lang} & seen):
        raise Unreadable(f"holds no text in {lang or 'another language than English'}", str(path))


def _pair(unit: Unit, lang: str | None) -> Pair:
    texts: dict[str, str] = {}
    for code, text in unit:
        texts.setdefault(_code(code), text)
    own = lang or next((code for code in texts if code != "en"), "")
    return Pair(texts.get(own, ""), texts.get("en", ""), own)


def _lines(path: Path) -> Iterator[str]:
    with _named(path), opened(File(str(path), path.stem, "document", 0)) as lines:
        while raw := lines.read():
            try:
                text = raw.decode()
            except UnicodeDecodeError as error:
                raise Unreadable(
                    f"line {lines.number:,} is not UTF-8; save the file as UTF-8"
                ) from error
            yield text.removesuffix("\n").removesuffix("\r")


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What cannot be read is said with the name of the file."""
    name = visible(str(path))
    try:
        yield
    except Unreadable as error:
        raise Unreadable(error.reason, name) from error
    except OSError as error:
        raise Unreadable(os.strerror(error.errno or 0).lower(), name) from error


def _code(lang: str) -> str:
    """`ar` for ar, ar-EG, ara or Arabic; of a language that the catalogue does not know, as is."""
    known = catalog.find(lang)
    return known.code if known else lang.strip().lower().replace("_", "-").partition("-")[0]


def _unnamed(path: Path) -> NoReturn:
    raise KhulasaError(
        f"{visible(str(path))}: in which language is the source? Name it, as in --from fr"
    )
