"""A table for data tools in Parquet, a segment a row."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from models.errors import KhulasaError
from pipeline.document import Block, Record
from pipeline.harmless import whole
from pipeline.render import Write

ROWS = 8192
"""In a group of rows, as much as is held in memory; one record may make it longer."""

Row = dict[str, Any]


class _Counted:
    """A file that knows how far it is written, which a pipe does not, and that stays open."""

    closed = False

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._written = out, 0

    def write(self, data: bytes) -> int:
        self._written += self._out.write(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        self._out.flush()

    def close(self) -> None:
        pass


@contextmanager
def writing(out: BinaryIO) -> Iterator[Write]:
    """Write the segments of records. Raises KhulasaError where pyarrow is not installed."""
    with rows_to(out, _schema) as write_rows:
        yield lambda record: write_rows(_rows(record))


@contextmanager
def rows_to(out: BinaryIO, schema: Callable[[], Any]) -> Iterator[Callable[[Iterable[Row]], None]]:
    """Write rows of a `schema` of pyarrow, in groups. Raises KhulasaError without pyarrow."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise KhulasaError(
            "Parquet needs pyarrow: pip install 'khulasa[parquet]'; or choose another format"
        ) from error
    rows: list[Row] = []
    columns = schema()
    with parquet.ParquetWriter(_Counted(out), columns, compression="zstd") as file:

        def put(least: int) -> None:
            if len(rows) >= least:
                file.write_table(pyarrow.Table.from_pylist(rows, schema=columns))
                rows.clear()

        def write(more: Iterable[Row]) -> None:
            rows.extend(more)
            put(ROWS)

        yield write
        put(1)


def _schema() -> Any:
    from pyarrow import field, float64, int32, list_, map_, schema, string

    text = ("lang", "source", "target", "by")
    return schema(
        [
            field("document", string(), nullable=False),
            *(field(name, int32(), nullable=False) for name in ("index", "paragraph")),
            field("block", string(), nullable=False),
            *(field(name, int32(), nullable=False) for name in ("level", "start", "end")),
            *(field(name, string(), nullable=False) for name in text),
            field("score", float64()),
            field("flags", list_(string()), nullable=False),
            field("details", map_(string(), string()), nullable=False),
        ]
    )


def _rows(record: Record) -> Iterator[Row]:
    document = record.document
    for segment, translation in zip(record.segments, record.translations, strict=True):
        block = document.blocks[segment.paragraph] if document.blocks else Block()
        yield {
            "document": whole(document.id),
            "index": segment.index,
            "paragraph": segment.paragraph,
            "block": block.kind,
            "level": block.level,
            "start": segment.start,
            "end": segment.end,
            "lang": segment.lang or document.lang,
            "source": whole(segment.text),
            "target": whole(translation.text),
            "by": translation.by,
            "score": translation.score,
            "flags": list(translation.flags),
            "details": [(name, whole(detail)) for name, detail in translation.details.items()],
        }
