"""A job on a cluster that is not well: the same records all the same."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.cluster import hook
from tests.pipeline.cluster.conftest import DOCUMENTS, Job, write
from tests.postgres import Postgres

# A worker that dies and a document that kills are tried always; the others take minutes.
at_length = pytest.mark.skipif(
    not os.environ.get("KHULASA_TEST_FAULTS"), reason="KHULASA_TEST_FAULTS is not set"
)


def wait_until(true: Callable[[], bool]) -> None:
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < 60
        time.sleep(0.02)


def same(job: Job, whole: list[dict[str, Any]]) -> bool:
    """Whether the records are those of the local runner, in their order."""
    return [record | {"source": None} for record in job.records] == [
        record | {"source": None} for record in whole
    ]


def test_a_job_on_two_nodes_gives_the_records_of_one_machine(
    job: Job, whole: list[dict[str, Any]]
) -> None:
    assert job.run() == (0, [])
    assert same(job, whole)
    report = job.report
    assert (report["status"], report["documents"]["done"]) == ("finished", DOCUMENTS)
    assert max(Counter(job.nodes.decoded).values()) <= 2  # by each worker once at most
    assert job.run() == (0, [])
    assert same(job, whole)
    assert job.report["sentences"]["cached"] == report["sentences"]["all"]
    assert job.nodes.decoded == []
    assert not job.nodes.logs_hold(Postgres.WORKER[1])


def test_a_worker_killed_costs_what_it_had_in_hand(job: Job, whole: list[dict[str, Any]]) -> None:
    process = job.start()
    wait_until(job.begun)
    (job.nodes.folder / hook.KILL).touch()
    assert job.ended(process) == (0, [])
    assert not (job.nodes.folder / hook.KILL).exists()
    assert same(job, whole)


@at_length
def test_a_node_killed_costs_what_it_had_in_hand(job: Job, whole: list[dict[str, Any]]) -> None:
    process = job.start()
    wait_until(job.begun)
    job.nodes.kill()
    job.nodes.add()
    assert job.ended(process) == (0, [])
    assert same(job, whole)


@at_length
def test_the_driver_killed_goes_on_where_it_was(job: Job, whole: list[dict[str, Any]]) -> None:
    process = job.start()
    wait_until(job.begun)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = job.nodes.decoded
    assert job.run() == (0, [])
    assert same(job, whole)
    after = job.nodes.decoded
    assert before
    assert job.report["sentences"]["translated"] < job.report["sentences"]["all"]
    assert not set(before) & set(after)  # nothing that was finished


@at_length
def test_interrupted_it_leaves_a_valid_part_and_goes_on_later(
    job: Job, whole: list[dict[str, Any]]
) -> None:
    process = job.start()
    wait_until(job.begun)
    process.send_signal(signal.SIGTERM)
    code, said = job.ended(process)
    assert (code, len(said)) == (130, 1)
    assert said[0].startswith("khulasa: warning: interrupted")
    assert job.report["status"] == "interrupted"
    assert len(job.records) < DOCUMENTS
    assert same(job, whole[: len(job.records)])
    assert job.run() == (0, [])
    assert same(job, whole)


@at_length
def test_the_database_restarted_is_waited_for(
    job: Job, whole: list[dict[str, Any]], postgres: Postgres
) -> None:
    process = job.start()
    wait_until(job.begun)
    postgres.stop()
    restart = threading.Timer(2, postgres.start)
    restart.start()
    ended = job.ended(process)
    restart.join()
    assert ended == (0, [])
    assert same(job, whole)


def test_what_kills_its_worker_three_times_is_left_alone(
    job: Job, whole: list[dict[str, Any]], tmp_path: Path
) -> None:
    ids = [str(number) for number in range(DOCUMENTS)]
    ids[20] = f"20 {hook.POISON}"
    poisoned = replace(job, source=write(tmp_path / "poisoned.jsonl", ids))
    code, said = poisoned.run()
    reason = "its worker died 3 times over it: left alone, in quarantine for this job"
    assert (code, len(said)) == (1, 1)
    assert said[0].endswith(f"poisoned.jsonl, line 21: {reason}")
    assert job.nodes.died == [ids[20]] * 3
    assert same(poisoned, [record for record in whole if record["id"] != "20"])
    assert [failure["reason"] for failure in poisoned.report["failures"]] == [reason]
