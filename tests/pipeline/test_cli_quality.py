"""`khulasa check` and `khulasa flags` as a person or a program meets them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = "بلغ عدد الضحايا 64 شخصا.\nلم يصب أحد بأذى في الحادث.\nعاد السكان إلى بيوتهم.\n"
TARGET = "The number of victims reached 46.\nPeople were hurt in the accident.\nعاد السكان.\n"


def khulasa(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "100"},
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    source, target = tmp_path / "source.txt", tmp_path / "english.txt"
    source.write_text(SOURCE, encoding="utf-8")
    target.write_text(TARGET, encoding="utf-8")
    return source, target


def test_a_line_of_json_a_pair_and_a_table(files: tuple[Path, Path]) -> None:
    done = khulasa("check", *files, "--from", "ar")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["index"] for line in lines] == [0, 1, 2]
    assert lines[0]["flags"] == [
        {"name": "number-changed", "note": False, "detail": "64 → 46"},
    ]
    assert [flag["name"] for flag in lines[1]["flags"]] == ["negation"]
    assert lines[1]["flags"][0]["note"] is True
    assert "source-left" in {flag["name"] for flag in lines[2]["flags"]}
    assert "number-changed" in done.stderr
    assert "3 pairs: 2 (67 %) to look at, 1 (33 %) with notes only" in done.stderr


def test_both_sides_in_one_file(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("عام 2025.\tThe year 2026.\n", encoding="utf-8")
    done = khulasa("check", pairs, "--from", "Arabic", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    [flag] = json.loads(done.stdout)["flags"]
    assert flag["detail"] == "2025 → 2026"


def test_a_glossary_is_checked_too(files: tuple[Path, Path], tmp_path: Path) -> None:
    terms = tmp_path / "terms.tsv"
    terms.write_text("السكان\tresidents\nالضحايا\tvictims\n", encoding="utf-8")
    done = khulasa("check", *files, "--from", "ar", "--glossary", terms)
    flags = [json.loads(line)["flags"] for line in done.stdout.splitlines()]
    lacking = {"name": "glossary", "note": False, "detail": "السكان: residents"}
    assert [lacking in of_one for of_one in flags] == [False, False, True]


def test_files_that_do_not_match_are_one_line(files: tuple[Path, Path]) -> None:
    files[1].write_text("One line.\n", encoding="utf-8")
    done = khulasa("check", *files, "--from", "ar")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "has 3 lines" in done.stderr


def test_every_flag_is_listed(files: tuple[Path, Path]) -> None:
    from pipeline.flags import FLAGS

    listed = [json.loads(line) for line in khulasa("flags", "--json").stdout.splitlines()]
    assert [one["name"] for one in listed] == list(FLAGS)
    assert [one["note"] for one in listed] == [flag.note for flag in FLAGS.values()]
    said = " ".join(khulasa("flags").stdout.split())
    assert all(flag.meaning in said for flag in FLAGS.values())
