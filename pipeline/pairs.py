"""Existing translations, made by anyone: pairs of a source and its English, read one by one."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import NoReturn

from models.catalog import code_of
from models.errors import KhulasaError, one_line
from pipeline.checks import Pair
from pipeline.figures import count
from pipeline.files import File
from pipeline.harmless import visible
from pipeline.lines import opened
from pipeline.provenance import MARK
from pipeline.readers.content import LARGEST, Unreadable
from pipeline.render import tsv
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
        return _aligned(source, target, code_of(lang or _unnamed(source)))
    if suffixes[-1:] == [".tmx"]:
        wanted = code_of(lang) if lang else None
        return (_pair(unit, wanted) for unit in read_units(source, lang))
    if ".tsv" in suffixes[-2:]:
        return (_row(unit) for unit in read_units(source, lang))
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


def read_units(path: Path, lang: str | None) -> Iterator[Unit]:
    """The units of a .tsv or .tmx, in order, with the codes of their languages as the catalogue's.

    A row of a .tsv may have our fingerprint in a fourth column. Else as `read_pairs`.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".tmx"]:
        return _units(path, code_of(lang) if lang else None)
    if ".tsv" in suffixes[-2:]:
        return _rows(path, lang)
    raise Unreadable("only .tsv and .tmx hold both sides", visible(str(path)))


def _rows(path: Path, lang: str | None) -> Iterator[Unit]:
    """The rows of a .tsv that anyone made, or of one that `render.tsv` did, told by its header."""
    for number, line in enumerate(_lines(path), 1):
        columns = line.split("\t")
        if number == 1 and line == tsv.HEADER:
            yield from _own_rows(path)
            return
        if not 2 <= len(columns) <= 4:
            raise Unreadable(
                f"line {number:,} has {count(len(columns), 'column')}; it must have source,"
                " translation and, if you like, language, with a tab between them",
                visible(str(path)),
            )
        source, target, own, mark = (*columns, "", "")[:4]
        code = code_of(own or lang or _unnamed(path))
        yield Unit(((code, source), ("en", target)), {f"x-{MARK}": mark} if mark else {})


def _own_rows(path: Path) -> Iterator[Unit]:
    csv.field_size_limit(LARGEST)  # of all csv readers of the process, which all want this one
    rows = csv.DictReader(_whole_lines(path), dialect="excel-tab", strict=True)
    try:
        for row in rows:
            if None in row or None in row.values():
                raise Unreadable(
                    f"line {rows.line_num:,} has not as many cells as the header",
                    visible(str(path)),
                )
            texts = ((code_of(row["lang"]), row["source"]), ("en", row["target"]))
            yield Unit(texts, {f"x-{MARK}": row[MARK]} if row[MARK] else {})
    except csv.Error as error:
        raise Unreadable(
            f"line {rows.reader.line_num:,} is no TSV: {one_line(error)}", visible(str(path))
        ) from error


def _row(unit: Unit) -> Pair:
    (lang, source), (_, target) = unit.texts
    return Pair(source, target, lang)


def _units(path: Path, lang: str | None) -> Iterator[Unit]:
    """Where all units lack the language, that is an error."""
    seen: set[str] = set()
    with _named(path), path.open("rb") as file:
        for unit in units(file):
            texts = tuple((code_of(code), text) for code, text in unit.texts)
            seen.update(code for code, _ in texts)
            yield replace(unit, texts=texts)
    if seen and not (seen - {"en"} if lang is None else {lang} & seen):
        raise Unreadable(f"holds no text in {lang or 'another language than English'}", str(path))


def _pair(unit: Unit, lang: str | None) -> Pair:
    """A text that the unit lacks is empty."""
    texts = dict(reversed(unit.texts))  # of two in the same language the first
    own = lang or next((code for code, _ in unit.texts if code != "en"), "")
    return Pair(texts.get(own, ""), texts.get("en", ""), own)


def _lines(path: Path) -> Iterator[str]:
    for line in _whole_lines(path):
        yield line.removesuffix("\n").removesuffix("\r")


def _whole_lines(path: Path) -> Iterator[str]:
    """Lines with their ends."""
    with _named(path), opened(File(str(path), path.stem, "document", 0)) as lines:
        while raw := lines.read():
            try:
                text = raw.decode()
            except UnicodeDecodeError as error:
                raise Unreadable(
                    f"line {lines.number:,} is not UTF-8; save the file as UTF-8"
                ) from error
            yield text


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


def _unnamed(path: Path) -> NoReturn:
    raise KhulasaError(
        f"{visible(str(path))}: in which language is the source? Name it, as in --from fr"
    )
