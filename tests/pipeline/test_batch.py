"""A job from its sources to its report, with engines that echo."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.engines.engine import DecodeOptions, Hypothesis
from models.errors import ModelMissing, ModelUnfit
from models.model import Model
from pipeline import flow, translators
from pipeline.batch import Batch, Ending, Local, write_report
from pipeline.corpus import Corpus
from pipeline.document import Record
from pipeline.flow import Pipeline
from pipeline.interrupt import Interrupts
from pipeline.progress import Shown
from pipeline.report import Job
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine

JOB = Job(("news.jsonl",), "out", datetime(2026, 11, 22, tzinfo=UTC))
LINES = [
    '{"id": "one", "text": "افتتح الوزير جسرا."}',
    "not JSON",
    '{"id": "two", "text": "pont", "lang": "fr"}',
    '{"id": "three", "text": "توقفت العبارة."}',
]


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_translator(lang: str, *args: Any) -> Model:
        if lang == "fr":
            raise ModelMissing("no French here")
        return scripted.model(ScriptedEngine())

    def open_summarizer(*args: Any) -> Model:
        return scripted.model(ScriptedEngine(), "summarizer", DecodeOptions(max_length=100))

    monkeypatch.setattr(translators, "open_translator", open_translator)
    monkeypatch.setattr(flow, "open_summarizer", open_summarizer)


def batch(
    folder: Path, lines: list[str], write: Callable[[Record], None], fail_fast: bool = False
) -> Batch:
    source = folder / "news.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    runner = Local(Corpus([str(source)]), Pipeline(), fail_fast)
    return Batch(runner, write, Shown(None), Interrupts(), fail_fast)


def test_records_in_order_and_failures_with_file_and_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records: list[Record] = []
    work = batch(tmp_path, LINES, records.append)
    ending = work.run()
    assert ending == Ending()
    assert [record.document.id for record in records] == ["one", "three"]
    told = [message.replace(str(tmp_path), "") for message in caplog.messages]
    assert told == ["/news.jsonl, line 2: is not JSON: Expecting value (column 1)",
                    "/news.jsonl, line 3: no French here"]  # fmt: skip
    report = work.report(JOB, ending)
    assert (report.documents.read, report.documents.done, report.documents.failed) == (4, 2, 2)
    assert [(failure.line, failure.id) for failure in report.failures] == [(2, None), (3, "two")]


@pytest.mark.parametrize(
    ("lines", "code"), [(LINES[:1], 0), (LINES[:2], 1), (LINES, 3), (LINES[2:], 3), ([], 0)]
)
def test_the_exit_code_is_that_of_the_gravest_failure(
    tmp_path: Path, lines: list[str], code: int
) -> None:
    work = batch(tmp_path, lines, lambda record: None)
    assert work.exit_code(work.run()) == code


def test_fail_fast_stops_at_the_first_failure(tmp_path: Path) -> None:
    records: list[Record] = []
    work = batch(tmp_path, LINES, records.append, fail_fast=True)
    ending = work.run()
    assert ending.status == "stopped"
    assert str(ending.reason).endswith(
        "news.jsonl, line 2: is not JSON: Expecting value (column 1)"
    )
    assert [record.document.id for record in records] == ["one"]
    assert work.exit_code(ending) == 1


def test_an_interruption_ends_it_with_what_is_written(tmp_path: Path) -> None:
    records: list[Record] = []

    def write(record: Record) -> None:
        records.append(record)
        raise KeyboardInterrupt

    work = batch(tmp_path, LINES, write)
    ending = work.run()
    assert ending == Ending("interrupted")
    assert len(records) == 1
    assert work.exit_code(ending) == 130
    assert work.report(JOB, ending).status == "interrupted"


def test_an_error_of_the_job_is_reported_and_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*args: Any) -> Model:
        raise ModelUnfit("the summariser does not load")

    monkeypatch.setattr(flow, "open_summarizer", missing)
    work = batch(tmp_path, LINES, lambda record: None)
    ending = work.run()
    assert (ending.status, ending.reason) == ("stopped", "the summariser does not load")
    assert isinstance(ending.error, ModelUnfit)


def test_a_poison_document_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(words: list[str]) -> Hypothesis:
        if "العبارة." in words:
            raise MemoryError
        return scripted.upper(words)

    monkeypatch.setattr(
        translators, "open_translator", lambda *_: scripted.model(ScriptedEngine(script))
    )
    records: list[Record] = []
    work = batch(tmp_path, LINES, records.append)
    ending = work.run()
    assert [record.document.id for record in records] == ["one", "two"]
    [_, poison] = work.report(JOB, ending).failures
    assert (poison.line, poison.reason) == (4, "unexpected MemoryError: MemoryError")


def test_documents_come_out_before_all_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "WINDOW", 1)
    read: list[str] = []

    class Noting(Corpus):
        def __iter__(self) -> Iterator[Any]:
            for entry in super().__iter__():
                read.append(entry.outcome.id or "")
                yield entry

    source = tmp_path / "news.jsonl"
    lines = [f'{{"id": {n}, "text": "جسر {n}"}}' for n in range(50)]
    source.write_text("\n".join(lines), encoding="utf-8")
    ahead: list[int] = []
    runner = Local(Noting([str(source)]), Pipeline())
    work = Batch(runner, lambda _: ahead.append(len(read)), Shown(None), Interrupts(), False)
    work.run()
    assert ahead == [min(n + 2, 50) for n in range(50)]


def test_the_report_is_for_programs_and_for_people(tmp_path: Path) -> None:
    work = batch(tmp_path, LINES, lambda record: None)
    write_report(work.report(JOB, work.run()), tmp_path)
    written = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (written["schema"], written["status"]) == (1, "finished")
    assert written["documents"]["failed"] == 2
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "no French here" in page
