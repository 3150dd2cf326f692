"""Rows of a table that reads back, cell by cell, in what data people use."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given

from pipeline.pairs import read_pairs
from pipeline.provenance import fingerprint
from pipeline.readers.content import Unreadable
from tests.pipeline.render.records import record
from tests.pipeline.render.written import AWKWARD, changed, of_pairs, pairs, written

Pairs = list[tuple[str, str]]


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode(), newline=""), dialect="excel-tab"))


@given(pairs)
def test_every_pair_reads_back(pairs: Pairs) -> None:
    found = rows(written("tsv", of_pairs(pairs)))
    assert [(row["source"], row["target"]) for row in found] == pairs


def test_every_pair_reads_back_in_pandas(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "a.tsv"
    path.write_bytes(written("tsv", of_pairs([(text, text) for text in AWKWARD])))
    frame = pandas.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    assert tuple(frame["source"]) == tuple(frame["target"]) == AWKWARD


def test_rows() -> None:
    given = record(['قال "نعم"', "ب"], ["=Yes", "B"], flags=(("quotes", "loop"),))
    text = written("tsv", changed(given, 1, by="memory", score=None)).decode()
    head = "document\tindex\tparagraph\tlang\tsource\ttarget\tflags\tscore\tby\tmodel-target-sha256"
    assert text.splitlines() == [
        head,
        f'news\t0\t0\tar\t"قال ""نعم"""\t=Yes\tquotes loop\t-0.5000\tmodel\t{fingerprint("=Yes")}',
        "news\t1\t1\tar\tب\tB\t\t\tmemory\t",
    ]


def test_half_a_character_is_seen() -> None:
    [row] = rows(written("tsv", record(["a\udc80"], ["A"])))
    assert row["source"] == "a\ufffd"


@given(pairs)
def test_it_can_be_checked(tmp_path_factory: pytest.TempPathFactory, pairs: Pairs) -> None:
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    path.write_bytes(written("tsv", of_pairs(pairs), of_pairs(pairs, lang="fr")))
    found = [(pair.source, pair.target, pair.lang) for pair in read_pairs(path, None, None)]
    assert found == [(*pair, lang) for lang in ("ar", "fr") for pair in pairs]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a\tb", "line 3 has not as many cells as the header"),
        ('"a', "line 3 is no TSV: unexpected end of data"),
    ],
)
def test_a_damaged_table(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(written("tsv", record(["a"], ["A"])) + row.encode())
    with pytest.raises(Unreadable, match=message) as error:
        list(read_pairs(path, None, None))
    assert str(error.value).startswith(str(path))
