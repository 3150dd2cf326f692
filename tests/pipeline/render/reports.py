"""Reports to be rendered."""

from dataclasses import replace
from datetime import UTC, datetime

from pipeline.document import Failure
from pipeline.report import Job, Report, Tally
from tests.pipeline.render.pages import HOSTILE
from tests.pipeline.test_report import record

JOB = Job(("in/night", "more.jsonl"), "out", datetime(2026, 11, 22, 1, 30, tzinfo=UTC))


def hostile() -> Report:
    """Every string that comes from outside is an attack."""
    tally = Tally()
    tally.add(Failure(HOSTILE, HOSTILE, 3, HOSTILE), 1)
    tally.add(Failure("other", None), 1)
    one = record(HOSTILE, (HOSTILE,), ((HOSTILE, "loop"),), lang=HOSTILE, title=HOSTILE)
    document = replace(one.document, path=HOSTILE)
    stages = {HOSTILE: replace(one.stages["translate"], signature=f"x|model:{HOSTILE}|{HOSTILE}")}
    tally.add(replace(one, document=document, stages=stages | one.stages), 2)
    job = Job((HOSTILE,), HOSTILE, JOB.started)
    return tally.report(job, 2.5, "stopped", HOSTILE)


def busy(documents: int = 40) -> Report:
    tally = Tally()
    for number in range(documents):
        flags = (("loop",), ("unfinished",) if number % 4 == 1 else ())
        tally.add(record(f"doc-{number}", ("tiny-models",), flags if number % 2 else ((),)), number)
    tally.add(Failure("not UTF-8: byte 0xff", "in/bad.txt"), documents)
    return tally.report(JOB, documents + 1)
