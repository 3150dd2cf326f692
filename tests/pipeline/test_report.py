"""What a job says about itself, counted from outcomes whose counts are known."""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version

import pytest

from pipeline.bounded import Point
from pipeline.document import (
    Document,
    Failure,
    Record,
    Segment,
    StageReport,
    Summary,
    SummarySentence,
    Translation,
)
from pipeline.flags import FLAGS
from pipeline.report import (
    LONGEST,
    MOST_FAILURES,
    MOST_FLAGGED,
    MOST_NAMES,
    RUN_WIDE,
    Documents,
    Failed,
    FlagCount,
    Flagged,
    Job,
    LanguageCount,
    Progress,
    Report,
    Sentences,
    Signed,
    Slow,
    StageCount,
    Tally,
)

JOB = Job(("in", "-"), "out", datetime(2026, 11, 22, 1, 30, tzinfo=timezone(timedelta(hours=2))))


def record(
    name: str = "a",
    flags: tuple[str, ...] = (),
    parts: tuple[tuple[str, ...], ...] = ((),),
    summary: tuple[tuple[str, ...], ...] = (),
    cached: bool = False,
    remembered: int = 0,
    seconds: float = 1.0,
    lang: str = "ar",
    title: str = "عنوان",
) -> Record:
    """A document of one segment for each of `parts`, its flags; what is "untranslated" is so."""
    translations = [
        Translation("x", flags=f, by="source" if "untranslated" in f else "model") for f in parts
    ]
    stages = {
        "translate": StageReport("translate:v1|beam:4", False, seconds, len(parts), remembered),
        "summarize": StageReport("summarize:v1|beam:4", False, seconds / 4),
    }
    if cached:
        stages = {name: StageReport(one.signature, True, 0.0) for name, one in stages.items()}
    return Record(
        Document(name, lang, title, "x" * len(parts), f"in/{name}.txt", line=7),
        tuple(Segment(i, 0, i, i + 1, "x") for i in range(len(parts))),
        tuple(translations),
        Summary(tuple(SummarySentence("x", (), f) for f in summary)),
        flags,
        stages,
    )


def told(*outcomes: Record | Failure) -> Report:
    tally = Tally()
    for second, outcome in enumerate(outcomes, 1):
        tally.add(outcome, float(second))
    return tally.report(JOB, len(outcomes) + 0.5)


def test_an_empty_job() -> None:
    assert Tally().report(JOB, 0.25).to_json() == {
        "schema": 1,
        "khulasa": version("khulasa"),
        "status": "finished",
        "reason": None,
        "started": "2026-11-22T01:30:00+02:00",
        "seconds": 0.25,
        "sources": ("in", "-"),
        "output": "out",
        "documents": {
            "read": 0,
            "done": 0,
            "failed": 0,
            "renamed": 0,
            "ignored_files": 0,
            "flagged": 0,
        },
        "sentences": {"all": 0, "translated": 0, "remembered": 0, "cached": 0, "untouched": 0},
        "stages": {},
        "languages": {},
        "flags": {},
        "throughput": (),
        "slowest": (),
        "flagged": (),
        "failures": (),
        "reasons": {},
        "signatures": (),
    }


def test_every_sentence_is_counted_where_it_came_from() -> None:
    five = ((), (), (), (), ("untranslated",))
    report = told(record(parts=five, remembered=1), record(parts=five[:2], cached=True))
    assert report.sentences == Sentences(7, translated=3, remembered=1, cached=2, untouched=1)
    assert report.stages["translate"] == StageCount(documents=2, cached=1, seconds=1.0)
    assert report.stages["summarize"] == StageCount(documents=2, cached=1, seconds=0.25)
    assert report.throughput == (Point(1.0, 1, 3), Point(2.0, 1, 0))


def test_failures_are_counted_by_what_they_have_in_common() -> None:
    report = told(
        Failure("not JSON: Expecting ',' at character 12", "in/a.jsonl", 3),
        Failure("not JSON: Expecting ':' at character 1,204", "in/a.jsonl", 9),
        Failure("not UTF-8: byte 0xff", "in/b.txt"),
        record(),
        Failure("no text", "-", 4, "x-1"),
    )
    assert report.documents == Documents(read=5, done=1, failed=4)
    assert report.failures[0] == Failed(
        "in/a.jsonl", 3, None, "not JSON: Expecting ',' at character 12"
    )
    assert report.failures[3] == Failed("-", 4, "x-1", "no text")
    assert report.reasons == {
        "not JSON: Expecting … at character …": 2,
        "not UTF-8: byte …": 1,
        "no text": 1,
    }


