"""Files that hold many documents, one a row: JSON lines, CSV and TSV, Parquet.

A row that cannot be read is data, like the others: what comes after it is read all the same.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import chain, islice
from typing import Any, Self

from models.errors import KhulasaError, one_line
from pipeline.files import File
from pipeline.lines import BUFFER, Lines, opened, why
from pipeline.readers.content import LARGEST, Unreadable

DELIMITERS = ",;\t|"
LONGEST_LIST = 200  # characters of the names of columns in a message
BATCH = 64  # rows of Parquet in memory at once

NOT_UTF8 = "is not UTF-8; save the file as UTF-8"


@dataclass(frozen=True, slots=True)
class Fields:
    """Under which name a table has what: keys of JSON objects, names of columns."""

    id: str = "id"
    text: str = "text"
    title: str = "title"
    lang: str = "lang"
    time: str = "time"

    @classmethod
    def parse(cls, text: str) -> "Fields":
        """From `text=body,title=headline`; a field not named keeps its name.

        Raises KhulasaError for a field that is none of ours, named twice, or without a name.
        """
        known = [field.name for field in fields(cls)]
        names: dict[str, str] = {}
        for pair in text.split(","):
            ours, _, theirs = (part.strip() for part in pair.partition("="))
            if ours not in known or not theirs or ours in names:
                raise KhulasaError(
                    f"--fields {text!r}: {pair!r} is not one of {', '.join(known)}, each at most"
                    " once, and its name in the files, as in text=body,title=headline"
                )
            names[ours] = theirs
        return cls(**names)

    def chosen(self, columns: Sequence[str]) -> dict[str, int]:
        """Where the fields stand among the columns of a table.

        Raises Unreadable where the text or a field with a name of its own is missing, or is there
        twice.
        """
        own = {
            theirs
            for theirs, usual in zip(astuple(self), astuple(USUAL), strict=True)
            if theirs != usual
        }
        for name in astuple(self):
            count = columns.count(name)
            if count > 1:
                raise Unreadable(f"has {count} columns {name!r}")
            if not count and (name in own or name == self.text):
                raise Unreadable(
                    f"has no column {name!r} but {listed(columns)}; name it, as in --fields"
                    " text=body,title=headline"
                )
        return {name: columns.index(name) for name in astuple(self) if name in columns}


USUAL = Fields()


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at a line of a file, from 1, or why it cannot be read.

    `consumed` is how many bytes of the file, as it lies on the disk, were read for it so far.
    """

    line: int | None
    consumed: int
    values: Mapping[str, Any] | Unreadable


def rows(file: File, names: Fields) -> Iterator[Row]:
    """The rows of a file that holds a table. What ends the file early is the last of them."""
    if file.kind == "parquet":
        yield from parquet_rows(file, names)
        return
    try:
        with opened(file) as lines:
            yield from _json_rows(lines) if file.kind == "jsonl" else _csv_rows(lines, names)
    except (OSError, Unreadable) as error:
        yield Row(None, 0, error if isinstance(error, Unreadable) else Unreadable(why(error)))


def listed(names: Iterable[str]) -> str:
    """Names out of a file, for a message of one line: not too many and none too long."""
    shown = [repr(name[:40]) for name in islice(names, 9)]
    text = ", ".join([*shown[:8], "…"] if len(shown) > 8 else shown) or "none"
    return text if len(text) <= LONGEST_LIST else f"{text[:LONGEST_LIST]}…"


def _json_rows(lines: Lines) -> Iterator[Row]:
    while True:
        values: Mapping[str, Any] | Unreadable
        try:
            line = lines.read()
            if not line:
                return
            if line.isspace():
                continue
            values = _object(line)
        except Unreadable as error:
            values = error
        yield Row(lines.number, lines.consumed, values)


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = _JSON.decode(line.rstrip(b"\r\n").decode())
    except UnicodeDecodeError as error:
        raise Unreadable(f"byte {error.start} of the line is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: {error.msg} (column {error.colno})") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not JSON: {one_line(error)}") from error
    if not isinstance(found, dict):
        raise Unreadable('is not a JSON object, as in {"text": "…"}')
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one key none can be preferred: which one is meant, nobody knows."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise ValueError(f"two values under {listed(k for k in counts if counts[k] > 1)}")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


