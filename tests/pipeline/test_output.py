"""What a job writes is whole or not there, and never leaves its folder."""

import errno
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import KhulasaError
from pipeline.document import Document, Record, Segment, StageReport, Summary, Translation
from pipeline.output import (
    Occupied,
    file_name,
    in_a_file_each,
    in_lines,
    put,
    reserved,
    written,
)

STAGES = ("segment", "translate", "summarize")


def record(identity: str) -> Record:
    return Record(
        Document(identity, "ar", "", "جسر"),
        (Segment(0, 0, 0, 3, "جسر"),),
        (Translation("bridge", -0.1),),
        Summary(),
        (),
        {name: StageReport(f"{name}:v1|model:m", cached=False, seconds=0.1) for name in STAGES},
    )


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").split("\n")[:-1]]


def test_records_have_their_name_when_all_are_written(tmp_path: Path) -> None:
    with in_lines(tmp_path) as write:
        write(record("a"))
        write(record("ب"))
        assert [path.name for path in tmp_path.iterdir()] == ["records.jsonl.partial"]
    assert [path.name for path in tmp_path.iterdir()] == ["records.jsonl"]
    assert ids(tmp_path / "records.jsonl") == ["a", "ب"]


def test_no_records_are_an_empty_file(tmp_path: Path) -> None:
    with in_lines(tmp_path):
        pass
    assert (tmp_path / "records.jsonl").read_bytes() == b""


def test_after_an_error_the_older_records_stay(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text("yesterday's\n")

    def job() -> None:
        with in_lines(tmp_path) as write:
            write(record("a"))
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        job()
    assert ids(tmp_path / "records.jsonl.partial") == ["a"]
    assert (tmp_path / "records.jsonl").read_text() == "yesterday's\n"


def test_a_file_each_in_the_format_asked_for(tmp_path: Path) -> None:
    for form in ("json", "markdown", "text"):
        with in_a_file_each(tmp_path, form) as write:
            write(record("a"))
            write(record("../b"))
    names = sorted(path.name for path in (tmp_path / "records").iterdir())
    assert names == [
        "a.json", "a.md", "a.txt", "b-95cd90691029.json", "b-95cd90691029.md", "b-95cd90691029.txt",
    ]  # fmt: skip
    assert json.loads((tmp_path / "records" / "b-95cd90691029.json").read_text())["id"] == "../b"


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    put(tmp_path / "report.json", b"old")
    with pytest.raises(TypeError):
        put(tmp_path / "report.json", "new")  # type: ignore[arg-type]
    assert (tmp_path / "report.json").read_text() == "old"
    put(tmp_path / "report.json", b"new")
    assert (tmp_path / "report.json").read_text() == "new"


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("ar-demining", "ar-demining"),
        ("2026.11.22_a", "2026.11.22_a"),
        ("Ar", "Ar-29f94193b135"),
        ("خبر", "خبر-44185590c5a9"),
        ("feed:12", "feed-12-fdddb10ec1b9"),
        ("../../etc/passwd", "etc-passwd-3754d6cb3a38"),
        (".hidden", "hidden-1692419006a8"),
        ("", "e3b0c44298fc"),
        ("a" * 200, "a" * 67 + "-c2a908d98f5d"),
    ],
)
def test_names_of_files(identity: str, name: str) -> None:
    assert file_name(identity) == name


@given(st.text(), st.text())
def test_every_id_has_a_name_of_its_own_that_stays_in_its_folder(one: str, other: str) -> None:
    names = [file_name(identity) for identity in (one, other)]
    assert (names[0] == names[1]) == (one == other)
    for name in names:
        assert name
        assert len(name) <= 80
        assert not name.startswith((".", "-"))
        assert not set(name) & set('/\\:*?"<>|\0\n')


def test_a_folder_is_for_one_job_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "tonight"
    with reserved(folder), pytest.raises(Occupied, match="another job is writing here"):  # noqa: SIM117
        with reserved(folder):
            pass
    with reserved(folder):
        pass


def test_pages_have_an_index_that_leads_to_them(tmp_path: Path) -> None:
    with written(tmp_path, ["html", "json", "tsv"], split=False) as write:
        write(record("a"))
        write(record("../b"))
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert names == [
        "index.html",
        "records.jsonl",
        "records.tsv",
        "records/a.html",
        "records/b-95cd90691029.html",
    ]
    assert "records/b-95cd90691029.html" in (tmp_path / "index.html").read_text("utf-8")
    assert ids(tmp_path / "records.jsonl") == ["a", "../b"]


def test_what_an_error_interrupts_is_left_unfinished(tmp_path: Path) -> None:
    def job() -> None:
        with written(tmp_path, ["tmx"], split=False) as write:
            write(record("a"))
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        job()
    assert [path.name for path in tmp_path.iterdir()] == ["records.tmx.partial"]


def test_what_one_format_cannot_hold_stands_in_the_others(tmp_path: Path) -> None:
    refused = pytest.raises(KhulasaError, match="no times of subtitles")
    with written(tmp_path, ["json", "srt", "tsv"], split=False) as write, refused:
        write(record("a"))
    assert ids(tmp_path / "records.jsonl") == ["a"]
    assert "bridge" in (tmp_path / "records.tsv").read_text("utf-8")
    assert list((tmp_path / "records").iterdir()) == []


def test_a_format_that_is_asked_for_twice_is_written_once(tmp_path: Path) -> None:
    with written(tmp_path, ["json", "tsv", "json", "tsv"], split=False) as write:
        write(record("a"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["records.jsonl", "records.tsv"]
    assert ids(tmp_path / "records.jsonl") == ["a"]
