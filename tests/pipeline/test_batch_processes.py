"""`khulasa batch` killed, interrupted, doubled, without room: real processes, real signals."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.shell import Shell

# The command in windows of a few documents, so that a short job has many, as a long one has.
COMMAND = "from pipeline import cli, flow\nflow.WINDOW = 1500\ncli.app()"
DOCUMENTS = 150
SOON = 20  # seconds, on a busy machine
# What says how a record came about, not what it holds.
PASSING = ("cached", "seconds", "sentences", "remembered")


@dataclass(frozen=True)
class Job:
    """A corpus, a folder for the output and a cache."""

    shell: Shell
    source: str
    out: Path
    cache: Path

    def start(self, **given: Any) -> "subprocess.Popen[str]":
        place = ("--cache", str(self.cache), self.source, str(self.out))
        options = (*self.shell.models, "--no-self-test", "--threads", "1", *place)
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, "batch", *options],
            env=self.shell.environment(),
            stderr=subprocess.PIPE,
            text=True,
            **given,
        )

    def run(self, **given: Any) -> tuple[int, list[str]]:
        """One run to its end: exit code, and what was said but for the progress."""
        return ended(self.start(**given))

    @property
    def records(self) -> list[dict[str, Any]]:
        """What was written, without what is different each time."""
        written = (self.out / "records.jsonl").read_text("utf-8").split("\n")
        assert written.pop() == ""
        records: list[dict[str, Any]] = [json.loads(line) for line in written]
        for stage in (stage for record in records for stage in record["stages"].values()):
            for name in PASSING:
                stage.pop(name, None)
        return records

    @property
    def report(self) -> dict[str, Any]:
        assert (self.out / "report.html").stat().st_size > 1000
        report: dict[str, Any] = json.loads((self.out / "report.json").read_text("utf-8"))
        return report

    def begun(self) -> bool:
        """Whether records were written."""
        partial = self.out / "records.jsonl.partial"
        return partial.exists() and partial.stat().st_size > 0


def ended(process: "subprocess.Popen[str]") -> tuple[int, list[str]]:
    _, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    said = [line for line in err.splitlines() if not line.startswith("khulasa: note: ")]
    return process.returncode, said


def wait_until(true: Callable[[], bool]) -> None:
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < 60
        time.sleep(0.01)


def text(number: int) -> str:
    """Three sentences; every fifth document repeats another, every seventh shares a sentence."""
    number = number - 5 if number % 5 == 4 else number
    shared = number - 7 if number % 7 == 6 else number
    return (
        f"عقد الاجتماع رقم {number} أمس. قال الوزير إن {shared} شخصا حضروا. "
        f"وأضاف المتحدث أن {3 * number} مدرسة أغلقت."
    )


def write(path: Path, numbers: range) -> Path:
    rows = ({"id": str(number), "text": text(number)} for number in numbers)
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    return path


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("feed") / "feed.jsonl", range(DOCUMENTS))


@pytest.fixture
def job(shell: Shell, feed: Path, tmp_path: Path) -> Job:
    return Job(shell, str(feed), tmp_path / "out", tmp_path / "cache.sqlite")


@pytest.fixture
def short(job: Job, tmp_path: Path) -> Job:
    """A job of two documents."""
    return replace(job, source=str(write(tmp_path / "short.jsonl", range(2))))


@pytest.fixture(scope="module")
def undisturbed(
    shell: Shell, feed: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Job, float]:
    """A job that came to its end, and seconds that it took."""
    folder = tmp_path_factory.mktemp("undisturbed")
    job = Job(shell, str(feed), folder / "out", folder / "cache.sqlite")
    started = time.monotonic()
    assert job.run() == (0, [])
    assert [record["id"] for record in job.records] == [str(n) for n in range(DOCUMENTS)]
    return job, time.monotonic() - started


def test_killed_at_several_moments_it_gives_the_same_records(
    job: Job, undisturbed: tuple[Job, float]
) -> None:
    whole, seconds = undisturbed
    killed = 0
    for part in (0.1, 0.5, 0.7, 0.5, 0.6, 0.4):
        process = job.start()
        try:
            process.communicate(timeout=part * seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
    assert killed >= 3
    assert job.run() == (0, [])
    assert job.records == whole.records
    assert job.report["status"] == "finished"


SIGNALS = [
    (signal.SIGINT,),
    (signal.SIGTERM,),
    (signal.SIGINT, signal.SIGINT),
    (signal.SIGTERM, signal.SIGINT, signal.SIGTERM),
]


@pytest.mark.parametrize("signals", SIGNALS, ids=lambda them: " ".join(one.name for one in them))
def test_interrupted_it_leaves_a_valid_part_and_goes_on_later(
    job: Job, undisturbed: tuple[Job, float], signals: tuple[signal.Signals, ...]
) -> None:
    process = job.start()
    wait_until(job.begun)
    started = time.monotonic()
    for number in signals:
        process.send_signal(number)
        time.sleep(0.05)
    code, said = ended(process)
    assert time.monotonic() - started < SOON
    assert (code, len(said)) == (130, 1)
    assert said[0].startswith("khulasa: warning: interrupted")
    whole = undisturbed[0].records
    part = job.records
    assert 0 < len(part) < DOCUMENTS
    assert part == whole[: len(part)]
    assert job.report["status"] == "interrupted"
    assert job.report["documents"]["done"] == len(part)
    assert job.run() == (0, [])
    assert job.records == whole


def test_interrupted_while_standard_input_is_awaited(job: Job) -> None:
    waiting = replace(job, source="-")
    process = waiting.start(stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(json.dumps({"id": "one", "text": text(1)}) + "\n")
    process.stdin.flush()
    wait_until((job.out / "records.jsonl.partial").exists)
    time.sleep(0.3)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=SOON) == 130
    assert time.monotonic() - started < SOON
    code, said = ended(process)
    assert (code, len(said)) == (130, 1)
    assert waiting.report["status"] == "interrupted"
    assert waiting.records == []


def test_interrupted_while_models_are_converted(short: Job, tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = replace(short, shell=Shell(home, short.shell.models))
    process = first.start()
    wait_until(lambda: any(home.glob("models/converted/.*")))
    process.send_signal(signal.SIGINT)
    code, said = ended(process)
    assert (code, len(said)) == (130, 1)
    assert first.report["status"] == "interrupted"
    assert first.run() == (0, [])
    assert len(first.records) == 2
    assert not list(home.glob("models/converted/.*"))


def test_two_jobs_at_once_on_one_cache(
    job: Job, undisturbed: tuple[Job, float], tmp_path: Path
) -> None:
    half = write(tmp_path / "half.jsonl", range(DOCUMENTS // 2, DOCUMENTS))
    other = replace(job, source=str(half), out=tmp_path / "other")
    processes = [job.start(), other.start()]
    assert [ended(process) for process in processes] == [(0, []), (0, [])]
    whole = undisturbed[0].records
    assert job.records == whole
    numbered = [
        {"id": record["id"], "segments": record["segments"], "summary": record["summary"]}
        for record in other.records
    ]
    assert numbered == [
        {name: record[name] for name in ("id", "segments", "summary")}
        for record in whole[DOCUMENTS // 2 :]
    ]


def test_a_folder_takes_one_job_at_a_time(job: Job) -> None:
    waiting = replace(job, source="-")
    process = waiting.start(stdin=subprocess.PIPE)
    wait_until((job.out / "records.jsonl.partial").exists)
    code, said = job.run()
    assert (code, len(said)) == (2, 1)
    assert "another job is writing here" in said[0]
    assert process.poll() is None
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None
    assert ended(process) == (0, [])


def limited(size: int) -> Callable[[], None]:
    """Lets a process write no file larger than so many bytes, as a full disk would not."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_no_room_for_the_records(job: Job, undisturbed: tuple[Job, float]) -> None:
    shutil.copy(undisturbed[0].cache, job.cache)
    partial = job.out / "records.jsonl.partial"
    assert job.run(preexec_fn=limited(60_000)) == (2, [f"khulasa: {partial}: File too large"])
    whole, part = undisturbed[0].records, job.records
    assert 0 < len(part) < DOCUMENTS
    assert part == whole[: len(part)]
    assert job.report["status"] == "stopped"
    assert "File too large" in job.report["reason"]
    assert job.report["documents"]["done"] == len(part)
    assert job.run() == (0, [])
    assert job.records == whole