_JSON = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant)


class _Text:
    """The lines of one row of CSV after the other, decoded for the csv module."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.begin()

    def begin(self) -> None:
        self._size = 0
        self.damaged = False
        self.first = self._lines.number + 1

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._lines.read()
        if not line:
            raise StopIteration
        self._size += len(line)
        if self._size > LARGEST:
            raise Unreadable(f"a row over {LARGEST >> 20} MB; look for a quotation mark too many")
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.damaged = True
            return line.decode(errors="replace")


def _csv_rows(lines: Lines, names: Fields) -> Iterator[Row]:
    csv.field_size_limit(LARGEST)  # of all csv readers of the process: we are the only one
    text = _Text(lines)
    try:
        header, delimiter = _header(text, names)
        columns = names.chosen(header)
    except Unreadable as error:
        yield Row(max(lines.number, 1), lines.consumed, error)
        return
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        text.begin()
        values: Mapping[str, Any] | Unreadable
        try:
            cells = next(reader, None)
            if cells is None:
                return
            if not cells:
                continue
            values = _cells(cells, header, columns, text.damaged)
        except csv.Error as error:
            values = Unreadable(f"is not CSV: {one_line(error)}")
        except Unreadable as error:
            values = error
        yield Row(text.first, lines.consumed, values)


def _header(text: _Text, names: Fields) -> tuple[list[str], str]:
    """The names of the columns, and the delimiter under which they come out best."""
    line = next((line for line in text if not line.isspace()), "")
    if text.damaged:
        raise Unreadable(NOT_UTF8)
    split = [(_split(line, delimiter), delimiter) for delimiter in DELIMITERS]
    return max(split, key=lambda pair: (names.text in pair[0], len(pair[0])))


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True))]
    except (csv.Error, StopIteration):
        return []


def _cells(
    cells: list[str], header: list[str], columns: dict[str, int], damaged: bool
) -> dict[str, str]:
    if damaged:
        raise Unreadable(NOT_UTF8)
    if len(cells) != len(header):
        raise Unreadable(f"has {len(cells)} cells, but the header names {len(header)} columns")
    return {name: cells[index] for name, index in columns.items()}


def parquet_rows(file: File, names: Fields) -> Iterator[Row]:
    """The rows of a Parquet file; a line is the number of a row, from 1."""
    from pyarrow import ArrowException, parquet

    line = consumed = 0
    try:
        with (
            file.open() as stream,
            parquet.ParquetFile(stream, buffer_size=BUFFER, pre_buffer=False) as table,
        ):
            total = table.metadata.num_rows
            columns = names.chosen(table.schema_arrow.names)
            batches = table.iter_batches(BATCH, columns=list(columns), use_threads=False)
            for cells in chain.from_iterable(map(_batch_rows, batches)):
                line += 1
                consumed = file.size * min(line, total) // max(total, 1)
                yield Row(line, consumed, cells)
    except Unreadable as error:
        yield Row(None, consumed, error)
    except (ArrowException, OSError, ValueError) as error:
        reason = f"the file is damaged here, what follows is missing: {one_line(error)}"
        yield Row(line + 1, consumed, Unreadable(reason))


def _batch_rows(batch: Any) -> Iterator[Mapping[str, Any] | Unreadable]:
    columns = {name: _readable(batch.column(name)) for name in batch.schema.names}
    for index in range(batch.num_rows):
        try:
            yield {name: column[index].as_py() for name, column in columns.items()}
        except ValueError as error:  # text that is not UTF-8, a time zone that nobody knows
            yield Unreadable(f"cannot be read: {one_line(error)}")


def _readable(column: Any) -> Any:
    """Times as text where Arrow can write them: Python has none for some of them."""
    from pyarrow import ArrowException, string, types

    try:
        return column.cast(string()) if types.is_temporal(column.type) else column
    except ArrowException:
        return column
