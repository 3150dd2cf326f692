"""Rows out of files: every line is accounted for, whatever stands in it."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import KhulasaError
from pipeline import tables
from pipeline.files import find
from pipeline.readers.content import Unreadable
from pipeline.tables import Fields, Row, rows
from tests.pipeline.packed import PACK, zstd


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def read(folder: Path, name: str, data: bytes, fields: Fields = tables.USUAL) -> list[Row]:
    (folder / name).write_bytes(data)
    (file,) = find([str(folder / name)]).files
    assert not hasattr(file, "reason")
    return list(rows(file, fields))


def told(found: list[Row]) -> list[tuple[int | None, Any]]:
    """Line and values, or line and reason."""
    return [
        (row.line, row.values.reason if isinstance(row.values, Unreadable) else dict(row.values))
        for row in found
    ]


# --- JSON lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "a"', "is not JSON: Expecting ',' delimiter (column 13)"),
        (b"a,b", "is not JSON: Expecting value (column 1)"),
        (b'{"text": "a\tb"}', "is not JSON: Invalid control character at (column 12)"),
        (b'["text"]', 'is not a JSON object, as in {"text": "…"}'),
        (b'"text"', 'is not a JSON object, as in {"text": "…"}'),
        (b'{"text": "a", "n": NaN}', "is not JSON: NaN is no number of JSON"),
        (b'{"n": -Infinity}', "is not JSON: -Infinity is no number of JSON"),
        (b'{"text": "a", "text": "b"}', "is not JSON: two values under 'text'"),
        (b'{"text": "caf\xe9"}', "byte 13 of the line is not UTF-8"),
        (b'{"text": "\xed\xa0\x80"}', "byte 10 of the line is not UTF-8"),
        (b"\xff\xfe{\x00", "byte 0 of the line is not UTF-8"),
    ],
)
def test_a_line_that_is_no_object(folder: Path, line: bytes, reason: str) -> None:
    found = read(folder, "a.jsonl", b'{"text": "1"}\n' + line + b'\n{"text": "3"}')
    assert told(found) == [(1, {"text": "1"}), (2, reason), (3, {"text": "3"})]


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"a":' * 100_000, b'{"n": ' + b"9" * 5000])
def test_hostile_json_is_a_row_that_cannot_be_read(folder: Path, line: bytes) -> None:
    found = read(folder, "a.jsonl", line + b"\n{}")
    assert [row.line for row in found] == [1, 2]
    assert isinstance(found[0].values, Unreadable)
    assert found[0].values.reason.startswith("is not JSON: ")
    assert found[1].values == {}


def test_lines_end_at_a_line_feed_only(folder: Path) -> None:
    texts = ["a\u2028b\u2029c\x85d", "x\v\f\x1cy"]
    data = "".join(f"{json.dumps({'text': text}, ensure_ascii=False)}\n" for text in texts)
    assert told(read(folder, "a.jsonl", data.encode())) == [
        (1, {"text": texts[0]}),
        (2, {"text": texts[1]}),
    ]


def test_byte_order_mark_blank_lines_and_carriage_returns(folder: Path) -> None:
    data = b'\xef\xbb\xbf{"text": "1"}\r\n\r\n \t\n\n{"text": "5"}\r\n'
    assert told(read(folder, "a.ndjson", data)) == [(1, {"text": "1"}), (5, {"text": "5"})]
    assert read(folder, "a.jsonl", b"\xef\xbb\xbf") == []


# --- CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_header_tells_the_delimiter(folder: Path, delimiter: str, end: str) -> None:
    table = [["id", "text", "note, or so"], ["1", 'a "b", c\nd; e', ""], ["2", "x|y\tz", "n"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(table)
    assert told(read(folder, "a.csv", b"\xef\xbb\xbf" + out.getvalue().encode())) == [
        (2, {"id": "1", "text": 'a "b", c\nd; e'}),
        (4, {"id": "2", "text": "x|y\tz"}),
    ]


@pytest.mark.parametrize(
    ("header", "row"), [("id;text;a,b,c,d", "1;x;"), ("a,text;b,id", "y,x;z,1"), ("text,id", "x,1")]
)
def test_the_delimiter_is_the_one_that_makes_the_text_a_column(
    folder: Path, header: str, row: str
) -> None:
    fields = Fields(text="text;b") if ";b" in header else tables.USUAL
    ((line, values),) = told(read(folder, "a.csv", f"{header}\n{row}\n".encode(), fields))
    assert (line, values) == (2, {"id": "1", fields.text: values[fields.text]})
    assert values[fields.text].startswith("x")


def test_a_cell_may_be_long(folder: Path) -> None:
    text = "x" * 300_000
    assert told(read(folder, "a.csv", f"text\n{text}\n".encode())) == [(2, {"text": text})]


def test_rows_of_csv_that_cannot_be_read(folder: Path) -> None:
    data = b'id,text\n1,a\n2\n3,b,c\n\n5,caf\xe9\n6,"d\ne"\n7,"f" g\n8,h\n9,"i\xe9\nj"\n10,k\n'
    few, not_utf8 = "has {} cells, but the header names 2 columns", tables.NOT_UTF8
    assert told(read(folder, "a.csv", data)) == [
        (2, {"id": "1", "text": "a"}),
        (3, few.format(1)),
        (4, few.format(3)),
        (6, not_utf8),
        (7, {"id": "6", "text": "d\ne"}),
        (9, "is not CSV: ',' expected after '\"'"),
        (10, {"id": "8", "text": "h"}),
        (11, not_utf8),
        (13, {"id": "10", "text": "k"}),
    ]


def test_a_quotation_mark_that_is_never_closed(folder: Path) -> None:
    assert told(read(folder, "a.csv", b'text\na\n"b\nc\n')) == [
        (2, {"text": "a"}),
        (3, "is not CSV: unexpected end of data"),
    ]


def test_a_row_that_is_too_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST", 100)
    data = b"id,text\n1," + b"x" * 150 + b'\n2,y\n3,"' + b"z\n" * 60 + b'"\n'
    found = told(read(folder, "a.csv", data))
    large = "a row over 0 MB; look for a quotation mark too many"
    assert found[:3] == [(2, large), (3, {"id": "2", "text": "y"}), (4, large)]
    # What is left of that row is read as rows, and none of it passes for one.
    assert all(isinstance(values, str) for _, values in found[3:])


COLUMN = f"'{'c' * 40}', "


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"id,body,head\n1,a,b\n", 1, "has no column 'text' but 'id', 'body', 'head'; name it, "),
        (b"\n\nid;body\n", 3, "has no column 'text' but 'id', 'body'; name it, "),
        (
            b",".join([b"c" * 40] * 6) + b"\n",
            1,
            f"has no column 'text' but {COLUMN * 4}'{'c' * 23}…; name it, ",
        ),
        (b"text,id,text\n1,2,3\n", 1, "has 2 columns 'text'"),
        (b"text,caf\xe9\n1,2\n", 1, "is not UTF-8; save the file as UTF-8"),
        ("text\n1\n".encode("utf-16"), 1, "is not UTF-8; save the file as UTF-8"),
        (b"\n", 1, "has no column 'text' but none; name it, "),
        (b"", 1, "has no column 'text' but none; name it, "),
    ],
)
def test_a_header_without_what_is_needed(folder: Path, data: bytes, line: int, reason: str) -> None:
    ((at, why),) = told(read(folder, "a.csv", data))
    assert at == line
    assert why.startswith(reason)


def test_a_field_with_a_name_of_its_own_must_be_there(folder: Path) -> None:
    found = told(read(folder, "a.csv", b"id,text\n1,a\n", Fields(title="headline")))
    assert found == [
        (
            1,
            "has no column 'headline' but 'id', 'text'; name it, as in --fields"
            " text=body,title=headline",
        )
    ]


# --- Parquet

pq = pytest.importorskip("pyarrow.parquet")
pa = pytest.importorskip("pyarrow")


def parquet(table: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def test_parquet_with_types_of_its_own(folder: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([7, 8, None]),
            "text": pa.array(["a", None, "c"]).dictionary_encode(),
            "time": pa.array([0, 1_700_000_000_000_000_001, None], pa.timestamp("ns", "UTC")),
            "vector": pa.array([[1.0], [2.0], None]),
        }
    )
    found = read(folder, "a.parquet", parquet(table))
    assert told(found) == [
        (1, {"id": 7, "text": "a", "time": "1970-01-01 00:00:00.000000000Z"}),
        (2, {"id": 8, "text": None, "time": "2023-11-14 22:13:20.000000001Z"}),
        (3, {"id": None, "text": "c", "time": None}),
    ]
    size = (folder / "a.parquet").stat().st_size
    assert [row.consumed for row in found] == [size // 3, size * 2 // 3, size]


def test_text_in_parquet_that_is_not_utf_8(folder: Path) -> None:
    raw = pa.array([b"a", b"caf\xe9", b"c"]).view(pa.string())
    first, second, third = told(read(folder, "a.parquet", parquet(pa.table({"text": raw}))))
    assert (first, third) == ((1, {"text": "a"}), (3, {"text": "c"}))
    assert second[0] == 2
    assert second[1].startswith("cannot be read: 'utf-8' codec can't decode byte 0xe9")


def test_a_damaged_parquet_file(folder: Path) -> None:
    table = pa.table({"text": [f"{number:09}" for number in range(2000)]})
    whole = parquet(table, row_group_size=500, compression="none", use_dictionary=False)
    ((line, reason),) = told(read(folder, "a.parquet", whole[:-1]))
    assert line == 1
    assert reason.startswith("the file is damaged here, what follows is missing: ")
    damaged = bytearray(parquet(table, row_group_size=500))
    middle = pq.ParquetFile(io.BytesIO(damaged)).metadata.row_group(2).column(0).data_page_offset
    damaged[middle : middle + 500] = bytes(500)
    *found, (line, reason) = told(read(folder, "a.parquet", bytes(damaged)))
    assert found == [(number + 1, {"text": f"{number:09}"}) for number in range(len(found))]
    assert line == len(found) + 1
    assert 900 < len(found) <= 1000
    assert reason.startswith("the file is damaged here, what follows is missing: ")
    ((line, reason),) = told(read(folder, "a.parquet", parquet(pa.table({"body": ["a"]}))))
    assert line is None
    assert reason.startswith("has no column 'text' but 'body'; ")
    assert len(read(folder, "a.parquet", whole)) == 2000


# --- any input

VALUES = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries({"text": VALUES}, optional={"title": VALUES}), max_size=8))
def test_what_was_written_is_read(folder: Path, records: list[dict[str, str]]) -> None:
    for ascii_only in (True, False):
        data = "".join(json.dumps(one, ensure_ascii=ascii_only) + "\n" for one in records)
        for name, packed in (
            ("a.jsonl", data.encode()),
            ("a.jsonl.gz", gzip.compress(data.encode())),
            ("a.jsonl.zst", zstd.compress(data.encode())),
        ):
            assert [row.values for row in read(folder, name, packed)] == records
    full = [{"text": "", "title": "", **one} for one in records]
    out = io.StringIO()
    writer = csv.DictWriter(out, ["text", "title"], quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(full)
    assert [row.values for row in read(folder, "a.csv", out.getvalue().encode())] == full
    schema = pa.schema({"text": pa.string(), "title": pa.string()})
    table = pa.Table.from_pylist(full, schema)
    assert [row.values for row in read(folder, "a.parquet", parquet(table))] == full


PIECES = st.sampled_from(
    [b'{"text": "a"}', b'"', b",", b";", b"\t", b"{", b"}", b"\r", b"\xff", b"\0", b"text,id", b" "]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(PIECES | st.binary(max_size=5), max_size=6).map(b"".join), max_size=10))
def test_every_line_of_json_is_a_row_or_blank(folder: Path, parts: list[bytes]) -> None:
    data = b"\n".join(parts)
    found = read(folder, "a.jsonl", data)
    blank = [not one or one.isspace() for one in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    expected = [number for number, empty in enumerate(blank, 1) if not empty]
    assert [row.line for row in found] in (expected, [1, *expected])  # a mark alone is no JSON


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("ab,;\t|\r é\x85\0").map(str.encode) | st.just(b"\xff"), max_size=8))
def test_every_line_of_csv_without_quotation_marks_is_a_row_or_blank(
    folder: Path, parts: list[bytes]
) -> None:
    found = read(folder, "a.csv", b"\n".join([b"id,text", *parts]))
    assert [row.line for row in found] == [
        number for number, part in enumerate(parts, 2) if part.rstrip(b"\r")
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["jsonl", "csv", "tsv", "parquet", "jsonl.gz", "csv.zst"]),
    st.sampled_from([b"", b"text\n", b"id,text\n", b"PAR1"]),
    st.lists(PIECES | st.just(b"\n") | st.binary(max_size=5), max_size=20).map(b"".join),
    st.booleans(),
)
def test_any_bytes_are_rows(
    folder: Path, kind: str, head: bytes, data: bytes, packed: bool
) -> None:
    data = head + data
    pack = PACK.get(kind.rpartition(".")[2])
    found = read(folder, f"a.{kind}", pack(data) if pack and packed else data)
    numbers = [row.line for row in found if row.line is not None]
    assert numbers == sorted(set(numbers))
    assert all(number <= data.count(b"\n") + 2 for number in numbers)
    for row in found:
        if isinstance(row.values, Unreadable):
            assert row.values.reason
            assert "\n" not in row.values.reason


# --- names of fields


def test_names_of_fields() -> None:
    assert Fields.parse("text=body") == Fields("id", "body", "title", "lang", "time")
    assert Fields.parse(" id = key=1 ,time=published at,title=t,lang=l,text=x") == Fields(
        "key=1", "x", "t", "l", "published at"
    )


@pytest.mark.parametrize("text", ["", "body", "text=", "txt=body", "text=a,text=b", "text=a,"])
def test_names_of_fields_that_make_no_sense(text: str) -> None:
    with pytest.raises(
        KhulasaError, match=r"is not one of id, text, title, lang, time, each "
    ) as e:
        Fields.parse(text)
    assert "\n" not in str(e.value)