def test_no_room_for_the_cache_costs_no_record(short: Job, tmp_path: Path) -> None:
    assert short.run() == (0, [])
    more = replace(short, source=str(write(tmp_path / "more.jsonl", range(12))))
    code, said = more.run(preexec_fn=limited(60_000))
    assert (code, len(said)) == (0, 1)
    assert "cache not written" in said[0]
    assert len(more.records) == 12
    assert more.run() == (0, [])


def test_no_room_for_the_page(short: Job) -> None:
    short = replace(short, cache=Path("off"))
    code, said = short.run(preexec_fn=limited(15_000))
    assert (code, said) == (2, [f"khulasa: {short.out / 'report.html'}: File too large"])
    assert len(short.records) == 2
    assert sorted(path.name for path in short.out.iterdir()) == [
        ".lock",
        "records.jsonl",
        "report.json",
    ]


def test_a_folder_that_cannot_be(short: Job) -> None:
    under_a_file = replace(short, out=Path(short.source) / "out")
    assert under_a_file.run() == (2, [f"khulasa: {under_a_file.out}: Not a directory"])


def test_a_folder_that_cannot_be_written(short: Job) -> None:
    short.out.mkdir()
    bind = ["mount", "--bind", str(short.out), str(short.out)]
    if shutil.which("mount") is None or subprocess.run(bind, check=False).returncode:
        pytest.skip("no right to mount a file system")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(short.out)], check=True)
        code, said = short.run()
    finally:
        subprocess.run(["umount", str(short.out)], check=True)
    assert (code, said) == (2, [f"khulasa: {short.out / '.lock'}: Read-only file system"])


@pytest.mark.parametrize("closed", [1, 2])
def test_standard_output_or_error_closed(short: Job, closed: int) -> None:
    assert short.run(preexec_fn=lambda: os.close(closed)) == (0, [])
    assert len(short.records) == 2


def test_a_cache_that_is_damaged_meanwhile(job: Job, undisturbed: tuple[Job, float]) -> None:
    process = job.start()
    wait_until(job.begun)
    for path in (job.cache, Path(f"{job.cache}-wal")):
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(os.urandom(size))
    code, said = ended(process)
    assert code == 0
    assert all(line.startswith("khulasa: warning: cache ") for line in said)
    assert 1 <= len(said) <= 3  # it cannot be written, it cannot be read, so many rows are damaged
    assert job.records == undisturbed[0].records
