"""A row a segment, with types, for data tools."""

import sys
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given

from models.errors import KhulasaError
from pipeline.document import Block
from pipeline.render import parquet
from tests.pipeline.render.records import record
from tests.pipeline.render.written import changed, of_pairs, pairs, said, written


def table(data: bytes) -> Any:
    return pytest.importorskip("pyarrow.parquet").read_table(BytesIO(data))


@given(pairs)
def test_every_pair_reads_back(pairs: list[tuple[str, str]]) -> None:
    found = table(written("parquet", of_pairs(pairs)))
    assert list(zip(*found.select(["source", "target"]).to_pydict().values(), strict=True)) == pairs


def test_a_row() -> None:
    given = changed(record(["نعم"], ["Yes"], flags=(("quotes",),)), 0, details={"quotes": "“"})
    given = said(given, blocks=(Block("heading", 2),))
    [row] = table(written("parquet", given)).to_pylist()
    assert row == {
        "document": "news",
        "index": 0,
        "paragraph": 0,
        "block": "heading",
        "level": 2,
        "start": 0,
        "end": 3,
        "lang": "ar",
        "source": "نعم",
        "target": "Yes",
        "by": "model",
        "score": -0.5,
        "flags": ["quotes"],
        "details": [("quotes", "“")],
    }


def test_types_are_the_same_whatever_is_known() -> None:
    nothing = changed(record(["a"], ["A"]), 0, score=None)
    full = changed(record(["a"], ["A"], flags=(("quotes",),)), 0, details={"quotes": "x"})
    assert table(written("parquet", nothing)).schema == table(written("parquet", full)).schema
    assert table(written("parquet")).num_rows == 0


def test_half_a_character_is_seen() -> None:
    [row] = table(written("parquet", record(["a\udc80"], ["A"], name="\udcff"))).to_pylist()
    assert (row["document"], row["source"]) == ("\ufffd", "a\ufffd")


def test_rows_are_written_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(parquet, "ROWS", 4)
    data = written("parquet", *[record(list("abc"), list("ABC"))] * 5)
    meta = pyarrow.ParquetFile(BytesIO(data)).metadata
    assert [meta.row_group(group).num_rows for group in range(meta.num_row_groups)] == [6, 6, 3]


@pytest.mark.parametrize("form", ["parquet", "documents"])
def test_a_pipe_is_enough(form: str) -> None:
    """What cannot say where it stands is written to all the same, and stays open."""
    out = BytesIO()

    class Pipe:
        closed = False
        write, flush = out.write, out.flush

    opened = __import__(f"pipeline.render.{form}", fromlist=["writing"]).writing
    with opened(Pipe()) as write:
        write(record(["a"], ["A"]))
    assert out.getvalue() == written(form, record(["a"], ["A"]))
    assert not out.closed


def test_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(KhulasaError, match=r"needs pyarrow: pip install 'khulasa\[parquet\]'"):
        written("parquet", record(["a"], ["A"]))
