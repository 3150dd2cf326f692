"""`khulasa batch` as a person or a scheduler meets it: real processes, small random models."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.shell import Shell
from tests.pipeline.test_cli import HEAVY

ROWS: list[dict[str, Any]] = [
    {"id": "one", "title": "جسر جديد", "text": "افتتح الوزير جسرا. وحضر 25 شخصا.", "time": 1},
    {"id": "two", "text": "توقفت العبارة. توقفت العبارة."},
    {"id": "one", "text": "افتتح الوزير جسرا. وحضر 26 شخصا."},
]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.jsonl"
    path.write_text(lines(ROWS), encoding="utf-8")
    return path


def batch(shell: Shell, *arguments: object, **given: Any) -> subprocess.CompletedProcess[str]:
    options = (*shell.models, "--no-self-test", "--quiet", "--cache", "off")
    return shell("batch", *options, *map(str, arguments), **given)


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "records.jsonl").read_text("utf-8").splitlines()]


def test_records_report_and_page(shell: Shell, feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = batch(shell, feed, out)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    names = {path.name for path in out.iterdir() if not path.name.startswith(".")}
    assert names == {"records.jsonl", "report.json", "report.html"}
    written = records(out)
    assert [record["id"] for record in written] == ["one", "two", "one-2"]
    assert [len(record["segments"]) for record in written] == [3, 2, 2]
    assert "duplicate-id" in written[2]["flags"]
    assert written[0]["source"] | {"sha256": ""} == {
        "path": str(feed),
        "line": 1,
        "time": "1",
        "lang": "ar",
        "lang_score": 0.86,
        "title": "جسر جديد",
        "url": None,
        "blocks": [],
        "cues": [],
        "sha256": "",
    }
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["documents"] == {
        "read": 3, "done": 3, "failed": 0, "renamed": 1, "ignored_files": 0, "flagged": 3,
    }  # fmt: skip
    assert report["sentences"]["all"] == 7
    assert report["sentences"]["translated"] == 5
    assert report["sentences"]["remembered"] == 2


def test_sources_of_every_kind_in_one_job(shell: Shell, feed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "inbox" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("افتتح الوزير جسرا.\n", encoding="utf-8")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(lines(ROWS[:1]).encode()))
    (tmp_path / "c.csv").write_text("id;text\nrow;توقفت العبارة.\n", encoding="utf-8")
    done = batch(
        shell, tmp_path / "inbox", tmp_path / "c.*", "-", tmp_path / "out",
        given=lines(ROWS[1:2]).encode(),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [record["id"] for record in records(tmp_path / "out")] == ["deep/a", "one", "row", "two"]
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["documents"]["ignored_files"] == 1


def test_a_failing_document_is_named_and_the_job_goes_on(
    shell: Shell, feed: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(
        b'{"text": "\xff"}\n{"text": 5}\n\n{"text": "x", "lang": "tlh"}\n' + feed.read_bytes()
    )
    done = batch(shell, bad, tmp_path / "out")
    assert done.returncode == 1
    told = done.stderr.splitlines()
    assert [line.split(": ")[2] for line in told] == [f"{bad}, line {n}" for n in (1, 2, 4)]
    assert [record["id"] for record in records(tmp_path / "out")] == ["one", "two", "one-2"]
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert [failure["line"] for failure in report["failures"]] == [1, 2, 4]
    assert "'tlh'" in report["failures"][2]["reason"]


def test_fail_fast(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "feed.jsonl"
    source.write_text(lines(ROWS[:1]) + "{\n" + lines(ROWS[1:]), encoding="utf-8")
    done = batch(shell, "--fail-fast", source, tmp_path / "out")
    assert done.returncode == 1
    assert [record["id"] for record in records(tmp_path / "out")] == ["one"]
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["status"] == "stopped"
    assert "line 2" in report["reason"]


def test_other_names_of_fields(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "feed.tsv"
    source.write_text("guid\tbody\n7\tتوقفت العبارة.\n", encoding="utf-8")
    done = batch(shell, "--fields", "text=body,id=guid", source, tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert [record["id"] for record in records(tmp_path / "out")] == ["7"]


def test_a_file_a_document(shell: Shell, feed: Path, tmp_path: Path) -> None:
    for form, suffix in (("json", "json"), ("markdown", "md"), ("text", "txt")):
        done = batch(shell, "--split", "--format", form, feed, tmp_path / form)
        assert (done.returncode, done.stderr) == (0, "")
        names = sorted(path.name for path in (tmp_path / form / "records").iterdir())
        assert names == [f"one-2.{suffix}", f"one.{suffix}", f"two.{suffix}"]
        assert not (tmp_path / form / "records.jsonl").exists()


def test_the_records_are_those_of_run(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "news.txt"
    source.write_text("افتتح الوزير جسرا.\nتوقفت العبارة.\n", encoding="utf-8")
    assert batch(shell, source, tmp_path / "out").returncode == 0
    alone = shell.record(str(source), "--cache", "off")
    [together] = records(tmp_path / "out")
    for record in (alone, together):
        for stage in record["stages"].values():
            del stage["seconds"]
    assert alone == together


USAGE = [
    (("nowhere",), "nowhere: no such file or directory"),
    (("{tmp}",), "holds no file that can be read"),
    (("*.nothing",), "*.nothing: "),
    (("--fields", "body", "{feed}"), "--fields"),
    (("--format", "msword", "{feed}"), "--format"),
    (("--threads", "0", "{feed}"), "--threads"),
]


@pytest.mark.parametrize(("arguments", "said"), USAGE, ids=lambda value: str(value))
def test_wrong_usage_is_exit_2_before_anything_is_done(
    shell: Shell, feed: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    filled = (one.format(tmp=empty, feed=feed) for one in arguments)
    done = batch(shell, *filled, tmp_path / "out")
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_no_folder(shell: Shell, feed: Path) -> None:
    done = batch(shell, feed, feed)
    assert done.returncode == 2
    assert done.stderr == f"khulasa: {feed}: File exists\n"


def test_a_missing_model_is_exit_3_with_a_report(feed: Path, shell: Shell, tmp_path: Path) -> None:
    done = shell("batch", str(feed), str(tmp_path / "out"), "--models", "fast", HF_HUB_OFFLINE="1")
    assert done.returncode == 3
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["status"] in ("stopped", "finished")
    assert records(tmp_path / "out") == []


def test_messages_for_programs(shell: Shell, feed: Path, tmp_path: Path) -> None:
    feed.write_text(feed.read_text("utf-8") + "{\n", encoding="utf-8")
    done = shell(
        "batch", *shell.models, "--no-self-test", "--log-format", "json", str(feed),
        str(tmp_path / "out"),
    )  # fmt: skip
    assert done.returncode == 1
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["level"], line["logger"]) for line in told] == [
        ("error", "pipeline.batch"),
        ("info", "pipeline.progress"),
    ]
    assert (told[1]["done"], told[1]["failed"]) == (3, 1)


def test_what_ends_a_job_is_a_message_for_programs_too(shell: Shell, tmp_path: Path) -> None:
    done = shell("batch", "--log-format", "json", "nowhere", str(tmp_path / "out"))
    assert done.returncode == 2
    told = json.loads(done.stderr)
    assert (told["level"], told["message"]) == ("error", "nowhere: no such file or directory")


def test_a_second_job_loads_nothing_heavy(shell: Shell, feed: Path, tmp_path: Path) -> None:
    options = [*shell.models, "--no-self-test", str(feed), str(tmp_path / "out")]
    assert shell("batch", *options).returncode == 0
    script = (
        "import sys\nfrom pipeline.cli import app\n"
        "try: app()\nfinally: print(*sorted(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "batch", *options],
        env=shell.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(done.stdout.split())
    assert "sqlalchemy" in imported
    assert not HEAVY & imported
    assert all(
        stage["cached"]
        for record in records(tmp_path / "out")
        for stage in record["stages"].values()
    )