def test_flags_are_counted_in_documents_and_in_their_parts() -> None:
    report = told(
        record("a", ("tiny-models",), (("loop",), ("loop", "unfinished"), ())),
        record("b", ("tiny-models", "duplicate-id"), summary=(("weak-support",),)),
        record("c", ("tiny-models",)),
    )
    assert report.flags == {
        "tiny-models": FlagCount(3, 0, 0),
        "loop": FlagCount(1, 2, 0),
        "unfinished": FlagCount(1, 1, 0),
        "duplicate-id": FlagCount(1, 0, 0),
        "weak-support": FlagCount(1, 0, 1),
    }
    assert report.documents == Documents(read=3, done=3, renamed=1, flagged=2)
    assert report.flagged == (
        Flagged("a", "in/a.txt", 7, "ar", "عنوان", {"loop": 2, "unfinished": 1}),
        Flagged("b", "in/b.txt", 7, "ar", "عنوان", {"weak-support": 1}),
    )


def test_flags_of_the_run_are_flags() -> None:
    assert set(FLAGS) > RUN_WIDE


def test_languages_signatures_and_the_slowest() -> None:
    report = told(record("a", seconds=0.5), record("b", lang="fr"), record("c", cached=True))
    assert report.languages == {"ar": LanguageCount(2, 2), "fr": LanguageCount(1, 1)}
    assert report.slowest == (
        Slow("b", "in/b.txt", 7, 1.25, 1),
        Slow("a", "in/a.txt", 7, 0.625, 1),
    )
    assert report.signatures[:2] == (
        Signed("translate", "ar", "translate:v1|beam:4", 2),
        Signed("summarize", "ar", "summarize:v1|beam:4", 2),
    )


def test_a_stopped_job_says_why() -> None:
    report = Tally().report(JOB, 1, "stopped", "in/a.txt: not UTF-8", ignored_files=2)
    assert (report.status, report.reason) == ("stopped", "in/a.txt: not UTF-8")
    assert report.documents.ignored_files == 2


def test_progress_is_told_on_the_way() -> None:
    tally = Tally()
    tally.add(record(parts=((), (), ()), remembered=1), 1)
    tally.add(Failure("no text"), 2)
    tally.add(record(cached=True), 3)
    assert tally.progress == Progress(done=2, failed=1, sentences=4, reused=2)


def test_a_report_is_not_changed_by_what_comes_after_it() -> None:
    tally = Tally()
    tally.add(record(), 1)
    report = tally.report(JOB, 1)
    before = report.to_json()
    tally.add(record("b", ("empty",)), 2)
    assert report.to_json() == before


def test_lists_are_bounded_and_counts_are_not() -> None:
    tally = Tally()
    for number in range(MOST_FAILURES + 5):
        tally.add(Failure("reason " + "x" * (number % (2 * MOST_NAMES))), 0)
    for number in range(MOST_FLAGGED + 5):
        tally.add(record(f"{number}", parts=(("loop",),) * (1 + number % 2), lang=f"x{number}"), 1)
    report = tally.report(JOB, 2)
    assert report.documents.failed == MOST_FAILURES + 5
    assert len(report.failures) == MOST_FAILURES
    assert sum(report.reasons.values()) == MOST_FAILURES + 5
    assert report.documents.flagged == MOST_FLAGGED + 5
    assert len(report.flagged) == MOST_FLAGGED
    assert [one.flags["loop"] for one in report.flagged] == [2] * 502 + [1] * 498
    assert len(report.reasons) == len(report.languages) == MOST_NAMES + 1
    assert sum(one.documents for one in report.languages.values()) == MOST_FLAGGED + 5
    assert len(report.signatures) <= 3 * (MOST_NAMES + 1)


@pytest.mark.parametrize("name", ["x" * 10_000, "خبر" * 10_000])
def test_a_long_name_is_cut_where_that_is_seen(name: str) -> None:
    report = told(record(name, ("empty",)), Failure(name, name, 1, name))
    assert report.flagged[0].id == name[: LONGEST - 1] + "…"
    assert report.failures[0] == Failed(*_cut(name), 1, *_cut(name), *_cut(name))


def _cut(name: str) -> tuple[str]:
    return (name[: LONGEST - 1] + "…",)


def test_a_name_that_no_encoding_holds_can_be_written() -> None:
    report = told(Failure("not UTF-8", "in/bad\udcff.txt"), record("\ud800", ("empty",)))
    json.dumps(report.to_json(), ensure_ascii=False).encode()
    assert report.failures[0].path == "in/bad\\udcff.txt"
    assert report.flagged[0].id == "\\ud800"


def test_memory_does_not_grow_with_the_job() -> None:
    one = [record(f"doc-{n}", parts=(("loop",), (), ()), seconds=n) for n in range(100)]

    def held(documents: int) -> int:
        tracemalloc.start()
        tally = Tally()
        for number in range(documents):
            tally.add(one[number % 100], number * 0.5)
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert tally.progress.done == documents
        return size

    few = held(2_000)
    assert held(10_000) < 1.1 * few


def test_the_start_is_told_with_its_zone() -> None:
    job = Job((), "out", datetime(2026, 11, 22, 1, 30, tzinfo=UTC))
    assert Tally().report(job, 1).started == "2026-11-22T01:30:00+00:00"
